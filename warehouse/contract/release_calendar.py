"""The release calendar: how often a publisher releases an edition, and on which day (`cadence:` in
a contract). Not here: what was imported (`warehouse.editions.freshness`), when to look
(`pipelines.schedules`)."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from warehouse.base.months import add_months
from warehouse.base.strict import Strict
from warehouse.base.working_days import working_day_from, working_day_until

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]

# Publishers and the schedules follow London time.
TIMEZONE = "Europe/London"
LONDON = ZoneInfo(TIMEZONE)


class Early(Strict):
    """A release before the holidays: on the last weekday `last` before day `before`."""

    last: Weekday
    before: int = Field(ge=8, le=31)


class Due(Strict):
    """On which day an edition is published: the last weekday `last`, or day `day`, of the month
    that is `months_after` its own; `december`: another rule for releases in December.

    A release is on a working day. One by weekday moves to the working day before a bank holiday,
    one by day of the month to the working day after.
    """

    months_after: int = Field(ge=0)
    last: Weekday | None = None
    day: int | None = Field(default=None, ge=1, le=28)
    december: Early | None = None

    @model_validator(mode="after")
    def _one_day(self) -> Due:
        if (self.last is None) == (self.day is None):
            raise ValueError("a release needs either `last:` (a weekday) or `day:`")
        return self

    def of(self, edition: date) -> date:
        """The day on which the edition of this month (its first day) is published."""
        released = add_months(edition, self.months_after)
        year, month = released.year, released.month
        if self.december and month == 12:
            return working_day_until(_last(self.december.last, year, month, self.december.before))
        if self.last is not None:
            return working_day_until(_last(self.last, year, month, 32))
        return working_day_from(date(year, month, self.day or 1))


def _last(weekday: Weekday, year: int, month: int, before: int) -> date:
    """The last such weekday of a month before day `before`."""
    column = list(calendar.day_name).index(weekday.capitalize())
    days = (week[column] for week in calendar.monthcalendar(year, month))
    return date(year, month, max(day for day in days if day < before))


class Cadence(Strict):
    """How often, and when, a publisher releases an edition; without `due` on no fixed day."""

    frequency: Literal["monthly", "quarterly", "yearly", "irregular"]
    release: str
    due: Due | None = None

    @property
    def months(self) -> int | None:
        """Months from one edition to the next, None if irregular."""
        return {"monthly": 1, "quarterly": 3, "yearly": 12}.get(self.frequency)
