"""Which months a period has, its label, and what people type; the same in Python and in SQL."""

from datetime import date

import duckdb
import pytest
from pydantic import ValidationError

from warehouse.base.months import parse_month
from warehouse.contract.figure_period import PERIOD_COLUMNS, FigurePeriod, period_columns

YEAR, QUARTER = FigurePeriod(type="financial_year"), FigurePeriod(type="quarter")
SURVEY = FigurePeriod(type="survey", ends=3, months=3)
CALENDAR = FigurePeriod(type="calendar_year")
KINDS = (FigurePeriod(), QUARTER, YEAR, CALENDAR, SURVEY)


@pytest.mark.parametrize(
    ("period", "last", "first", "label"),
    [
        (FigurePeriod(), "2025-11", "2025-11", "2025-11"),
        (QUARTER, "2024-06", "2024-04", "2024/25 Q1"),
        (QUARTER, "2025-03", "2025-01", "2024/25 Q4"),
        (YEAR, "2024-03", "2023-04", "2023/24"),
        (YEAR, "2000-03", "1999-04", "1999/00"),
        (CALENDAR, "2024-12", "2024-01", "2024"),
        (SURVEY, "2026-03", "2026-01", "2026"),
    ],
)
def test_a_period_is_told_by_its_last_month(
    period: FigurePeriod, last: str, first: str, label: str
) -> None:
    month = parse_month(last) if last > "2015" else date(2000, 3, 1)
    assert period.ends_in(month)
    assert f"{period.months_to(month)[0]:%Y-%m}" == first
    assert period.label(month) == label


def test_sql_gives_the_same_periods() -> None:
    months = [date(2024, month, 1) for month in range(1, 13)]
    for period in KINDS:
        columns = period_columns("month", f"'{period.type}'", str(period.length))
        found = (
            duckdb.connect()
            .execute(
                f"SELECT {', '.join(PERIOD_COLUMNS)} FROM (SELECT {columns} "
                "FROM (SELECT unnest($months::DATE[]) AS month))",
                {"months": [month for month in months if period.ends_in(month)]},
            )
            .fetchall()
        )
        ends = [month for month in months if period.ends_in(month)]
        assert len(found) == len(ends) > 0
        for month, (kind, start, end, label) in zip(ends, found, strict=True):
            assert (kind, label) == (period.type, period.label(month))
            assert start == period.months_to(month)[0]
            assert (end.year, end.month) == (month.year, month.month)
            assert end.day >= 28


def test_no_month_within_a_year_ends_it() -> None:
    assert [month for month in range(1, 13) if YEAR.ends_in(date(2024, month, 1))] == [3]
    assert [month for month in range(1, 13) if SURVEY.ends_in(date(2024, month, 1))] == [3]
    assert [m for m in range(1, 13) if QUARTER.ends_in(date(2024, m, 1))] == [3, 6, 9, 12]


@pytest.mark.parametrize(
    ("period", "text", "month"),
    [
        (YEAR, "2023/24", "2024-03"),
        (YEAR, "2023-24", "2024-03"),
        (YEAR, "2023/2024", "2024-03"),
        (YEAR, "2024-03", "2024-03"),
        (YEAR, "Mar 2024", "2024-03"),
        (QUARTER, "2024/25 q3", "2024-12"),
        (CALENDAR, "2024", "2024-12"),
        (SURVEY, "2026", "2026-03"),
        (FigurePeriod(), "Nov25", "2025-11"),
    ],
)
def test_a_period_as_people_type_it(period: FigurePeriod, text: str, month: str) -> None:
    assert f"{period.last_month(text):%Y-%m}" == month


@pytest.mark.parametrize(
    ("period", "text", "words"),
    [
        (YEAR, "2023-10", "not a financial year: write one like 2023/24"),
        (YEAR, "2023/25", "not a financial year"),
        (YEAR, "2024/25 Q3", "not a financial year"),
        (QUARTER, "2024/25", "not a quarter: write one like 2024/25 Q3"),
        (FigurePeriod(), "2023/24", "not a month: write YYYY-MM"),
    ],
)
def test_a_period_of_another_kind_is_refused(period: FigurePeriod, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        period.last_month(text)


def test_only_a_survey_says_when_it_ends() -> None:
    for wrong in ({"type": "survey"}, {"type": "survey", "ends": 3}, {"ends": 3, "months": 3}):
        with pytest.raises(ValidationError, match="needed by `type: survey`"):
            FigurePeriod.model_validate(wrong)
