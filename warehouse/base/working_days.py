"""Working days: Mondays to Fridays that are not bank holidays in England. Not here: release days
(`warehouse.contract.release_calendar`)."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from functools import cache
from typing import cast

from warehouse.base.months import days_of


@cache
def bank_holidays() -> Container[date]:
    """The bank holidays of England; the library computes each year on demand."""
    import holidays  # takes longer to load than most commands to run

    return cast("Container[date]", holidays.country_holidays("GB", subdiv="ENG"))


def is_bank_holiday(day: date) -> bool:
    """Whether a day is a bank holiday in England."""
    return day in bank_holidays()


def is_working_day(day: date) -> bool:
    """Whether a day is a working day in England."""
    return day.weekday() < 5 and not is_bank_holiday(day)


def working_day_from(day: date) -> date:
    """This day, else the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_until(day: date) -> date:
    """This day, else the working day before."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


@cache
def working_days(month: date) -> int:
    """Number of working days in a month."""
    return sum(map(is_working_day, days_of(month)))
