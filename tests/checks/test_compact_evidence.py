"""Checks judge compact evidence (distinct values, failing rows and a few others, the smallest
count): the library's verdict on it is its verdict on all rows."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import expectations as expect
from checks import plausible, rows
from checks.check_evidence import LIMITED
from checks.columns_and_keys import _rows_of_keys
from checks.evaluation import Asked, evaluate, rows_of
from checks.expectations import Expectation, Expected
from tests.checks.support_checks import SUB_ICB
from warehouse.contract.model import contracts
from warehouse.readers.raw_rows import SOURCE_ROW

CONTRACT = contracts()[SUB_ICB]
BROKEN = {"found": pl.String, SOURCE_ROW: pl.Int64, "file_name": pl.String}
few_examples = settings(max_examples=8, deadline=None)
COUNTS = st.integers(-3, 20)
PAIRS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=30)
# Mostly alike, so that expectations are met in about half of the examples.
CLOSE = st.lists(st.tuples(st.integers(9, 11), st.just(10)), min_size=1, max_size=8)


def same_verdict(expectation: Expectation, compact: pl.DataFrame, whole: pl.DataFrame) -> None:
    """Assert that the library has one verdict on both."""
    asked = []
    for name, frame in (("compact", compact), ("whole", whole)):
        expected = Expected(SUB_ICB, "label_known", name, expectation)
        asked.append(Asked(expected, rows_of(expected, frame)))
    on_compact, on_whole = evaluate(asked)
    assert on_compact["success"] is on_whole["success"]
    assert not on_whole["exception_info"].get("raised_exception")


def texts(values: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"text": values}, schema={"text": pl.String})


def view_of(**columns: list[Any]) -> Any:
    frame = pl.DataFrame(columns)
    return SimpleNamespace(contract=CONTRACT, month=date(2025, 10, 1), scan_tidy=frame.lazy)


def reduced(rule: str, name: str, accepted: list[Any], quarantined: list[str | None]) -> Any:
    """What the row rule hands over of these accepted and quarantined values."""
    given_rows = [(text, number, "a.csv") for number, text in enumerate(quarantined)]
    broken = pl.DataFrame(given_rows, schema=BROKEN, orient="row")
    return rows._domain(view_of(**{name: accepted}), rule, name, broken)[0]


@pytest.mark.parametrize(
    ("rule", "name", "values"),
    [
        ("label_known", "hcp_type", ["GP", "Other Practice staff", "Unknown"]),
        ("code_pattern", "sub_icb_code", ["03W", "04C", "04V", "06H", "06K", "07H", "07K"]),
    ],
)
@few_examples
@given(data=st.data())
def test_distinct_values_and_those_that_fail(
    rule: str, name: str, values: list[str], data: st.DataObject
) -> None:
    of = st.lists(st.sampled_from(values), min_size=1, max_size=30)
    accepted = data.draw(of) + data.draw(st.lists(st.just("no such!"), max_size=2))
    quarantined = data.draw(st.lists(st.sampled_from(["Nurse!", "?"]), max_size=2))
    compact = reduced(rule, name, accepted, quarantined)
    expectation = rows._expectation(CONTRACT, rule, name)
    same_verdict(expectation, compact, texts(accepted + quarantined))


@few_examples
@given(st.lists(COUNTS, min_size=1, max_size=30), st.lists(st.integers(-9, -1), max_size=2))
def test_the_smallest_count(accepted: list[int], quarantined: list[int]) -> None:
    compact = reduced("count_not_negative", "appointments", accepted, list(map(str, quarantined)))
    whole = pl.DataFrame({"number": [float(one) for one in accepted + quarantined]})
    same_verdict(expect.between(0), compact, whole)


@pytest.mark.parametrize("rule", sorted(rows.ONLY_BROKEN))
@few_examples
@given(quarantined=st.lists(st.sampled_from(["", " ", "x", "12", "1.5"]), max_size=9))
def test_quarantined_values(rule: str, quarantined: list[str]) -> None:
    compact = reduced(rule, "appointments", [1], list(quarantined))
    stripped = [one.strip() for one in quarantined]
    whole = [one or None for one in stripped] if rule == "value_present" else stripped
    same_verdict(rows.ONLY_BROKEN[rule], compact, texts(whole))


@few_examples
@given(st.lists(st.sampled_from([None, None, None, "a fault"]), max_size=9))
def test_faults_in_words(found: list[str | None]) -> None:
    whole = texts(found)
    same_verdict(expect.none_found(), whole.drop_nulls().unique(), whole)


@few_examples
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_the_rows_of_repeated_keys(keys: list[int]) -> None:
    tidy = pl.DataFrame({"key": keys}).with_row_index(SOURCE_ROW)
    groups = tidy.group_by("key").agg(pl.col(SOURCE_ROW).sort())
    repeated = _rows_of_keys(groups.filter(pl.col(SOURCE_ROW).list.len() > 1), "a.csv")
    compact = pl.DataFrame(repeated, schema=["item", "text"], orient="row")
    same_verdict(expect.unique(), compact, texts([f"a.csv | {key}" for key in keys]))


@pytest.mark.parametrize("expectation", [expect.equal(), expect.at_most()])
@few_examples
@given(pairs=PAIRS | CLOSE)
def test_failing_organisation_months_and_a_few_others(
    expectation: Expectation, pairs: list[tuple[int, int]]
) -> None:
    cells = pl.DataFrame(pairs, schema=["part", "total"], orient="row").with_columns(
        org_code=pl.lit("C82001"), month=pl.lit(date(2025, 10, 1))
    )
    equal = expectation == expect.equal()
    part, total = pl.col("part"), pl.col("total")
    wrong = (part != total) if equal else (part > total)
    view: Any = SimpleNamespace(contract=CONTRACT)
    evidence = plausible.offences("part_within_total", [], "", "", 1)
    compact = plausible._numbers(view, evidence, cells, wrong, "part", "total").frame
    whole = cells.select(pl.col("part").alias("now"), pl.col("total").alias("before"))
    same_verdict(expectation, compact, whole)


@pytest.mark.parametrize(
    "expectation",
    [
        expect.at_least(),
        expect.within_factor(2),
        expect.change_within(0.05),
        expect.not_below(0.5),
        expect.share_at_most(1.05),
    ],
    ids=lambda one: one.type,
)
@few_examples
@given(pairs=PAIRS | CLOSE)
def test_distinct_pairs_of_numbers(expectation: Expectation, pairs: list[tuple[int, int]]) -> None:
    whole = pl.DataFrame(pairs, schema=["now", "before"], orient="row")
    same_verdict(expectation, whole.unique(), whole)


BOARDS = st.sampled_from(["LEICESTER CITY", "Leicester", "BEDFORD BOROUGH", "LEICESTER CTY"])


@few_examples
@given(st.lists(BOARDS, min_size=1, max_size=9))
def test_distinct_boards(boards: list[str]) -> None:
    whole = texts(boards)
    same_verdict(expect.local_authorities(), whole.unique(), whole)


@few_examples
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=1, max_size=9))
def test_distinct_pairs_of_texts(pairs: list[tuple[str, str]]) -> None:
    whole = pl.DataFrame(pairs, schema=["text", "expected"], orient="row")
    same_verdict(expect.as_expected(), whole.unique(), whole)


LIMITS = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@few_examples
@given(LIMITS)
def test_shares_outside_their_limits_and_a_few_others(shares: list[int]) -> None:
    share: Any = SimpleNamespace(each=(0.2, 0.8))
    of_each = pl.DataFrame({"share": [one / 5 for one in shares]}).with_columns(
        org_code=pl.lit("C82001"), month=pl.lit(date(2025, 10, 1))
    )
    compact = pl.DataFrame(plausible._each(share, of_each), schema=LIMITED, orient="row")
    whole = of_each.select(pl.col("share").alias("number"), low=0.2, high=0.8)
    same_verdict(expect.within_own_limits(), compact, whole)
