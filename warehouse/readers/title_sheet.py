"""The publication date on a workbook's title sheet, and whether it is plausible: some sheets still
have last month's date; and the month in its titles. Not here: workbooks (`workbook`), which date is
used (`warehouse.intake.importer`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import Contract
from warehouse.contract.names_of_editions import months_found

ROWS = 60
ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
FORMATS = ("%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y", "%Y-%m-%d", "%d/%m/%Y")
EARLY, LATE = timedelta(days=14), timedelta(days=62)  # before and after the due day


def title_date(contract: Contract, sheet: Sequence[Sequence[str]]) -> date | None:
    """The publication date on a title sheet (rows of cells as text); None if it has none that can
    be read, or the contract has no pattern for it."""
    pattern = contract.edition.title_date
    for cells in sheet[:ROWS] if pattern else ():
        found = re.search(str(pattern), " ".join(filter(None, cells)), re.IGNORECASE)
        if found and (day := _day(found[1])):
            return day
    return None


@dataclass(frozen=True)
class Titled:
    """The month in a workbook's titles, and the words that give it."""

    month: date
    words: str


def title_month(contract: Contract, *titles: Sequence[Sequence[str]]) -> Titled | None:
    """The month in the first of several sheets' titles that has one, by the contract's patterns.

    `titles`: rows of cells as text, those above the table first. Titles in which the patterns find
    two months give none; one before the first edition is that of a note.
    """
    rule = contract.edition
    for rows in titles:
        found: dict[date, str] = {}
        for cells in rows[:ROWS] if rule.title_month else ():
            words = " ".join(filter(None, cells))
            for month in months_found(rule.title_month, words):
                if month_text(month) >= (rule.first or ""):
                    found.setdefault(month, words)
        if len(found) == 1:
            [(month, words)] = found.items()
            return Titled(month, words)
    return None


def _day(text: str) -> date | None:
    words = " ".join(ORDINAL.sub("", text).replace(",", " ").split())
    for form in FORMATS:
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    return None


def expected_days(contract: Contract, edition: str) -> tuple[date, date]:
    """First and last plausible publication day of an edition: about its due day (a reissue comes
    later), or any day after its month if the release calendar has none."""
    due = contract.cadence.due
    if due is None:
        return add_months(parse_month(edition), 1), date.max
    day = due.of(parse_month(edition))
    return day - EARLY, day + LATE


def is_plausible(contract: Contract, edition: str, stated: date, today: date) -> bool:
    """Whether the date on an edition's title sheet is plausible."""
    first, last = expected_days(contract, edition)
    return first <= stated <= min(last, today)
