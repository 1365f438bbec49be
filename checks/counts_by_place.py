"""The counts that new months are judged by: a row per reporting organisation, a column per month,
and the places that they add up to. Not here: the statistics (`checks.expected_range`), and which
months are judged (`checks.new_months`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from checks.check_catalogue import feed_words
from checks.check_evidence import Limited
from checks.edition_view import EditionView
from checks.expected_range import CountTable, Ids, Range
from checks.places_named import places_of
from warehouse.base.months import between, days_of, month_text
from warehouse.base.working_days import working_days
from warehouse.contract.caveat import Caveat
from warehouse.contract.model import Contract
from warehouse.editions.check_history import HeldMonth
from warehouse.reference.levels import OrgLevel


def measure_of(contract: Contract) -> str:
    """Return the measure of a feed whose new months are judged."""
    return feed_words(contract.feed).new_months.measure or next(iter(contract.measures))


def held_before(view: EditionView) -> list[HeldMonth]:
    """Return the months that earlier accepted editions hold."""
    return [held for one in view.before for held in one.held]


class CountsByPlace:
    """The table that new months are checked with, and the names of its rows and columns."""

    def __init__(
        self,
        view: EditionView,
        cells: pl.DataFrame,
        levels: list[OrgLevel],
        bounds: tuple[float, float, float],
    ) -> None:
        contract = view.contract
        self.measure = measure_of(contract)
        first, last = cells["month"].min(), view.month
        assert isinstance(first, date)  # noqa: S101 - the caller has checked that there are cells
        self.months = between(first, last)
        self.codes = sorted(cells["org_code"].unique())
        self.names: dict[str, list[str]] = {}
        places = places_of(view, tuple(self.codes))
        level_of: dict[str, Ids] = {level: self._numbered(level, places[level]) for level in levels}
        self.held_before = {one.key for one in held_before(view)}
        self.table = CountTable(
            self._counts(cells),
            [_days(contract, month) for month in self.months],
            level_of,
            ("england",),
            *bounds,
        )
        for caveat in contract.caveats:
            if caveat.kind == "outage":
                self._leave_out(caveat, places)

    def _numbered(self, level: str, codes: list[str | None]) -> Ids:
        self.names[level] = sorted({code for code in codes if code})
        numbers = {code: number for number, code in enumerate(self.names[level])}
        return np.array([numbers.get(code or "", -1) for code in codes], dtype=np.int64)

    def _counts(self, cells: pl.DataFrame) -> np.ndarray:
        counts = np.full((len(self.codes), len(self.months)), np.nan)
        rows = {code: number for number, code in enumerate(self.codes)}
        columns = {month: number for number, month in enumerate(self.months)}
        for code, month, value in cells.select("org_code", "month", "value").iter_rows():
            counts[rows[code], columns[month]] = value
        return counts

    def _leave_out(self, caveat: Caveat, places: dict[OrgLevel, list[str | None]]) -> None:
        """Remove months that are known to be wrong: they are neither checked nor compared with."""
        named = places.get(caveat.org_level or "england", [])
        inside = [not caveat.organisations or code in caveat.organisations for code in named]
        for number, month in enumerate(self.months):
            text = month_text(month)
            if (caveat.first_month or text) <= text <= (caveat.last_month or text):
                self.table.counts[np.array(inside, dtype=bool), number] = np.nan

    def ranges(
        self, level: OrgLevel, month: date, whose: frozenset[str]
    ) -> Iterator[tuple[int, Range]]:
        """Yield number and expected range of a level's organisations that have a member whose month
        is new, or whose month was held."""
        is_new = np.array([code in whose for code in self.codes])
        new = set(self.table.level_of[level][is_new].tolist())
        for number, one in self.table.ranges(level, self.months.index(month)).items():
            if number in new or self.key(level, number, month) in self.held_before:
                yield number, one

    def limited(self, level: str, number: int, month: date, one: Range) -> Limited:
        """Return a month's key, its count, and the lowest and highest that is expected."""
        return self.key(level, number, month), one.found, one.low, one.high

    def key(self, level: str, number: int, month: date) -> str:
        """Return the key of an organisation-month, as held months have it."""
        return f"{level} {self.names[level][number]} {month_text(month)}"

    def held_month(self, level: str, number: int, month: date, one: Range) -> HeldMonth:
        """Return the record of a month that is out of range."""
        return HeldMonth(
            org_level=level,
            org_code=self.names[level][number],
            month=month_text(month),
            measure=self.measure,
            found=round(one.found),
            expected=round(one.expected),
            low=round(one.low),
            high=round(one.high),
        )


def _days(contract: Contract, month: date) -> float:
    """Return the number that a month's count is divided by to make months comparable."""
    measure = contract.measures[measure_of(contract)]
    usual = "working_day" if measure.additive_over_time else "month"
    per = feed_words(contract.feed).new_months.per or usual
    return {"working_day": working_days(month), "day": len(days_of(month)), "month": 1}[per]
