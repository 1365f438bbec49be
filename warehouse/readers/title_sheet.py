"""The publication date on a workbook's title sheet, and whether it is plausible: some sheets still
have last month's date. Not here: workbooks (`workbook`), which date is used
(`warehouse.intake.importer`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from warehouse.base.months import add_months, parse_month
from warehouse.contract.model import Contract

ROWS = 60
ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
FORMATS = ("%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y", "%Y-%m-%d", "%d/%m/%Y")
EARLY, LATE = timedelta(days=14), timedelta(days=62)  # about the day that the calendar names


def title_date(contract: Contract, sheet: Sequence[Sequence[str]]) -> date | None:
    """The day that a title sheet (rows of cells as text) names; None if it names none that can be
    read, or the contract does not say how it is written."""
    pattern = contract.edition.title_date
    for cells in sheet[:ROWS] if pattern else ():
        found = re.search(str(pattern), " ".join(filter(None, cells)), re.IGNORECASE)
        if found and (day := _day(found[1])):
            return day
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
    """Between which days an edition can have been published: about the day that the release
    calendar names (a re-issue comes later), or any after its month where it names none."""
    due = contract.cadence.due
    if due is None:
        return add_months(parse_month(edition), 1), date.max
    day = due.of(parse_month(edition))
    return day - EARLY, day + LATE


def is_plausible(contract: Contract, edition: str, stated: date, today: date) -> bool:
    """Whether an edition can have been published on the day that its title sheet states."""
    first, last = expected_days(contract, edition)
    return first <= stated <= min(last, today)
