"""The period of a figure: its months, and the ways in which a register names them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from warehouse.base.months import (
    MONTH,
    add_months,
    between,
    financial_year,
    parse_month,
    say_months,
)
from warehouse.base.strict import Strict
from warehouse.base.validation import say_found
from warehouse.contract.figure_period import FigurePeriod

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


class Period(Strict):
    """Exactly one of these keys. `each`: every month from the first to the last is a reading of its
    own. `survey`: the survey of that year."""

    month: Month | None = None
    financial_year_to: Month | None = None
    calendar_year_to: Month | None = None
    twelve_months_to: Month | None = None
    financial_year: FinancialYear | None = None
    calendar_year: int | None = Field(default=None, ge=2000, le=2099)
    survey: int | None = Field(default=None, ge=2000, le=2099)
    range: tuple[Month, Month] | None = None
    months: tuple[Month, ...] | None = Field(default=None, min_length=1)
    each: tuple[Month, Month] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Period:
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
        """Return the first days of its months, oldest first; of `each`, all of them."""
        if self.months:
            return tuple(parse_month(month) for month in sorted(self.months))
        return between(*self._ends)

    @property
    def _ends(self) -> tuple[date, date]:
        if pair := self.range or self.each:
            return parse_month(pair[0]), parse_month(pair[1])
        if self.financial_year:
            first = date(int(self.financial_year[:4]), 4, 1)
            return first, add_months(first, 11)
        if year := self.calendar_year or self.survey:
            return date(year, 1, 1), date(year, 12, 1)
        named = self.month or self.twelve_months_to or self.financial_year_to
        last = parse_month(named or self.calendar_year_to or "")
        first = last if self.month else last.replace(month=1)
        if self.twelve_months_to:
            first = add_months(last, -11)
        elif self.financial_year_to:
            first = date(financial_year(last), 4, 1)
        return first, last

    @property
    def kind(self) -> str:
        """Return the kind of period, where its months do not show it."""
        if self.financial_year_to:
            return "financial year to date"
        if self.calendar_year_to:
            return "calendar year to date"
        if self.twelve_months_to:
            return "twelve months"
        if self.financial_year:
            return f"financial year {self.financial_year}"
        return "calendar year" if self.calendar_year else ""

    def covers(self, one: FigurePeriod) -> bool:
        """Whether it is exactly one period of this kind; any time is, of monthly figures, save a
        survey's year."""
        if one.is_month or one.type == "survey" or self.survey:
            return (self.survey is not None) == (one.type == "survey")
        last = self.span[-1]
        return self.each is None and one.ends_in(last) and self.span == one.months_to(last)

    @property
    def words(self) -> str:
        """`April to October 2024, financial year to date`."""
        if self.survey:
            return f"survey of {self.survey}"
        months = say_months(self.span)
        if self.each and len(self.span) > 1:
            return f"each month from {months}"
        return f"{months}, {self.kind}" if self.kind else months
