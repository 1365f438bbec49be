"""Evidence on new months: which months no accepted edition had before, what they are compared with,
and how one out of range is described. Not here: the arithmetic (`checks.expected_range`), accepting
a held month (`warehouse.editions.status`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

import numpy as np
import polars as pl

from checks.check_catalogue import feed_words
from checks.edition_view import (
    MEETING,
    EditionView,
    Evidence,
    Limited,
    limited,
    listed,
    offences,
    skipped,
)
from checks.expectations import always, within_own_limits
from checks.expected_range import LEAST, CountTable, Ids, Range
from checks.feed_rules import Rule
from checks.places_named import places_of
from warehouse.base.months import add_months, between, days_of, month_text, parse_month
from warehouse.base.working_days import working_days
from warehouse.contract.caveat import Caveat
from warehouse.contract.model import Contract
from warehouse.editions.check_history import NEW_MONTHS, HeldMonth
from warehouse.reference.levels import LEVELS, OrgLevel
from warehouse.reference.organisations import ods_codes

SMALL = "small_months_as_expected"
NEWEST = 3  # months of an edition that may be new
CALM = {NEW_MONTHS: LEAST, SMALL: 0.4}  # the lowest bound of a deviation
REACH = 18  # months: a year, the three before, and some for the series' own spread
SHOWN = 10
DO = (
    "Only these months are held; roll-ups that need them are incomplete. All else is published. "
    "Import a sound file, or accept them: access-recovery accept {feed} {edition} --reason TEXT "
    "(--org CODE, --month YYYY-MM for one of them)"
)


def is_judged(contract: Contract) -> bool:
    """Whether a feed's new months are checked: not those of local returns, or of lists that are
    carried forward."""
    if contract.reporting_unit is None or not contract.month or not contract.measures:
        return False
    return not (contract.local_return or contract.carried_forward)


def reach(contract: Contract) -> int:
    """Return how many months back editions are needed to check new months: fewer for a feed that
    restates long series."""
    if not is_judged(contract):
        return 0
    return NEWEST if contract.window_months >= REACH else REACH


def rules(contract: Contract) -> dict[str, Rule]:
    """Return the checks of new months that apply to a feed."""
    found: dict[str, Rule] = {}
    if _levels(contract, "hold"):
        found[NEW_MONTHS] = Rule(held_out, always(within_own_limits()))
    if _levels(contract, "warn"):
        found[SMALL] = Rule(small, always(within_own_limits()))
    return found


def _levels(contract: Contract, action: str) -> list[OrgLevel]:
    """Return the levels of a feed and above it to which the action applies."""
    if not is_judged(contract) or contract.reporting_unit is None:
        return []
    words, unit = feed_words(contract.feed).new_months, contract.reporting_unit.level
    named = {level for one in contract.organisations for level in (one.level, *one.parents)}
    named |= {unit, "england"}
    if "sub_icb" in named:
        named |= set(LEVELS["sub_icb"].parents)
    return [level for level in LEVELS if level in named and words.action(level) == action]


@dataclass
class JudgedMonths:
    """The result for some levels: the organisation-months `out` of range, the furthest first, of
    `total` that could be checked; the new `months`. `limits`: those of `out` as numbers, and a few
    within their range."""

    out: list[HeldMonth]
    limits: list[Limited]
    total: int
    months: list[date]


@lru_cache(maxsize=4)  # used by the check, then to record what it holds
def judge(view: EditionView, rule: str) -> JudgedMonths | str:
    """Check an edition's new months at a rule's levels, or return why none can be checked."""
    action = "hold" if rule == NEW_MONTHS else "warn"
    levels = _levels(view.contract, action)
    cells = _cells(view)
    new = _new(view, cells)
    if new.is_empty():
        return "no month is new: earlier accepted editions have them all"
    check = view.check(rule)
    bounds = (check.least or 0, CALM[rule], check.limit)
    world = _World(view, cells, levels, bounds)
    months = sorted(new["month"].unique())
    out: list[tuple[Range, HeldMonth]] = []
    within: list[Limited] = []
    total = 0
    for month in months:
        whose = frozenset(new.filter(month=month)["org_code"])
        for level in levels:
            judged = dict(world.ranges(level, month, whose))
            total += len(judged)
            beyond = {number: one for number, one in judged.items() if one.is_out}
            out += [(one, world.held_month(level, n, month, one)) for n, one in beyond.items()]
            usual = (item for item in judged.items() if abs(item[1].strays) <= item[1].bound)
            within += [world.limited(level, n, month, one) for n, one in islice(usual, MEETING)]
            world.table.forget(level, list(beyond), world.months.index(month))
    if not total:
        return (
            "too few earlier months: needed are at least two of the three months before "
            f"{month_text(months[-1])} and the same month of the year before, of organisations "
            f"with {check.least:,} or more a month"
        )
    out.sort(key=lambda pair: (-abs(pair[0].strays), pair[1].key))
    limits = [(held.key, one.found, one.low, one.high) for one, held in out]
    return JudgedMonths([one for _, one in out], [*limits, *within[:MEETING]], total, months)


def held_months(view: EditionView) -> list[HeldMonth]:
    """Return the months of an edition that check `NEW_MONTHS` holds."""
    found = judge(view, NEW_MONTHS)
    return [] if isinstance(found, str) else found.out


def held_out(view: EditionView) -> Evidence:
    """Find new months of sub-ICBs, ICBs and England that are out of range: they are held."""
    feed, edition = view.contract.feed, view.edition
    return _evidence(view, NEW_MONTHS, DO.format(feed=feed, edition=edition))


def small(view: EditionView) -> Evidence:
    """Find new months of practices, networks and the like that are out of range."""
    return _evidence(view, SMALL, "They are published: check them before quoting them")


def _evidence(view: EditionView, rule: str, do: str) -> Evidence:
    found = judge(view, rule)
    if isinstance(found, str):
        return skipped(rule, found)
    told = [one.words for one in found.out]
    months = ", ".join(month_text(month) for month in found.months)
    evidence = offences(
        rule,
        told,
        expected="within the range expected from the same month of the year before and the three "
        "months before",
        observed=f"{len(told):,} of {found.total:,} new organisation-months ({months}) are outside",
        total=found.total,
        message=f"{listed(told, SHOWN, '; ')}. {do}",
    )
    return limited(evidence, found.limits)


def _measure(contract: Contract) -> str:
    return feed_words(contract.feed).new_months.measure or next(iter(contract.measures))


@lru_cache(maxsize=2)  # both rules use them
def _cells(view: EditionView) -> pl.DataFrame:
    """Return `org_code, month, value, own, given`: the newest figure of each organisation-month;
    `own`: from this edition; `given`: whether an earlier accepted one has it."""
    measure, unit = _measure(view.contract), view.contract.reporting_unit
    frames = [_sound(view, measure).with_columns(own=pl.lit(True))]
    for one in view.before:
        out = [h for h in one.held if unit and h.org_level == unit.level]
        held = pl.DataFrame(
            {"org_code": [h.org_code for h in out], "month": [parse_month(h.month) for h in out]},
            schema={"org_code": pl.String, "month": pl.Date},
        )
        frames.append(
            _sound(one, measure)
            .join(held, on=["org_code", "month"], how="anti")
            .with_columns(own=pl.lit(False))
        )
    first = add_months(view.month, 1 - max(view.contract.window_months, REACH + 12))
    return (
        pl.concat(frames)
        .filter(pl.col("month").is_between(first, view.month))
        .with_columns(given=(~pl.col("own")).any().over("org_code", "month"))
        .unique(["org_code", "month"], keep="first", maintain_order=True)
    )


def _sound(view: EditionView, measure: str) -> pl.DataFrame:
    cells = view.measures()
    if cells is None:
        return pl.DataFrame(schema={"org_code": pl.String, "month": pl.Date, "value": pl.Int64})
    return cells.filter(~pl.col("unreliable"), pl.col(measure).is_not_null()).select(
        pl.col("org_code").replace(ods_codes()), "month", pl.col(measure).alias("value")
    )


def _new(view: EditionView, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the edition's cells that no earlier accepted edition has: of its newest months, and
    of held months."""
    first = add_months(view.month, 1 - NEWEST)
    again = [parse_month(one.month) for one in _held_before(view)]
    recent = (pl.col("month") >= first) | pl.col("month").is_in(again)
    return cells.filter(pl.col("own"), ~pl.col("given"), recent)


