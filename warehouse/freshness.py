"""Freshness: which edition of a feed is awaited, by when, and whether it is late.

Belongs here: the release calendar of the contracts against what is held. Does not: finding and
fetching editions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from assets.conform import add_months, month_text, parse_month
from assets.contract import Contract

State = Literal["on time", "late", "no fixed day", "nothing held", "sample"]


@dataclass(frozen=True)
class Freshness:
    """Where a feed stands against its release calendar.

    `awaited`: the next edition (YYYY-MM), `due`: the day by which it is published, `days_late`:
    since then, 0 if not late.
    """

    state: State
    awaited: str | None = None
    due: date | None = None
    days_late: int = 0

    @property
    def words(self) -> str:
        """The same for people: `2025-12 due by 29 Jan 2026`."""
        if self.due is None:
            return {"sample": "not judged: sample data"}.get(self.state, self.state)
        day = f"{self.due.day} {self.due:%b %Y}"
        if self.days_late:
            return f"{self.awaited} was due by {day}: late by {self.days_late} day(s)"
        return f"{self.awaited} due by {day}"


def freshness(contract: Contract, newest: str | None, synthetic: bool, today: date) -> Freshness:
    """Where a feed stands. `newest`: its newest edition held, accepted or not.

    Sample data are of an invented past and are never late.
    """
    if newest is None:
        return Freshness("nothing held")
    if synthetic:
        return Freshness("sample")
    if contract.cadence.due is None or contract.cadence.months is None:
        return Freshness("no fixed day")
    awaited = add_months(parse_month(newest), contract.cadence.months)
    due = contract.cadence.due.of(awaited)
    late = max((today - due).days, 0)
    return Freshness("late" if late else "on time", month_text(awaited), due, late)
