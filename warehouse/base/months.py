"""Months: their arithmetic, how they are written here, and how publishers write them.

Belongs here: first days of months and text. Does not: working days (`working_days`).
"""

from __future__ import annotations

from datetime import date
from functools import cache

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


def add_months(month: date, months: int) -> date:
    """The first day of the month `months` later (earlier if negative)."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_text(month: date) -> str:
    """`2025-11`: how an edition or month is written everywhere in this project."""
    return f"{month:%Y-%m}"


def parse_month(text: str) -> date:
    """`2025-11` -> 1 November 2025. Raises ValueError on anything else."""
    year, dash, month = text.strip().partition("-")
    digits = dash and len(year) == 4 and len(month) == 2 and (year + month).isdigit()
    if digits and 1 <= int(month) <= 12 and int(year):
        return date(int(year), int(month), 1)
    raise ValueError(f"`{text}` is not a month: write YYYY-MM, for example 2025-11")


@cache
def month_spellings(formats: tuple[str, ...]) -> dict[str, date]:
    """Every month from 2010 to 2050 as the formats write it, in three cases: text -> first day.

    A lookup, because months are few and rows are many; a day other than the first is not a month.
    """
    months = [date(year, month, 1) for year in range(2010, 2051) for month in range(1, 13)]
    written = {month.strftime(f): month for month in months for f in formats}
    return {
        case: month
        for text, month in written.items()
        for case in (text.upper(), text.lower(), text)
    }
