"""Months as people type them."""

from datetime import date

import pytest

from warehouse.base.months import typed_month, year_spellings


@pytest.mark.parametrize(
    "text",
    ["2025-11", "Nov 2025", "november 2025", "Nov25", "NOV-25", " nov  25 ", "11/2025", "Nov2025"],
)
def test_a_month_may_be_typed_in_many_ways(text: str) -> None:
    assert typed_month(text) == date(2025, 11, 1)


@pytest.mark.parametrize("text", ["2025-13", "November", "", "25", "2025", "31/11/2025"])
def test_what_is_no_month_is_refused_with_the_format(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month: write YYYY-MM"):
        typed_month(text)


@pytest.mark.parametrize(
    "text", ["2024/25", "2024-25", "24/25", "2024/2025", "2024-2025", "FY24/25", "FY 2024/25"]
)
def test_a_financial_year_may_be_typed_in_many_ways(text: str) -> None:
    assert year_spellings()[text] == date(2025, 3, 1)


@pytest.mark.parametrize("text", ["2024", "2024/26", "2025-03", "2024/24", "25/24"])
def test_what_could_be_another_time_is_no_financial_year(text: str) -> None:
    assert text not in year_spellings()
