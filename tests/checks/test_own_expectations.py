"""A suite of a user's own, dropped into a feed's folder."""

from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.evaluation import Piece, exception_of, expectation, validated
from checks.own_expectations import OF_DISTINCT, _distinct
from checks.suite import rules_gathered
from tests.checks.cases_own_expectations import IN_SET, own_suite
from tests.checks.support_checks import APP_PRACTICE
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import CheckResult

BETWEEN = "expect_column_values_to_be_between"
MEDIAN = "expect_column_median_to_be_between"
COUNT = "appointments"


def found(home: Home, *said: tuple[str, dict[str, object]], text: str = "") -> CheckResult:
    results = own_suite(*said, text=text)(home)
    (one,) = [result for result in results if result.rule == "own_expectations"]
    return one


def test_a_feed_without_a_suite_of_its_own_has_no_such_check() -> None:
    assert all("own_expectations" not in rules_gathered(one) for one in contracts().values())


def test_what_is_not_met_is_named_with_its_values(home: Home) -> None:
    result = found(
        home,
        ("expect_column_values_to_match_regex", {"column": "month", "regex": "^2025-10$"}),
        (IN_SET, {"column": "hcp_type", "value_set": ["Nobody"]}),
    )
    assert (result.verdict, result.severity, result.failed_rows) == ("warn", "WARN", 1)
    assert result.message == f"{IN_SET} (hcp_type): 1 of 1 unexpected: `GP`"
    assert (result.observed, result.total_rows) == ("1 of 2 not met", 2)


@pytest.mark.parametrize(
    ("kind", "given", "named"),
    [
        ("expect_columns_to_be_lovely", {"column": "hcp_type"}, "expect_columns_to_be_lovely"),
        (IN_SET, {"column": "hcp_type", "value_set": ["GP"], "lovely": 1}, "lovely"),
        (IN_SET, {"column": "no_such", "value_set": ["GP"]}, "no_such"),
    ],
)
def test_what_the_library_does_not_know_is_named(
    home: Home, kind: str, given: dict[str, object], named: str
) -> None:
    result = found(home, (kind, given))
    assert (result.verdict, result.failed_rows) == ("warn", 1)
    assert "can't be evaluated" in result.message and named in result.message.split(": ", 1)[-1]


@pytest.mark.parametrize("text", ["{", "[]", '{"expectations": [{"kwargs": {}}]}'])
def test_a_file_that_is_no_suite_warns(home: Home, text: str) -> None:
    result = found(home, text=text)
    assert result.verdict == "warn" and result.message.startswith("expectations.json: ")


def test_large_editions_are_evaluated_on_distinct_values_where_equivalent(home: Home) -> None:
    with patch("checks.own_expectations.MOST_ROWS", 0):
        result = found(
            home,
            (BETWEEN, {"column": COUNT, "max_value": 0}),
            (BETWEEN, {"column": COUNT, "min_value": 0, "mostly": 0.5}),
            (MEDIAN, {"column": COUNT, "min_value": 0}),
        )
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 1, 1)
    assert f"{BETWEEN} ({COUNT}), {MEDIAN} ({COUNT})" in result.observed


def test_faults_of_local_returns_show_no_values(home: Home) -> None:
    said = (IN_SET, {"column": "practice_code", "value_set": ["Nobody"]})
    (result,) = [
        one for one in own_suite(said, feed=APP_PRACTICE)(home) if one.rule == "own_expectations"
    ]
    assert (result.verdict, result.message) == (
        "warn",
        f"{IN_SET} (practice_code): 1 of 1 unexpected",
    )


def test_if_none_can_be_evaluated_on_distinct_values_it_is_skipped(home: Home) -> None:
    with patch("checks.own_expectations.MOST_ROWS", 0):
        result = found(home, (MEDIAN, {"column": COUNT, "min_value": 0}))
    assert result.verdict == "skipped" and MEDIAN in result.message


TEXT = {"column": "text"}
LETTERS = {"column": "text", "value_set": ["a", "b"]}
NUMBER, PAIR = {"column": "first"}, {"column_A": "first", "column_B": "second"}
OF_ONE_VALUE: dict[str, dict[str, object]] = {
    "expect_column_distinct_values_to_be_in_set": LETTERS,
    "expect_column_distinct_values_to_contain_set": LETTERS,
    "expect_column_distinct_values_to_equal_set": LETTERS,
    "expect_column_max_to_be_between": NUMBER | {"max_value": 2},
    "expect_column_min_to_be_between": NUMBER | {"min_value": 1},
    "expect_column_pair_values_a_to_be_greater_than_b": PAIR | {"or_equal": True},
    "expect_column_pair_values_to_be_equal": PAIR,
    "expect_column_pair_values_to_be_in_set": PAIR | {"value_pairs_set": [[1, 1], [2, 2]]},
    "expect_column_value_lengths_to_be_between": TEXT | {"max_value": 1},
    "expect_column_value_lengths_to_equal": TEXT | {"value": 1},
    "expect_column_values_to_be_between": NUMBER | {"min_value": 1, "max_value": 2},
    "expect_column_values_to_be_in_set": LETTERS,
    "expect_column_values_to_be_null": TEXT,
    "expect_column_values_to_match_regex": TEXT | {"regex": "^.$"},
    "expect_column_values_to_not_be_in_set": TEXT | {"value_set": ["ab"]},
    "expect_column_values_to_not_be_null": TEXT,
    "expect_column_values_to_not_match_regex": TEXT | {"regex": "^..$"},
}
LETTER = st.sampled_from(["a", "b"])
VALUES = st.tuples(
    LETTER | st.sampled_from(["a", "ab", None]), st.integers(1, 2), st.integers(0, 2) | st.none()
)


def test_each_type_that_may_be_evaluated_on_distinct_values_is_tried_below() -> None:
    assert {*OF_ONE_VALUE} == OF_DISTINCT


@pytest.mark.parametrize("kind", sorted(OF_ONE_VALUE))
@settings(max_examples=5, deadline=None)
@given(rows=st.lists(VALUES, min_size=1, max_size=12))
def test_distinct_values_have_the_verdict_of_all_rows(kind: str, rows: list[object]) -> None:
    schema = {"text": pl.String, "first": pl.Int64, "second": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    said = {"type": kind, "kwargs": OF_ONE_VALUE[kind]}
    few = _distinct(frame.lazy(), said)
    of_all, of_few = validated([Piece(expectation(**said), one) for one in (frame, few)])
    # Some types can't compare a number with nothing, which is then said of both.
    assert exception_of(of_all) == exception_of(of_few)
    assert of_all["success"] is of_few["success"]
