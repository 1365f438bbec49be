"""Months: arithmetic, financial years, and text; days as people type them. Not here: working days
(`working_days`), release days (`warehouse.contract.release_calendar`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


def add_months(month: date, months: int) -> date:
    """The first day of the month that is `months` later (earlier if negative)."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_apart(first: date, last: date) -> int:
    """Whole months from the first to the last; negative if that is before it."""
    return (last.year - first.year) * 12 + last.month - first.month


def window(last: date, months: int) -> tuple[date, date]:
    """The first and last of so many months that end with `last`."""
    return add_months(last, 1 - months), last


@lru_cache(maxsize=4096)
def between(first: date, last: date) -> tuple[date, ...]:
    """The months from the first to the last, both included."""
    return tuple(add_months(first, n) for n in range(months_apart(first, last) + 1))


def days_of(month: date) -> list[date]:
    """Every day of the month that a date is in."""
    first = month.replace(day=1)
    return [first + timedelta(days=n) for n in range((add_months(first, 1) - first).days)]


def financial_year(month: date) -> int:
    """The year in which the month's financial year began: April starts it."""
    return month.year if month.month >= 4 else month.year - 1


def day_words(day: date) -> str:
    """`5 Nov 2025`: a day as people read it."""
    return f"{day.day} {day:%b %Y}"


def moment_words(moment: datetime) -> str:
    """`5 Nov 2025 14:03 UTC`: a moment in UTC as people read it."""
    return f"{day_words(moment)} {moment:%H:%M} UTC"


def say_months(months: Sequence[date]) -> str:
    """Months, oldest first, in words: `May to July 2024, October 2024`."""
    runs: list[list[date]] = []
    for month in sorted(months):
        if runs and add_months(runs[-1][-1], 1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(_say_run(run[0], run[-1]) for run in runs)


def _say_run(first: date, last: date) -> str:
    if first == last:
        return f"{first:%B %Y}"
    return f"{first:%B}{'' if first.year == last.year else f' {first.year}'} to {last:%B %Y}"


def month_text(month: date) -> str:
    """`2025-11`: how editions and months are written everywhere."""
    return f"{month:%Y-%m}"


@lru_cache(maxsize=4096)
def parse_month(text: str) -> date:
    """`2025-11` -> 1 November 2025. Raises ValueError on anything else."""
    year, dash, month = text.strip().partition("-")
    digits = dash and len(year) == 4 and len(month) == 2 and (year + month).isdigit()
    if digits and 1 <= int(month) <= 12 and int(year):
        return date(int(year), int(month), 1)
    raise ValueError(f"`{text}` is not a month: write YYYY-MM, for example 2025-11")


TYPED = (
    *("%b %Y", "%B %Y", "%b %y", "%b%Y", "%b%y", "%b-%y", "%b-%Y", "%B%Y", "%B-%Y", "%m/%Y"),
    "%Y/%m",
)

NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# What people write in place of `Sep` and `Oct`: `Sept`, and a dot after either. The groups remain.
ABBREVIATED = (rf"(?i)({NAMES}|sept)\.(\W|\d|$)", r"(?i)(sep)t(\W|\d|$)")
ORDINAL = r"(?i)(\d)(?:st|nd|rd|th)\b"  # `30th`: the group remains
# The day first, as in Britain.
TYPED_DAYS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y"),
    *("%d %b %Y", "%d %b %y", "%d %B %Y", "%d %B %y", "%d-%b-%Y", "%d-%b-%y"),
)
WITHOUT_YEAR = rf"(?i)^\d{{1,2}}([ /.-]*({NAMES})[a-z]*|[ /.-]\d{{1,2}})$"
AS_DAYS = "as 2025-10-31 or 31/10/2025, the day first"


def plainly(text: str) -> str:
    """A text with days and months as `%d` and `%b` read them: `30th Sept.` is `30 Sep`."""
    for pattern in ABBREVIATED:
        text = re.sub(pattern, r"\1\2", text)
    return re.sub(ORDINAL, r"\1", " ".join(text.split()))


def typed_month(text: str) -> date:
    """A month as people type it, in English: `2025-11`, `Nov 2025`, `november 2025`, `Nov25`,
    `Sept 2025`, `11/2025`. Raises ValueError as `parse_month` does."""
    for form in TYPED:
        try:
            return datetime.strptime(plainly(text), form).date()
        except ValueError:
            continue
    return parse_month(text)


def typed_day(text: str) -> date:
    """A day as people type it, the day first: `2025-10-31`, `31/10/2025`, `31 Oct 2025`, `30 Sept
    25`. Raises ValueError with the format; of a day without its year, saying so."""
    plain = plainly(text)
    for form in TYPED_DAYS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    is_short = re.search(WITHOUT_YEAR, plain)
    raise ValueError(f"`{text}` {'has no year' if is_short else 'is no day'}: type it {AS_DAYS}")


@cache
def year_spellings() -> dict[str, date]:
    """Text -> last month, for every financial year from 2010 to 2050: `2024/25`, `2024-25`,
    `2024/2025`, `2024-2025`, `24/25`, `24-25`, with or without `FY` before it."""
    found: dict[str, date] = {}
    for first in range(2010, 2051):
        short, last = f"{(first + 1) % 100:02d}", date(first + 1, 3, 1)
        for mark in "/-":
            pairs = ((first, short), (first, first + 1), (f"{first % 100:02d}", short))
            for text in (f"{one}{mark}{other}" for one, other in pairs):
                found |= dict.fromkeys((text, f"FY{text}", f"FY {text}", f"fy{text}"), last)
    return found


@cache
def month_spellings(
    formats: tuple[str, ...], daily: bool = False, typed: bool = False
) -> dict[str, date]:
    """Text -> first day, for every month from 2010 to 2050, in three cases. `daily`: any day is of
    its month; otherwise days other than the first are no months. `typed`: also as people abbreviate
    it (`Sept`, `Oct.`).

    A lookup is faster: there are few months and many rows.
    """
    months = [date(year, month, 1) for year in range(2010, 2051) for month in range(1, 13)]
    days = [(day, month) for month in months for day in (days_of(month) if daily else [month])]
    written = {day.strftime(f): month for day, month in days for f in formats}
    if typed:
        written |= {also: month for text, month in written.items() for also in _by_hand(text)}
    return {
        case: month
        for text, month in written.items()
        for case in (text.upper(), text.lower(), text)
    }


def _by_hand(text: str) -> Iterator[str]:
    """A text that begins with `Sep` or the like as people write it, too."""
    if found := re.match(r"([A-Z][a-z]{2})(?![a-z])", text):
        rest = text[found.end() :]
        yield f"{found[0]}.{rest}"
        if found[0] == "Sep":
            yield from (f"Sept{rest}", f"Sept.{rest}")
