"""The KPI catalogue: its schema, its loading, and the arithmetic of units.

Belongs here: `kpis.yaml` as validated objects. Does not: SQL (`warehouse.mart`).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from assets.contract import Measure, OrgLevel, contracts

CATALOGUE_FILE = Path(__file__).with_name("kpis.yaml")
WORKING_DAYS = "calendar.working_days"

Unit = Literal[
    "events", "people", "organisations", "share", "rate_per_1000", "rate_per_working_day"
]
LEVELS: tuple[OrgLevel, ...] = ("practice", "pcn", "sub_icb", "icb", "region", "england")

# Which unit follows from which parts: (numerator, denominator) -> unit of the KPI.
UNITS: dict[Unit, set[tuple[str, str | None]]] = {
    "events": {("events", None)},
    "people": {("people", None)},
    "organisations": {("organisations", None)},
    "share": {(unit, unit) for unit in ("events", "people", "organisations")},
    "rate_per_1000": {("events", "people")},
    "rate_per_working_day": {("events", "working_days")},
}


class Source(BaseModel):
    """From which measures a KPI is worked out at some levels."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    levels: tuple[OrgLevel, ...]
    numerator: str
    denominator: str | None = None

    @property
    def feeds(self) -> tuple[str, str | None]:
        """Feed of the numerator, and of the denominator if it is another one."""
        feed = self.numerator.partition(".")[0]
        other = (self.denominator or "").partition(".")[0]
        return feed, other if other not in ("", "calendar", feed) else None


class Kpi(BaseModel):
    """One KPI: what it means, how it is worked out, and who looks after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kpi_id: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    title: str
    headline: bool = False
    theme: str
    description: str
    unit: Unit
    polarity: Literal["higher_is_better", "lower_is_better", "neutral"]
    numerator: str
    denominator: str | None = None
    caveats: tuple[str, ...]
    sources: tuple[Source, ...] = Field(min_length=1)
    owner: str
    reviewed_on: date
    next_review: date

    @property
    def feed(self) -> str:
        """The feed that the KPI chiefly rests on: the last source's, which serves high levels."""
        return self.sources[-1].feeds[0]

    @property
    def is_stock(self) -> bool:
        """Whether the numerator is a state, not a flow: to-date sums would mean nothing."""
        return not measure_of(self.sources[0].numerator).additive_over_time

    @property
    def is_additive(self) -> bool:
        """Whether the value itself may be added over organisations: counts may, ratios never."""
        return self.denominator is None


def measure_of(reference: str) -> Measure:
    """The measure that `feed.measure` names. Raises ValueError if there is none."""
    feed, _, name = reference.partition(".")
    contract = contracts().get(feed)
    if contract is None or name not in contract.measures:
        raise ValueError(f"`{reference}` is no measure of any feed")
    return contract.measures[name]


def level_of(reference: str) -> OrgLevel:
    """Level of the organisations by which a measure is counted."""
    cell = contracts()[reference.partition(".")[0]].cell
    if cell is None:
        raise ValueError(f"`{reference}` is counted by no organisation")
    return cell.level


def check_levels(kpi: Kpi) -> None:
    """Refuse parts that are counted by different organisations, or a level below them."""
    for source in kpi.sources:
        base = level_of(source.numerator)
        if source.denominator not in (None, WORKING_DAYS) and level_of(source.denominator) != base:
            raise ValueError(
                f"{kpi.kpi_id}: {source.numerator} is counted by {base}, "
                f"{source.denominator} by {level_of(source.denominator)}"
            )
        if base in LEVELS:
            below = set(source.levels) & set(LEVELS[: LEVELS.index(base)])
            if below:
                raise ValueError(f"{kpi.kpi_id}: {source.numerator} does not reach {min(below)}")


def check_units(kpi: Kpi) -> None:
    """Refuse a KPI whose unit does not follow from its parts, or whose levels overlap."""
    seen: set[str] = set()
    for source in kpi.sources:
        twice = seen & set(source.levels)
        if twice:
            raise ValueError(f"{kpi.kpi_id}: two sources for {', '.join(sorted(twice))}")
        seen |= set(source.levels)
        top = measure_of(source.numerator).unit
        bottom: str | None = None
        if source.denominator == WORKING_DAYS:
            bottom = "working_days"
        elif source.denominator:
            bottom = measure_of(source.denominator).unit
        if (top, bottom) not in UNITS[kpi.unit]:
            raise ValueError(
                f"{kpi.kpi_id}: {top} divided by {bottom or 'nothing'} is not a `{kpi.unit}`"
            )


def load_catalogue(path: Path = CATALOGUE_FILE) -> dict[str, Kpi]:
    """Read and validate a catalogue: KPI id -> KPI. Raises ValueError naming what is wrong."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    kpis = {kpi_id: Kpi(kpi_id=kpi_id, **fields) for kpi_id, fields in raw.items()}
    for kpi in kpis.values():
        check_units(kpi)
        check_levels(kpi)
    return kpis


@cache
def catalogue() -> dict[str, Kpi]:
    """The shipped catalogue."""
    return load_catalogue()
