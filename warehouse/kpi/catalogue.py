"""The KPI catalogue: KPIs as validated objects. Not here: how a theme's file is written (`themes`),
arithmetic of units (`units`), SQL (`warehouse.mart`)."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from warehouse.base.strict import Strict
from warehouse.base.validation import Models, expected_key, faults_told_of, say_faults
from warehouse.contract.caveat import Caveat
from warehouse.contract.entries import Measure
from warehouse.contract.figure_period import FigurePeriod
from warehouse.contract.model import contracts
from warehouse.kpi.themes import Fields, read_theme
from warehouse.kpi.units import UNITS, Unit, say_units
from warehouse.reference.levels import OrgLevel, reach

KPIS = Path(__file__).with_name("kpis")
WORKING_DAYS = "calendar.working_days"

WORKING_DAYS_COUNT = Caveat(
    text="Months differ by up to four working days, which moves the count: a change on the year or "
    "the month may be no more than that. Compare per working day.",
    kind="working_days",
)
WORKING_DAYS_SHARE = Caveat(
    text="The number of working days moves numerator and denominator alike, and the share only as "
    "far as the mix of weekdays does; of the counts beside it compare those per working day.",
)
RATIO = "A ratio of sums: add up numerators and denominators, then calculate:"


class Source(Strict):
    """The measures from which a KPI is calculated at some levels.

    `absent_is_zero`: a member of the denominator's feed that the numerator's feed does not name,
    although it names others of its place, counts as zero. `members`: the measure with the members,
    for a KPI without a denominator.
    """

    levels: tuple[OrgLevel, ...]
    numerator: str
    denominator: str | None = None
    absent_is_zero: bool = False
    members: str | None = None

    @model_validator(mode="after")
    def _members_are_named_once(self) -> Source:
        beside = [one for one in (self.members, self.denominator) if one]
        if self.absent_is_zero and (len(beside) != 1 or beside == [WORKING_DAYS]):
            raise ValueError("`absent_is_zero` needs either `denominator:` or `members:`")
        if self.members and not self.absent_is_zero:
            raise ValueError("`members:` needs `absent_is_zero: true`")
        return self

    @property
    def beside(self) -> str | None:
        """The measure beside the numerator: its denominator or its members."""
        return None if self.denominator == WORKING_DAYS else self.denominator or self.members

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it uses, as `feed.measure`."""
        return (self.numerator, self.beside) if self.beside else (self.numerator,)

    @property
    def feeds(self) -> tuple[str, str | None]:
        """Feed of the numerator, and of the other measure if different."""
        feed = feed_of(self.numerator)
        other = feed_of(self.beside) if self.beside else feed
        return feed, other if other != feed else None


class Population(Strict):
    """The part of a KPI that counts a place's population, with which other figures are compared.
    `words`: who is counted, for use in evidence."""

    part: Literal["value", "denominator"]
    words: str


class Kpi(Strict):
    """One KPI: its meaning, calculation and owner.

    `members_table`: a table of the mart with its members by place, and which of them take part;
    `drifts`: whether most of it stays from month to month, so that it has no control chart;
    `no_chart`: why else one would mislead.
    """

    kpi_id: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    title: str
    headline: bool = False
    theme: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    description: str
    unit: Unit
    polarity: Literal["higher_is_better", "lower_is_better", "neutral"]
    numerator: str
    denominator: str | None = None
    caveats: tuple[Caveat, ...]
    sources: tuple[Source, ...] = Field(min_length=1)
    population: Population | None = None
    members_table: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]+$")
    drifts: bool = False
    no_chart: str | None = Field(default=None, min_length=10)
    owner: str
    reviewed_on: date
    next_review: date

    @property
    def feed(self) -> str:
        """The KPI's main feed: that of the last source, for high levels."""
        return self.sources[-1].feeds[0]

    @property
    def period(self) -> FigurePeriod:
        """The period that its figures cover: that of its feeds."""
        return contracts()[self.feed].period

    @property
    def formula(self) -> str:
        """The formula in words."""
        if self.denominator is None:
            return self.numerator
        times = {"rate_per_1000": "1,000 × ", "fte_per_10000_patients": "10,000 × "}
        return f"{times.get(self.unit, '')}{self.numerator} ÷ {self.denominator}"

    @property
    def moved_by_working_days(self) -> bool:
        """Whether it grows with the number of working days of a month: events, unless divided by
        them."""
        events = all(measure_of(one.numerator).unit == "events" for one in self.sources)
        return events and self.unit != "rate_per_working_day" and self.period.is_month

    @property
    def all_caveats(self) -> tuple[Caveat, ...]:
        """Its own caveats, and the one on working days if they affect it."""
        if not self.moved_by_working_days:
            return self.caveats
        return (*self.caveats, WORKING_DAYS_SHARE if self.unit == "share" else WORKING_DAYS_COUNT)

    @property
    def is_stock(self) -> bool:
        """Whether the numerator is a stock, not a flow: sums over months are meaningless."""
        return not all(measure_of(one.numerator).additive_over_time for one in self.sources)

    @property
    def is_additive(self) -> bool:
        """Whether values may be added over organisations: not ratios, nor people who may be counted
        at two of them."""
        tops = [measure_of(source.numerator) for source in self.sources]
        return self.denominator is None and all(top.additive_over_organisations for top in tops)

    @property
    def not_additive_because(self) -> str | None:
        """Why values must not be added over organisations or months; None if they may."""
        if self.denominator is not None:
            return f"{RATIO} {self.formula}."
        tops = [measure_of(source.numerator) for source in self.sources]
        reasons = [top.not_additive_because for top in tops if top.not_additive_because]
        return " ".join(dict.fromkeys(reasons)) or None