def _held_before(view: EditionView) -> list[HeldMonth]:
    return [held for one in view.before for held in one.held]


class _World:
    """The table that new months are checked with, and the names of its rows and columns."""

    def __init__(
        self,
        view: EditionView,
        cells: pl.DataFrame,
        levels: list[OrgLevel],
        bounds: tuple[float, float, float],
    ) -> None:
        contract = view.contract
        self.measure = _measure(contract)
        first, last = cells["month"].min(), view.month
        assert isinstance(first, date)  # noqa: S101 - the caller has checked that there are cells
        self.months = between(first, last)
        self.codes = sorted(cells["org_code"].unique())
        self.names: dict[str, list[str]] = {}
        places = places_of(view, self.codes)
        level_of: dict[str, Ids] = {level: self._numbered(level, places[level]) for level in levels}
        self.held_before = {one.key for one in _held_before(view)}
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
            key = f"{level} {self.names[level][number]} {month_text(month)}"
            if number in new or key in self.held_before:
                yield number, one

    def limited(self, level: str, number: int, month: date, one: Range) -> Limited:
        """Return a month's key, its count, and the lowest and highest that is expected."""
        key = f"{level} {self.names[level][number]} {month_text(month)}"
        return key, one.found, one.low, one.high

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
    measure = contract.measures[_measure(contract)]
    usual = "working_day" if measure.additive_over_time else "month"
    per = feed_words(contract.feed).new_months.per or usual
    return {"working_day": working_days(month), "day": len(days_of(month)), "month": 1}[per]
