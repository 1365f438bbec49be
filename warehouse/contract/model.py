"""The feed contract: its schema, and loading the contracts of all feeds. Not here: a feed's own
facts (`assets/feeds/<feed>/contract.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, model_validator

from warehouse.base.yaml_files import read_yaml
from warehouse.contract.caveat import Caveat
from warehouse.contract.cumulative_measures import cumulative_figure
from warehouse.contract.discovery import Discovery
from warehouse.contract.edition_rule import EditionRule
from warehouse.contract.entries import (
    NUMBERS,
    Completeness,
    Labels,
    Licence,
    Measure,
    Organisation,
    SyntheticMark,
)
from warehouse.contract.figure_period import FigurePeriod
from warehouse.contract.headings import Headings, check_headings
from warehouse.contract.layouts import MonthsAcross, NotReadTable, StaffReport
from warehouse.contract.release_calendar import Cadence

FEEDS_FOLDER = Path(__file__).parents[2] / "assets" / "feeds"


class Contract(Headings):
    """One feed, as its publisher issues it and as this project reads it.

    `row_filter`: column -> pattern of the published text of this feed's rows in a wider file.
    `only_named`: rows without the code of a reporting unit are totals or notes, and are not read.
    `carried_forward`: an edition is used until the next one is published (a quarterly list).
    `not_read`: pattern of the name of a file beside its own that is known and not read -> why;
    `not_read_tables` are known by their headings. `staff_report`: has people; a copy has none.
    `sheet`: pattern of the name of the workbook's sheet that has the table, if there are several.
    `discovery`: where its files are published; a local return has none. `period`: of its figures.
    `local_return`: a file an ICB makes itself, so each wrong row is shown to its author.
    `targets`: its rows are targets of KPIs (`warehouse.kpi.returned_targets` has their columns);
    `plan`: they are of a plan (`warehouse.plan`), and what kind of them.
    `disclosure_control`: not published elsewhere, so small numbers are suppressed in the mart.
    `across`: in workbooks its table has a column per month. `beside`: a feed in whose files it is.
    `unassigned`: codes in rows of no one organisation, counted for its places alone.
    `persons`: a row is a person's; rows are added up as they are read, and none is kept or shown.
    `label_families`: family -> canonical label -> further spellings, compared by `text.fold`.
    `labels_and_measures_of`: a feed of the same publication whose families and measures apply too.
    """

    feed: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    title: str
    description: str
    publisher: str
    licence: Licence
    landing_page: str
    cadence: Cadence
    discovery: Discovery | None = None
    owner: str
    grain: str
    period: FigurePeriod = FigurePeriod()
    caveats: tuple[Caveat, ...]
    window_months: int = Field(ge=1)
    provisional_months: int = Field(ge=0, default=0)
    provisional_by_column: dict[str, int] = Field(default_factory=dict)
    edition: EditionRule
    key: tuple[str, ...]
    repeated_keys: Literal["error", "sum"] = "error"
    month: str | None = None
    reporting_unit: Organisation | None = None
    measures: dict[str, Measure] = Field(default_factory=dict)
    organisations: tuple[Organisation, ...] = ()
    completeness: Completeness = Completeness()
    synthetic: SyntheticMark | None = None
    across: MonthsAcross | None = None
    beside: str | None = None
    unassigned: tuple[str, ...] = ()
    persons: bool = False
    row_filter: dict[str, str] = Field(default_factory=dict)
    only_named: bool = False
    not_read: dict[str, str] = Field(default_factory=dict)
    not_read_tables: tuple[NotReadTable, ...] = ()
    sheet: str | None = None
    staff_report: StaffReport | None = None
    label_families: dict[str, Labels] = Field(default_factory=dict)
    labels_and_measures_of: str | None = None
    carried_forward: bool = False
    local_return: bool = False
    targets: bool = False
    plan: Literal["actions", "assessments", "decisions"] | None = None
    disclosure_control: bool = False

    @model_validator(mode="after")
    def _columns_exist(self) -> Contract:
        named = [*self.key, self.month, self.edition.content]
        named += [self.synthetic.column if self.synthetic else None, *self.row_filter]
        named += self.provisional_by_column
        parts = (self.wide, self.across, self.staff_report, self.reporting_unit)
        for one in (*parts, *self.organisations, *self.measures.values()):
            named += one.columns if one else []
        named += [one for column in self.columns.values() for one in column.uses]
        for name in named:
            if name is not None and name not in self.columns:
                raise ValueError(f"`{name}` is used but is not among the columns")
        check_headings(self.columns, self.fields)
        self._labels_exist()
        for one in (self.reporting_unit, *self.organisations):
            for name in (one.since, one.until, one.opened, one.closed) if one else ():
                if name and (self.month or self.columns[name].type != "date"):
                    raise ValueError(f"`{name}` is no date, or the feed has a month (`month:`)")
        for name in (self.month, self.reporting_unit.code if self.reporting_unit else None):
            if name is not None and self.columns[name].nullable:
                raise ValueError(f"`{name}` identifies measures, so it can't be nullable")
        for measure_id, measure in self.measures.items():
            self._measures_numbers(measure_id, measure)
            if measure.reported_if not in {None, *self.measures}:
                raise ValueError(f"measure {measure_id}: no such measure `{measure.reported_if}`")
            for column, wanted in measure.where.items():
                if unknown := set(wanted) - set(self.labels(column)):
                    raise ValueError(f"measure {measure_id}: no such label {sorted(unknown)}")
        return self

    def _measures_numbers(self, measure_id: str, measure: Measure) -> None:
        if measure.column and measure.column not in self.numbers:
            raise ValueError(f"measure {measure_id}: `{measure.column}` is not a count or decimal")
        counted = self.disclosure_control and not measure.is_money
        if self.is_decimal(measure_id) and (measure.additive_over_time or counted):
            raise ValueError(f"{measure_id}: decimals can't be added over months or counted")
        cumulative_figure(self.measures, measure_id)

    def is_decimal(self, measure_id: str) -> bool:
        """Whether a measure has decimals (`warehouse.base.decimals`), not whole numbers."""
        column = self.measures[measure_id].sum or self.measures[measure_id].largest
        return column is not None and self.columns[column].type == "decimal"

    def _labels_exist(self) -> None:
        for heading, one in self.columns.items():
            if one.labels is not None and one.labels not in self.label_families:
                raise ValueError(f"column {heading}: no such label family `{one.labels}`")
            if one.otherwise and one.otherwise not in self.labels(heading):
                raise ValueError(f"column {heading}: no such label `{one.otherwise}`")
        if self.wide:
            named = {*self.wide.headings, *self.wide.matches, *self.wide.needs}
            if unknown := named - set(self.labels(self.wide.label)):
                raise ValueError(f"wide: no such label {sorted(unknown)}")

    def provisional_of(self, measure_id: str) -> int:
        """How many of the newest months of a measure are provisional if no revision was observed;
        more if its `where` uses a column that the publisher restates further back."""
        chosen = self.measures[measure_id].where
        by_column = (n for column, n in self.provisional_by_column.items() if column in chosen)
        return max((self.provisional_months, *by_column))

    def labels(self, column: str) -> dict[str, tuple[str, ...]]:
        """Allowed labels of a column: canonical label -> further spellings."""
        family = self.columns[column].labels
        if family is None:
            raise ValueError(f"column {column} has no labels")
        return {label: others or () for label, others in self.label_families[family].items()}

    @property
    def is_dated(self) -> bool:
        """Whether its rows have dates since and until which they hold, instead of months."""
        return bool(self.reporting_unit and self.reporting_unit.since)

    @property
    def is_within(self) -> bool:
        """Whether its rows are in another feed's files, under headings of that feed."""
        return self.beside is not None and self.across is None

    @property
    def numbers(self) -> list[str]:
        """Columns of counts and decimals."""
        return [name for name, column in self.columns.items() if column.type in NUMBERS]

    @property
    def holds_months(self) -> int | None:
        """For how many months an edition may be carried forward: twice the time to the next one;
        None if it is irregular."""
        return 2 * self.cadence.months if self.cadence.months else None

    @property
    def folder(self) -> Path:
        """The feed's folder."""
        return FEEDS_FOLDER / self.feed


