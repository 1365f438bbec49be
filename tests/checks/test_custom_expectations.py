"""Expectations of our own: a row that meets each, one that does not, and one at the limit;
and what Data Docs say of them."""

from typing import Any

import polars as pl
import pytest

from checks import expectations
from checks.evaluation import Asked, evaluate, exception_of, rows_of
from checks.expectations import Expectation, Expected

# Expectation -> (now, before) of rows that meet it, the limit among them, and of rows that do not.
Pairs = list[tuple[float, float]]
CASES: list[tuple[Expectation, Pairs, Pairs]] = [
    (
        expectations.within_factor(2),
        [(100, 100), (200, 100), (50, 100), (0, 0)],
        [(201, 100), (49, 100), (1, 0), (0, 1)],
    ),
    (
        expectations.change_within(0.05),
        [(101, 100), (105, 100), (95, 100), (0, 0)],
        [(106, 100), (94, 100), (1, 0), (0, 1)],
    ),
    (expectations.not_below(0.5), [(51, 100), (50, 100), (0, 0)], [(49, 100), (0, 1)]),
    (expectations.share_at_most(0.05), [(4, 100), (5, 100), (0, 0)], [(6, 100), (1, 0)]),
]


@pytest.mark.parametrize(
    ("expectation", "now", "before", "met"),
    [(one, *pair, True) for one, meeting, _ in CASES for pair in meeting]
    + [(one, *pair, False) for one, _, failing in CASES for pair in failing],
)
def test_a_row_is_judged_by_its_limit(
    expectation: Expectation, now: float, before: float, met: bool
) -> None:
    frame = pl.DataFrame({"item": ["C82001"], "now": [float(now)], "before": [float(before)]})
    expected = Expected("gp_appointments_sub_icb", "rows_as_before", None, expectation)
    (result,) = evaluate([Asked(expected, rows_of(expected, frame))])
    assert exception_of(result) is None
    assert result["success"] is met
    assert result["result"]["unexpected_count"] == (0 if met else 1)


@pytest.mark.parametrize(
    ("number", "met"), [(9.9, False), (10.0, True), (12.0, True), (12.1, False)]
)
def test_a_number_is_judged_by_the_limits_of_its_row(number: float, met: bool) -> None:
    frame = pl.DataFrame(
        {"item": ["a", "b"], "number": [number, 5.0], "low": [10.0, 5.0], "high": [12.0, 5.0]}
    )
    expectation = expectations.within_own_limits()
    expected = Expected("gp_appointments_sub_icb", "rows_as_before", None, expectation)
    (result,) = evaluate([Asked(expected, rows_of(expected, frame))])
    assert exception_of(result) is None
    assert result["success"] is met
    rows = [{"item": "a", "number": number, "low": 10, "high": 12}]
    assert result["result"].get("partial_unexpected_index_list", []) == ([] if met else rows)


def test_data_docs_can_write_each_sentence() -> None:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.render.view import DefaultJinjaPageView

    from checks import custom_expectations
    from checks.gx_library import library

    library()
    kwargs = {"column": "board", "column_A": "now", "column_B": "before", "times": 2, "share": 0.9}
    kwargs |= {"column_list": ["now", "low", "high"]}
    own: list[Any] = [
        one for name, one in vars(custom_expectations).items() if name.startswith("Expect")
    ]
    own = [one for one in own if one.__module__ == custom_expectations.__name__]
    assert len(own) >= 5
    for one in own:
        said = ExpectationConfiguration(
            one.expectation_type, kwargs, meta={"title": "Why", "column": "of"}
        )
        [content] = one._prescriptive_renderer(configuration=said)
        text = content.to_json_dict()["string_template"]
        written = DefaultJinjaPageView().render_string_template(text)
        assert "Why (of): " in written
        assert "$" not in written and ("now" in written or "board" in written), one
