"""What was not expected is told from the library's own result."""

import polars as pl
import pytest

from checks import expectations as expect
from checks.evaluation import Asked, Result, evaluate, rows_of
from checks.expectations import Expectation, Expected
from checks.unexpected import unexpected_in
from tests.checks.support_checks import SUB_ICB


def result_of(expectation: Expectation, **columns: list[object]) -> Result:
    expected = Expected(SUB_ICB, "rows_as_before", None, expectation)
    [result] = evaluate([Asked(expected, rows_of(expected, pl.DataFrame(columns)))])
    return result


@pytest.mark.parametrize(
    ("expectation", "columns", "told"),
    [
        (expect.in_set(["GP"]), {"item": ["row 2"], "text": ["Nurse"]}, "row 2: `Nurse`"),
        (expect.in_set(["GP"]), {"text": ["Nurse", "GP", "?"]}, "`Nurse`; `?`"),
        (expect.not_null(), {"item": ["row 7"], "text": [None]}, "row 7: nothing"),
        (
            expect.equal(),
            {"item": ["C82001 2025-10"], "now": [1234567.0], "before": [10.5]},
            "C82001 2025-10: now 1,234,567, before 10.5",
        ),
        (
            expect.within_own_limits(),
            {"item": ["QK1"], "number": [0.25], "low": [0.3], "high": [0.4]},
            "QK1: 0.25, low 0.3, high 0.4",
        ),
        (
            expect.between(1),
            {"number": [float(-one) for one in range(7)]},
            "0; -1; -2; -3; -4 and 2 more",
        ),
        (expect.between(1), {"number": [1.0]}, None),
    ],
)
def test_values_with_what_they_are_of(
    expectation: Expectation, columns: dict[str, list[object]], told: str | None
) -> None:
    assert unexpected_in([result_of(expectation, **columns)]) == told


def test_results_of_several_columns_are_told_together() -> None:
    results = [result_of(expect.in_set(["GP"]), text=[text]) for text in ("GP", "a", "b", "a")]
    assert unexpected_in(results) == "`a`; `b` and 1 more"
    assert unexpected_in([]) is None
