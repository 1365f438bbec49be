"""The stretch of time that a figure is read over: its months, and how they are said.

Belongs here: the ways in which a register names months. Does not: what is known of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from warehouse.base.months import MONTH, add_months, parse_month
from warehouse.base.validation import say_found

FINANCIAL_YEAR = r"^20\d\d/\d\d$"


def _month(value: object) -> object:
    if isinstance(value, str) and re.match(MONTH, value):
        return value
    raise ValueError(f"found {say_found(value)}, expected a month, YYYY-MM, such as 2024-10")


def _financial_year(value: object) -> object:
    if isinstance(value, str) and re.match(FINANCIAL_YEAR, value):
        first, last = value.split("/")
        if int(first[2:]) + 1 == int(last):
            return value
    raise ValueError(f"found {say_found(value)}, expected a financial year, such as 2024/25")


Month = Annotated[str, BeforeValidator(_month)]
FinancialYear = Annotated[str, BeforeValidator(_financial_year)]


class Period(BaseModel):
    """Exactly one of these keys. `each` is not one period but several: every month of the two and
    between is a reading of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    month: Month | None = None
    financial_year_to: Month | None = None
    calendar_year_to: Month | None = None
    twelve_months_to: Month | None = None
    financial_year: FinancialYear | None = None
    calendar_year: int | None = Field(default=None, ge=2000, le=2099)
    range: tuple[Month, Month] | None = None
    months: tuple[Month, ...] | None = Field(default=None, min_length=1)
    each: tuple[Month, Month] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Period:
        if len(self.model_fields_set) != 1:
            named = say_found(dict.fromkeys(sorted(self.model_fields_set)))
            known = ", ".join(type(self).model_fields)
            raise ValueError(f"found {named}, expected just one of {known}")
        for pair in (self.range, self.each):
            if pair and pair[0] > pair[1]:
                raise ValueError(f"{pair[0]} is after {pair[1]}, expected the earlier month first")
        if self.months and len(set(self.months)) < len(self.months):
            raise ValueError("a month is named twice")
        return self

    @property
    def span(self) -> tuple[date, ...]:
        """Its months, as first days, oldest first; of `each`, all of them."""
        if self.months:
            return tuple(parse_month(month) for month in sorted(self.months))
        return between(*self._ends)

    @property
    def _ends(self) -> tuple[date, date]:
        """First and last month of a period without gaps."""
        if pair := self.range or self.each:
            return parse_month(pair[0]), parse_month(pair[1])
        if self.financial_year:
            return parse_month(f"{self.financial_year[:4]}-04"), parse_month(
                f"20{self.financial_year[5:]}-03"
            )
        if self.calendar_year:
            return date(self.calendar_year, 1, 1), date(self.calendar_year, 12, 1)
        named = self.month or self.twelve_months_to or self.financial_year_to
        last = parse_month(named or self.calendar_year_to or "")
        if self.month:
            return last, last
        if self.twelve_months_to:
            return add_months(last, -11), last
        start = 4 if self.financial_year_to else 1
        return date(last.year - (last.month < start), start, 1), last

    @property
    def kind(self) -> str:
        """What kind of period it is, where its months do not say so themselves."""
        if self.financial_year_to:
            return "financial year to date"
        if self.calendar_year_to:
            return "calendar year to date"
        if self.twelve_months_to:
            return "twelve months"
        if self.financial_year:
            return f"financial year {self.financial_year}"
        return "calendar year" if self.calendar_year else ""

    @property
    def words(self) -> str:
        """`April to October 2024, financial year to date`."""
        told = say_months(self.span)
        if self.each and len(self.span) > 1:
            return f"each month from {told}"
        return f"{told}, {self.kind}" if self.kind else told


def months_apart(first: date, last: date) -> int:
    """Whole months from the first to the last; negative if that is before it."""
    return (last.year - first.year) * 12 + last.month - first.month


def between(first: date, last: date) -> tuple[date, ...]:
    """The months from the first to the last, both included."""
    return tuple(add_months(first, n) for n in range(months_apart(first, last) + 1))


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
