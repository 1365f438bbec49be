"""Evidence on new months: which months no accepted edition had before, what they are compared with,
and how one out of range is described. Not here: the arithmetic (`checks.expected_range`), accepting
a held month (`warehouse.editions.status`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

import polars as pl

from checks.check_catalogue import feed_words
from checks.check_evidence import MEETING, Evidence, Limited, limited, listed, offences, skipped
from checks.counts_by_place import CountsByPlace, held_before, measure_of
from checks.edition_view import EditionView
from checks.expectations import always, within_own_limits
from checks.expected_range import LEAST, Range
from checks.feed_rules import Rule
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import Contract
from warehouse.editions.check_history import NEW_MONTHS, HeldMonth
from warehouse.editions.parts_and_revisions import latest_cells
from warehouse.reference.levels import LEVELS, OrgLevel
from warehouse.reference.organisations import ods_codes
from warehouse.transform.derived import read_derived

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
    """Whether a feed's new months are checked: not those of local returns, of lists that are
    carried forward, of longer periods, or of cumulative figures."""
    if contract.reporting_unit is None or not contract.month or not contract.measures:
        return False
    if any(one.cumulative_from for one in contract.measures.values()):
        return False
    return contract.period.is_month and not (contract.local_return or contract.carried_forward)


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
    world = CountsByPlace(view, cells, levels, bounds)
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


@lru_cache(maxsize=2)  # both rules use them
def _cells(view: EditionView) -> pl.DataFrame:
    """Return `org_code, month, value, own, given`: the newest figure of each organisation-month;
    `own`: from this edition; `given`: whether an earlier accepted one has it."""
    measure, unit = measure_of(view.contract), view.contract.reporting_unit
    earlier = [_not_held(one, measure, unit.level if unit else None) for one in view.before]
    frames = [_sound(view, measure).with_columns(own=pl.lit(True))]
    if earlier:
        frames.append(pl.concat(earlier).with_columns(own=pl.lit(False)))
    first = add_months(view.month, 1 - max(view.contract.window_months, REACH + 12))
    return (
        pl.concat(frames)
        .filter(pl.col("month").is_between(first, view.month))
        .with_columns(given=(~pl.col("own")).any().over("org_code", "month"))
        .unique(["org_code", "month"], keep="first", maintain_order=True)
    )


def _not_held(view: EditionView, measure: str, level: str | None) -> pl.DataFrame:
    """Return `_sound` of an earlier edition, without the months of this level that it holds."""
    sound = _sound(view, measure)
    out = [one for one in view.held if one.org_level == level]
    if not out:
        return sound
    held = {"org_code": [h.org_code for h in out], "month": [parse_month(h.month) for h in out]}
    return sound.join(pl.DataFrame(held), on=["org_code", "month"], how="anti")


def _sound(view: EditionView, measure: str) -> pl.DataFrame:
    return _sound_cells(view.home, view.made, measure)


@lru_cache(maxsize=REACH + 2)  # an edition is compared with by many later ones
def _sound_cells(
    home: Home, made: tuple[tuple[SourceFile, str], ...], measure: str
) -> pl.DataFrame:
    """Return `org_code, month, value` of a measure where it is known and lost no row."""
    columns = ["org_code", "month", "unreliable", measure]
    cells = read_derived(home, "measures", [file for file, _ in made], columns)
    known = latest_cells(cells).filter(~pl.col("unreliable"), pl.col(measure).is_not_null())
    return known.select(
        pl.col("org_code").replace(ods_codes()), "month", pl.col(measure).alias("value")
    )


def _new(view: EditionView, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the edition's cells that no earlier accepted edition has: of its newest months, and
    of held months."""
    first = add_months(view.month, 1 - NEWEST)
    again = [parse_month(one.month) for one in held_before(view)]
    recent = (pl.col("month") >= first) | pl.col("month").is_in(again)
    return cells.filter(pl.col("own"), ~pl.col("given"), recent)
