"""Shares, weights and what is made of them, of files whose headings, codes and numbers are wild.
The example is the GP Patient Survey."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.feeds.gp_patient_survey.testing import PRACTICE, STEMS, build, survey
from tests.checks.support_checks import conformed, tidied
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform.conform import FAILED_RULE

FEED, EDITION = "gp_patient_survey", "2026-03"
STEM = "overallexp"
CODES = ("-97", "-98", "-99", "-97.0", "*", "-", ":", "/", "", " ")


def one(share: object, base: object = 100) -> dict[str, object]:
    return {f"{STEM}.pcteval": share, f"{STEM}.baseevalw": base}


def made(*pairs: tuple[object, object]) -> list[Decimal | None]:
    """What is made of shares and weighted responses of as many practices."""
    rows = [{"ad_practicecode": f"C8{number:04}"} | one(*pair) for number, pair in enumerate(pairs)]
    frame = conformed(FEED, build(*rows), EDITION)
    assert frame[FAILED_RULE].null_count() == frame.height, frame.filter(
        pl.col(FAILED_RULE).is_not_null()
    )
    return frame["overall_good"].to_list()


@pytest.mark.parametrize("code", CODES)
def test_a_code_for_no_value_is_never_a_number(code: str) -> None:
    assert made((code, 100), (0.8, code), (code, code), (0.5, 10)) == [None, None, None, 5]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(0.57, 100), (0.01, 100)], ["57", "1"]),
        ([(57, 100), (1, 100)], ["57", "1"]),
        ([(1, 100), (0, 100)], ["100", "0"]),
        ([("57%", 100), ("1%", 100)], ["57", "1"]),
        ([("0.3333333333333333", 3)], ["0.9999999999"]),
        ([("0.5", "83.472193847290001")], ["41.7360969236"]),
        ([("1e-1", "1e+02")], ["10"]),
        ([(100, 7), (1.5, 100)], ["7", "1.5"]),
    ],
)
def test_fractions_and_percentages_are_told_by_the_whole_column(
    pairs: list[tuple[object, object]], expected: list[str]
) -> None:
    """1 is 1% beside 57, and all beside 0.57."""
    found = made(*pairs)
    assert [float(one or 0) for one in found] == pytest.approx([float(e) for e in expected])


@pytest.mark.parametrize(
    ("share", "base", "rule"),
    [
        ("-96.5", 10, "count_not_negative"),
        ("about half", 10, "decimal_exact"),
        ("inf", 10, "decimal_exact"),
        ("NaN", 10, "decimal_exact"),
        (1.2, 10, "share_within_one"),
        (0.5, "-3", "count_not_negative"),
    ],
)
def test_what_is_no_share_is_quarantined(
    home: Home, share: object, base: object, rule: str
) -> None:
    sound = {"ad_practicecode": "C82002"}
    facts, paths = tidied(home, build(sound, one(share, base)), edition=EDITION)
    assert (facts.rows, facts.quarantined) == (1, 1)
    [row] = pl.read_parquet(paths.quarantine).to_dicts()
    assert row["rule"] == rule, row
    assert "in the contract" in row["reason"] or rule == "share_within_one"


def test_rows_without_a_practice_are_not_read(home: Home) -> None:
    facts, _ = tidied(home, build({"ad_practicecode": ""}, {}), edition=EDITION)
    assert (facts.rows, facts.quarantined) == (1, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.lists(st.text(st.characters(codec="ascii", categories=["L"]), min_size=3), max_size=6),
    st.dictionaries(
        st.sampled_from([h for h in PRACTICE if h.endswith((".pcteval", ".baseevalw"))]),
        st.sampled_from(CODES),
        max_size=6,
    ),
)
def test_any_order_of_headings_and_any_other_columns_give_the_same(
    chance: object, others: list[str], codes: dict[str, str]
) -> None:
    """Columns are found by their stem, wherever they are and however they are cased."""
    known = contracts()[FEED].is_known
    extra = {f"new {name}": "7" for name in others if not known(f"new {name}")}
    row = PRACTICE | codes | extra
    names = list(row)
    chance.shuffle(names)  # type: ignore[attr-defined]
    cased = [chance.choice((name, name.upper(), f" {name} ")) for name in names]  # type: ignore[attr-defined]
    cells = ",".join(f'"{row[name]}"' for name in names)
    text = ",".join(f'"{name}"' for name in cased) + "\n" + cells + "\n"
    found = conformed(FEED, text.encode(), EDITION)
    plain = conformed(FEED, build(codes), EDITION)
    columns = list(contracts()[FEED].columns)
    assert found.select(columns).equals(plain.select(columns))
    for stem, (share, base) in STEMS.items():
        name = contracts()[FEED].column_of(f"{stem}.pcteval")
        assert name is not None
        good = next(
            made
            for made, column in contracts()[FEED].columns.items()
            if column.made_of and column.made_of.share == name
        )
        lost = {f"{stem}.pcteval", f"{stem}.baseevalw"} & set(codes)
        value = found[good].item()
        assert (value is None) == bool(lost)
        assert lost or float(value) == pytest.approx(share * (base + 0.5))


def test_a_mark_of_the_encoding_is_no_part_of_a_heading(home: Home) -> None:
    facts, _ = tidied(home, survey(), edition=EDITION)
    assert (facts.rows, facts.extra_headings) == (1, [])
