"""The period that a feed's figures cover: a month, or a quarter, a year or a survey's fieldwork.

Belongs here: which months end a period, its first and last day, and its label, in Python and in
SQL. Does not: how figures of other periods are published (`warehouse.mart.other_periods`).

A figure's key in the mart's working tables is always a month: the last one of its period. An
edition is named by it too, so that revisions, places and first releases are found as for months.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, get_args

from pydantic import Field, model_validator

from warehouse.base.months import add_months, between, financial_year, month_text, typed_month
from warehouse.base.strict import Strict

PeriodType = Literal["month", "quarter", "financial_year", "calendar_year", "survey"]
PERIOD_TYPES: tuple[PeriodType, ...] = get_args(PeriodType)
MONTHLY: PeriodType = "month"
PERIOD_COLUMNS = ("period_type", "period_start", "period_end", "period_label")
# Months from one period to the next, and the calendar month in which a year ends.
_EVERY = {"month": 1, "quarter": 3, "financial_year": 12, "calendar_year": 12, "survey": 12}
_ENDS = {"financial_year": 3, "calendar_year": 12}
_WORDS = {"financial_year": "financial year", "calendar_year": "calendar year"}
_EXAMPLES = {
    "month": "2025-11",
    "quarter": "2024/25 Q3",
    "financial_year": "2023/24",
    "calendar_year": "2024",
    "survey": "2024",
}


class FigurePeriod(Strict):
    """`period:` of a contract. A survey also has the calendar month in which its fieldwork ends
    (`ends`) and how many months that takes (`months`); it is repeated every year."""

    type: PeriodType = MONTHLY
    ends: int | None = Field(default=None, ge=1, le=12)
    months: int | None = Field(default=None, ge=1, le=12)

    @model_validator(mode="after")
    def _survey_says_when(self) -> FigurePeriod:
        said = self.ends is not None and self.months is not None
        if said != (self.type == "survey") or (self.ends is None) != (self.months is None):
            raise ValueError("`ends:` and `months:` are needed by `type: survey`, and only by it")
        return self

    @property
    def is_month(self) -> bool:
        """Whether its figures are monthly."""
        return self.type == MONTHLY

    @property
    def every(self) -> int:
        """Months from one period to the next."""
        return _EVERY[self.type]

    @property
    def length(self) -> int:
        """How many months it covers."""
        return self.months or self.every

    @property
    def words(self) -> str:
        """`financial year`: the kind of period, as people say it."""
        return _WORDS.get(self.type, self.type)

    @property
    def ending(self) -> str:
        """`that ends a financial year, `: what is said of its months; nothing of every month."""
        return "" if self.is_month else f"that ends a {self.words}, "

    @property
    def example(self) -> str:
        """A label of this kind of period."""
        return _EXAMPLES[self.type]

    def ends_in(self, month: date) -> bool:
        """Whether a period ends in this month (a first day)."""
        last = self.ends or _ENDS.get(self.type)
        return month.month == last if last else month.month % self.every == 0

    def months_to(self, last: date) -> tuple[date, ...]:
        """The months of the period that ends in this one."""
        return between(add_months(last, 1 - self.length), last)

    def label(self, last: date) -> str:
        """The label of the period that ends in this month: `2023/24`."""
        year = financial_year(last)
        of_year = f"{year}/{(year + 1) % 100:02d}"
        match self.type:
            case "month":
                return month_text(last)
            case "quarter":
                return f"{of_year} Q{(last.month - 4) % 12 // 3 + 1}"
            case "financial_year":
                return of_year
        return str(last.year)

    def last_month(self, text: str) -> date:
        """The last month of a period as people type it: its label (`2023/24`, `2023-24`), or that
        month; a month as `typed_month` does. Raises ValueError with an example."""
        if self.is_month:
            return typed_month(text)
        for found in (self._labelled(text.strip()), self._typed(text)):
            if found and self.ends_in(found):
                return found
        raise ValueError(f"`{text}` is not a {self.words}: write one like {self.example}")

    def _labelled(self, text: str) -> date | None:
        years = re.fullmatch(r"(20\d\d)[/-](?:20)?(\d\d)(?: ?Q([1-4]))?", text, re.IGNORECASE)
        if years and self.type in ("financial_year", "quarter"):
            first, quarter = int(years[1]), years[3]
            known = (first + 1) % 100 == int(years[2])
            if known and bool(quarter) == (self.type == "quarter"):
                return add_months(date(first, 3, 1), 3 * int(quarter or 4))
        if self.type in ("calendar_year", "survey") and re.fullmatch(r"20\d\d", text):
            return date(int(text), self.ends or _ENDS[self.type], 1)
        return None

    @staticmethod
    def _typed(text: str) -> date | None:
        try:
            return typed_month(text)
        except ValueError:
            return None


def period_columns(month: str, kind: str, length: str) -> str:
    """SQL: `period_type, period_start, period_end, period_label` of a figure's last month, of the
    SQL expressions given for that month, its period's type and how many months it covers."""
    year = f"(year({month}) - (month({month}) < 4)::INTEGER)"
    of_year = f"{year} || '/' || lpad((({year} + 1) % 100)::VARCHAR, 2, '0')"
    quarter = f"((month({month}) + 8) % 12 // 3 + 1)"
    return f"""{kind} AS period_type,
        ({month} - to_months(({length} - 1)::INTEGER))::DATE AS period_start,
        last_day({month}) AS period_end,
        CASE {kind} WHEN 'month' THEN strftime({month}, '%Y-%m')
            WHEN 'quarter' THEN {of_year} || ' Q' || {quarter}
            WHEN 'financial_year' THEN {of_year}
            ELSE year({month})::VARCHAR END AS period_label"""
