"""Months as people type them."""

import re
from datetime import date

import pytest

from warehouse.base.months import month_spellings, typed_day, typed_month, year_spellings


@pytest.mark.parametrize(
    "text",
    ["2025-11", "Nov 2025", "november 2025", "Nov25", "NOV-25", " nov  25 ", "11/2025", "Nov2025"],
)
def test_a_month_may_be_typed_in_many_ways(text: str) -> None:
    assert typed_month(text) == date(2025, 11, 1)


@pytest.mark.parametrize("text", ["Sept 2026", "sept. 2026", "SEPT-26", "Sep. 2026", "Sept26"])
def test_months_are_abbreviated_as_people_do(text: str) -> None:
    assert typed_month(text) == date(2026, 9, 1)
    typed = month_spellings(("%b %Y", "%b-%y", "%b%y"), typed=True)
    assert typed[text] == date(2026, 9, 1)
    assert text not in month_spellings(("%b %Y", "%b-%y", "%b%y")), "publishers do not type"


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-30", "30/09/2026", "30/9/26", "30.09.2026", "30-09-2026", " 30  Sept 2026 "),
        *("30 Sept. 26", "30th September 2026", "30-Sep-26", "30 sep 2026"),
    ],
)
def test_a_day_may_be_typed_in_many_ways_the_day_first(text: str) -> None:
    assert typed_day(text) == date(2026, 9, 30)
    assert typed_day("05/06/2026") == date(2026, 6, 5)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("soon", "`soon` is no day: type it as 2025-10-31 or 31/10/2025, the day first"),
        ("10/31/2025", "`10/31/2025` is no day"),
        ("Sept 2026", "`Sept 2026` is no day"),
        ("30 Sept", "`30 Sept` has no year: type it as"),
        ("30/9", "`30/9` has no year"),
        ("30th September", "`30th September` has no year"),
    ],
)
def test_what_is_no_day_is_refused_with_the_format(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        typed_day(text)


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
