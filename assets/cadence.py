"""The release calendar: how often a publisher releases an edition, and by which day.

Belongs here: the shape of `cadence:` in a contract. Does not: what is held of it
(`warehouse.freshness`).
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Due(BaseModel):
    """By which day an edition is published, counted from its month: the last `last` weekday, or
    the `day`, of the month that is `months_after` later."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months_after: int = Field(ge=0)
    last: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] | None = None
    day: int | None = Field(default=None, ge=1, le=28)

    @model_validator(mode="after")
    def _one_day(self) -> Due:
        if (self.last is None) == (self.day is None):
            raise ValueError("a release has one of `last:` (a weekday) or `day:`")
        return self

    def of(self, edition: date) -> date:
        """The day by which the edition of this month (its first day) is published."""
        index = edition.year * 12 + edition.month - 1 + self.months_after
        year, month = index // 12, index % 12 + 1
        if self.last is None:
            return date(year, month, self.day or 1)
        weekday = list(calendar.day_name).index(self.last.capitalize())
        return date(year, month, max(week[weekday] for week in calendar.monthcalendar(year, month)))


class Cadence(BaseModel):
    """How often, and when, the publisher releases an edition. Without `due` on no fixed day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frequency: Literal["monthly", "quarterly", "yearly", "irregular"]
    release: str
    due: Due | None = None

    @property
    def months(self) -> int | None:
        """Months from one edition to the next, None if irregular."""
        return {"monthly": 1, "quarterly": 3, "yearly": 12}.get(self.frequency)