def load_contract(path: Path) -> Contract:
    """Read and validate one contract. Raises ValueError naming the file and the fault."""
    try:
        raw = read_yaml(path)
        if other := raw.get("labels_and_measures_of"):
            shared = read_yaml(path.parent.parent / other / path.name)
            for key in ("label_families", "measures"):
                raw[key] = {**shared.get(key, {}), **raw.get(key, {})}
        contract = Contract.model_validate(raw)
    except (ValueError, OSError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: not a valid feed contract: {error}") from error
    if contract.feed != path.parent.name:
        raise ValueError(f"{path}: `feed: {contract.feed}` is not its folder's name")
    return contract


@cache
def contracts() -> dict[str, Contract]:
    """Every feed's contract, by feed; those that other feeds' checks use come first."""
    found = {p.parent.name: load_contract(p) for p in sorted(FEEDS_FOLDER.glob("*/contract.yaml"))}
    ordered: dict[str, Contract] = {}

    def add(feed: str, path: tuple[str, ...] = ()) -> None:
        if feed in path:
            raise ValueError(f"feeds are checked against each other in a circle: {path}")
        if feed not in found:
            raise ValueError(f"{path[-1]}: contract names an unknown feed `{feed}`")
        if feed not in ordered:
            for other in reference_feeds(found[feed]):
                add(other, (*path, feed))
            ordered[feed] = found[feed]

    for feed, contract in found.items():
        add(feed)
        _find_bearer(contract, found)
    return ordered


def _find_bearer(contract: Contract, found: dict[str, Contract]) -> None:
    other = contract.discovery and contract.discovery.comes_with
    bearer = found.get(other) if other else None
    if other and not (bearer and bearer.discovery and bearer.discovery.looked_up):
        raise ValueError(f"{contract.feed}: `with: {other}` is not a feed with a lookup of its own")


def reference_feeds(contract: Contract) -> list[str]:
    """Feeds whose same edition this feed's checks use."""
    rule = contract.completeness
    named = (rule.expected_feed, rule.reconcile_feed, rule.population_feed, rule.compared_feed)
    return [feed for feed in named if feed]