def feed_of(reference: str) -> str:
    """The feed of `feed.measure`."""
    return reference.partition(".")[0]


def measure_name(reference: str) -> str:
    """The measure's own name in `feed.measure`."""
    return reference.partition(".")[2]


def measure_of(reference: str) -> Measure:
    """The measure that `feed.measure` names. Raises ValueError if there is none."""
    feed, _, name = reference.partition(".")
    if feed not in contracts():
        raise ValueError(f"`{reference}`: no such feed, expected {expected_key(feed, contracts())}")
    measures = contracts()[feed].measures
    if name not in measures:
        near = expected_key(name, measures)
        raise ValueError(f"`{reference}`: no such measure of the feed, expected {near}")
    return measures[name]


def level_of(reference: str) -> OrgLevel:
    """The level of organisations that a measure is reported by."""
    unit = contracts()[feed_of(reference)].reporting_unit
    if unit is None:
        raise ValueError(f"`{reference}`: its feed has no `reporting_unit:`")
    return unit.level


def check_levels(kpi: Kpi) -> None:
    """Raise ValueError for a level that a measure does not reach, or must not be added up to."""
    for source in kpi.sources:
        for part in source.measures:
            cell, measure = level_of(part), measure_of(part)
            above = [level for level in source.levels if level != cell]
            beyond = [level for level in above if level not in reach(cell)]
            if beyond:
                raise ValueError(f"{part} does not reach {min(beyond)}")
            if above and not measure.additive_over_organisations:
                raise ValueError(
                    f"{part} is reported by {cell} and can't be added up to "
                    f"{above[0]}: {measure.not_additive_because}"
                )
        cells = {level_of(part) for part in source.measures}
        if source.absent_is_zero and len(cells) > 1:
            raise ValueError("`absent_is_zero` needs measures of one level")
        if kpi.members_table and not (source.absent_is_zero and source.denominator):
            raise ValueError("`members_table` needs a `denominator:` and `absent_is_zero: true`")


def check_periods(kpi: Kpi) -> None:
    """Raise ValueError if measures cover different periods, or longer ones than shown there."""
    for source in kpi.sources:
        for part in source.measures:
            other = contracts()[feed_of(part)].period
            if other != kpi.period:
                raise ValueError(
                    f"{part} is of a {other.words}, expected a {kpi.period.words}, as {kpi.feed}"
                )
        if source.denominator == WORKING_DAYS and not kpi.period.is_month:
            raise ValueError(f"`{WORKING_DAYS}` are of a month, not a {kpi.period.words}")
    if kpi.headline and not kpi.period.is_month:
        raise ValueError(f"`headline` needs monthly figures, not those of a {kpi.period.words}")


def check_units(kpi: Kpi) -> None:
    """Raise ValueError if the unit does not match the measures, or two sources have one level."""
    seen: set[str] = set()
    for source in kpi.sources:
        twice = seen & set(source.levels)
        if twice:
            raise ValueError(f"two sources for {', '.join(sorted(twice))}")
        seen |= set(source.levels)
        measure = measure_of(source.numerator)
        top: str = measure.unit
        bottom: str | None = None
        if source.denominator == WORKING_DAYS:
            bottom = "working_days"
        elif source.denominator:
            bottom = measure_of(source.denominator).unit
        if source.members:
            measure_of(source.members)
        if measure.weighted and top == "organisations":
            top = bottom or top  # each counts as often as it has people
        if (top, bottom) not in UNITS[kpi.unit]:
            raise ValueError(f"{say_units(top, bottom)}, not a `{kpi.unit}`")


def theme_files(folder: Path = KPIS) -> list[Path]:
    """The files of a catalogue, one per theme, in the order of reading."""
    return sorted(folder.glob("*.yaml"))


def load_catalogue(folder: Path = KPIS) -> dict[str, Kpi]:
    """KPI id -> KPI, in the order of themes and of their files.

    Raises ValueError naming file, KPI, key and fault.
    """
    found: dict[str, Kpi] = {}
    for path in theme_files(folder):
        with faults_told_of(path):
            for kpi_id, fields in read_theme(path, _OWN).items():
                if kpi_id in found:
                    raise ValueError(
                        f"`kpis.{kpi_id}`: found in {found[kpi_id].theme}.yaml, too; expected once"
                    )
                found[kpi_id] = _kpi(kpi_id, path.stem, fields)
    return found


# Possible fields of a row: its id is its key, its theme is the file.
_OWN = tuple(field for field in Kpi.model_fields if field not in {"kpi_id", "theme"})
_BELOW: Models = {"sources": Source, "caveats": Caveat, "population": Population}


def _kpi(kpi_id: str, theme: str, fields: Fields) -> Kpi:
    try:
        kpi = Kpi.model_validate({"kpi_id": kpi_id, "theme": theme, **fields})
        check_units(kpi)
        check_levels(kpi)
        check_periods(kpi)
    except ValidationError as error:
        raise ValueError(f"{kpi_id}: {say_faults(error, Kpi, _BELOW)}") from None
    except ValueError as error:
        raise ValueError(f"{kpi_id}: {error}") from None
    return kpi


@cache
def catalogue() -> dict[str, Kpi]:
    """The shipped catalogue."""
    return load_catalogue()
