"""The feed contract: what a publisher promises, as a validated YAML file in its folder.

Belongs here: the contract's schema and its loading, and the discovery of feed folders.
Does not: any feed's own facts (they are in `assets/feeds/<feed>/contract.yaml`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, model_validator

from warehouse.base.imports import modules_behind
from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.base.text import heading_key
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.caveat import Caveat
from warehouse.contract.discovery import Discovery
from warehouse.contract.release_calendar import Cadence
from warehouse.reference.levels import OrgLevel

FEEDS_FOLDER = Path(__file__).parents[2] / "assets" / "feeds"
Labels = dict[str, tuple[str, ...] | None]
READING = "warehouse.transform.tidy"  # where a reading begins
# When and where a feed is published says nothing of what its rows mean.
NOT_OF_ROWS = re.compile(rb"^(?:cadence|discovery):.*\n(?:(?:[ \t#].*)?\n)*", re.MULTILINE)

ColumnType = Literal["text", "code", "label", "month", "count"]
BaseUnit = Literal["events", "people", "organisations", "fte", "minutes"]


class Column(Strict):
    """One column of the tidy table, and every heading under which the publisher has issued it.

    `missing`: texts by which the publisher says that there is no value (`[x]`, `-`): as a blank.
    """

    published: tuple[str, ...] = Field(min_length=1)
    type: ColumnType
    description: str = Field(min_length=10)
    unit: str | None = None
    required: bool = True
    nullable: bool = False
    labels: str | None = None
    formats: tuple[str, ...] = ()
    pattern: str | None = None
    missing: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Column:
        if self.type == "label" and not self.labels:
            raise ValueError("a label column names its label family (`labels:`)")
        if self.type == "month" and not self.formats:
            raise ValueError("a month column lists its date formats (`formats:`)")
        if self.type == "count" and not self.unit:
            raise ValueError("a count column states its unit (`unit:`)")
        return self


class EditionRule(Strict):
    """How the edition month of a file is found (`content`), or what stands in for it.

    `title_date`: a pattern of what a workbook's first sheet says of its publication, whose only
    group is the day.
    """

    content: str | None = None
    siblings: tuple[str, ...] = ()
    file_name: tuple[str, ...] = ()
    title_date: str | None = None


class Measure(Strict):
    """A figure per organisation and month, optionally of some labels only.

    One of `sum` (a count column added up), `any` (1 where that sum is above zero, else 0: whether
    the organisation takes part) or `present` (1 for every organisation that the file names).
    Outside `first_month` to `last_month` (YYYY-MM) the figure does not exist: NULL, not zero.
    `not_additive_because` says why values must not be added over organisations or months.
    """

    title: str
    sum: str | None = None
    any: str | None = None
    present: bool = False
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unit: BaseUnit
    additive_over_time: bool
    additive_over_organisations: bool = True
    not_additive_because: str | None = None
    first_month: str | None = Field(default=None, pattern=MONTH)
    last_month: str | None = Field(default=None, pattern=MONTH)

    @property
    def column(self) -> str | None:
        """The count column that it rests on; None if it only says who is named."""
        return self.sum or self.any

    @model_validator(mode="after")
    def _one_kind(self) -> Measure:
        if [bool(self.sum), bool(self.any), self.present].count(True) != 1:
            raise ValueError("a measure has one of `sum:`, `any:` or `present: true`")
        if not self.sum and self.unit != "organisations":
            raise ValueError("`any:` and `present:` count organisations (`unit: organisations`)")
        if not self.additive_over_organisations and not self.not_additive_because:
            raise ValueError("a measure that can't be added says why (`not_additive_because:`)")
        return self


class Organisation(Strict):
    """Where a feed names an organisation: code, name and parents, as columns of the tidy table."""

    level: OrgLevel
    code: str
    name: str | None = None
    ons_code: str | None = None
    parents: dict[OrgLevel, str] = Field(default_factory=dict)


class Completeness(Strict):
    """How it is known that a place is wholly present (rule: a roll-up needs every member).

    `expected_feed`/`expected_column`: number of members per sub-ICB and month that another feed
    states. Without it a place that appears at all is whole.
    `population_feed`: the patient list, which no figure of people of the same organisation exceeds
    and which says which practices there are.
    """

    expected_feed: str | None = None
    expected_column: str | None = None
    reconcile_feed: str | None = None
    population_feed: str | None = None


class Wide(Strict):
    """An older shape of the same table: a column per label where today there is a row.

    `label` and `value`: the columns of today that hold the label and its count; `headings`:
    label -> headings under which it was issued; `lacks`: required columns that this shape does
    not have. A month it lacks is the edition's.
    """

    label: str
    value: str
    headings: dict[str, tuple[str, ...]]
    lacks: tuple[str, ...]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Heading key -> label as published today."""
        return {heading_key(h): label for label, hs in self.headings.items() for h in hs}


class Licence(Strict):
    """Under which terms the data may be used."""

    name: str
    url: str


class SyntheticMark(Strict):
    """What betrays a sample file even when it has lost its manifest."""

    column: str
    pattern: str


class Contract(Strict):
    """One feed, as its publisher issues it and as this project conforms it.

    `row_filter`: column -> pattern: only rows whose published text matches are of this feed; a
    file may hold much else. `carried_forward`: an edition is used until the next one is published
    (a quarterly list).
    `ignored_columns`: patterns of heading keys that are known and never read, nor quarantined.
    `discovery`: where its files are published; a local return has none.
    `local_return`: a file an ICB makes itself, so each wrong row is shown to whoever typed it.
    `disclosure_control`: not published elsewhere, so small numbers must not be seen in the mart.
    `label_families`: closed lists of values; family -> canonical label -> further spellings, which
    are compared without regard to case and repeated spaces. `labels_and_measures_of`: a feed of the
    same publication whose label families and measures are this feed's too, beside its own.
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
    caveats: tuple[Caveat, ...]
    window_months: int = Field(ge=1)
    provisional_months: int = Field(ge=0, default=0)
    provisional_by_column: dict[str, int] = Field(default_factory=dict)
    edition: EditionRule
    columns: dict[str, Column]
    key: tuple[str, ...]
    repeated_keys: Literal["error", "sum"] = "error"
    month: str | None = None
    reporting_unit: Organisation | None = None
    measures: dict[str, Measure] = Field(default_factory=dict)
    organisations: tuple[Organisation, ...] = ()
    completeness: Completeness = Completeness()
    synthetic: SyntheticMark | None = None
    wide: Wide | None = None
    row_filter: dict[str, str] = Field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    label_families: dict[str, Labels] = Field(default_factory=dict)
    labels_and_measures_of: str | None = None
    carried_forward: bool = False
    local_return: bool = False
    disclosure_control: bool = False

    @model_validator(mode="after")
    def _columns_exist(self) -> Contract:
        named = [*self.key, self.month, self.edition.content]
        named += [self.synthetic.column if self.synthetic else None, *self.row_filter]
        named += self.provisional_by_column
        if self.wide:
            named += [self.wide.label, self.wide.value, *self.wide.lacks]
        for organisation in (
            *self.organisations,
            *([self.reporting_unit] if self.reporting_unit else []),
        ):
            named += [organisation.code, organisation.name, organisation.ons_code]
            named += organisation.parents.values()
        for measure in self.measures.values():
            named += [measure.column, *measure.where]
        for name in named:
            if name is not None and name not in self.columns:
                raise ValueError(f"`{name}` is used but is not among the columns")
        self._headings_are_unique()
        self._labels_exist()
        for name in (self.month, self.reporting_unit.code if self.reporting_unit else None):
            if name is not None and self.columns[name].nullable:
                raise ValueError(f"`{name}` is measured by, so it can't be nullable")
        for measure_id, measure in self.measures.items():
            if measure.column and self.columns[measure.column].type != "count":
                raise ValueError(f"measure {measure_id}: `{measure.column}` is not a count")
            for column, wanted in measure.where.items():
                unknown = set(wanted) - set(self.labels(column))
                if unknown:
                    raise ValueError(f"measure {measure_id}: no such label {sorted(unknown)}")
        return self

    def _labels_exist(self) -> None:
        for heading, one in self.columns.items():
            if one.labels is not None and one.labels not in self.label_families:
                raise ValueError(f"column {heading}: no such label family `{one.labels}`")
        if self.wide:
            unknown = set(self.wide.headings) - set(self.labels(self.wide.label))
            if unknown:
                raise ValueError(f"wide: no such label {sorted(unknown)}")

    def _headings_are_unique(self) -> None:
        taken: dict[str, str] = {}
        for name, column in self.columns.items():
            for heading in column.published:
                key = heading_key(heading)
                if taken.setdefault(key, name) != name:
                    raise ValueError(f"heading `{heading}` is of both {taken[key]}, {name}")

    def provisional_of(self, measure_id: str) -> int:
        """How many of the newest months of a measure are provisional if no revision is measured:
        more where it is chosen by a column that the publisher restates further back."""
        chosen = self.measures[measure_id].where
        by_column = (n for column, n in self.provisional_by_column.items() if column in chosen)
        return max((self.provisional_months, *by_column))

    def labels(self, column: str) -> dict[str, tuple[str, ...]]:
        """Allowed labels of a column: canonical label -> published spellings beside it."""
        family = self.columns[column].labels
        if family is None:
            raise ValueError(f"column {column} has no labels")
        return {label: others or () for label, others in self.label_families[family].items()}

    @cached_property
    def headings(self) -> dict[str, str]:
        """Key of a published heading -> canonical column name."""
        return {heading_key(h): name for name, c in self.columns.items() for h in c.published}

    def column_of(self, heading: str) -> str | None:
        """The column that a published heading stands for, None for one that is not read."""
        return self.headings.get(heading_key(heading))

    def is_ignored(self, heading: str) -> bool:
        """Whether a heading is known and not read: an address, another service's fees."""
        key = heading_key(heading)
        unread = key not in self.headings and not self.is_label(heading)
        return unread and any(re.search(pattern, key) for pattern in self.ignored_columns)

    def is_label(self, heading: str) -> bool:
        """Whether a heading is a label of the older, wide shape."""
        return self.wide is not None and heading_key(heading) in self.wide.labels

    def is_known(self, heading: str) -> bool:
        """Whether a heading is read, or known to be left aside."""
        return (
            self.column_of(heading) is not None
            or self.is_label(heading)
            or self.is_ignored(heading)
        )

    def is_wide(self, headings: Iterable[str]) -> bool:
        """Whether a file with these headings has the older shape, a column per label."""
        return any(self.is_label(heading) for heading in headings)

    def required(self, headings: Iterable[str]) -> list[str]:
        """Columns that a file with these headings must have."""
        lacks = self.wide.lacks if self.wide and self.is_wide(headings) else ()
        return [name for name, c in self.columns.items() if c.required and name not in lacks]

    @property
    def counts(self) -> list[str]:
        """Columns that bear counts."""
        return [name for name, column in self.columns.items() if column.type == "count"]

    @property
    def holds_months(self) -> int | None:
        """For how many months after its own an edition may stand in for the next one: the time to
        the next, and once more; None if editions have no rhythm."""
        return 2 * self.cadence.months if self.cadence.months else None

    @property
    def folder(self) -> Path:
        """The feed's folder."""
        return FEEDS_FOLDER / self.feed


def load_contract(path: Path) -> Contract:
    """Read and validate one contract.

    Raises ValueError naming the file and what is wrong with it.
    """
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
        raise ValueError(f"{path}: feed is `{contract.feed}` but its folder `{path.parent.name}`")
    return contract


@cache
def contracts() -> dict[str, Contract]:
    """Every feed's contract, by feed, those that others are judged against first."""
    found = {p.parent.name: load_contract(p) for p in sorted(FEEDS_FOLDER.glob("*/contract.yaml"))}
    ordered: dict[str, Contract] = {}

    def add(feed: str, path: tuple[str, ...] = ()) -> None:
        if feed in path:
            raise ValueError(f"feeds are judged against each other in a circle: {path}")
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
        raise ValueError(f"{contract.feed}: comes with `{other}`, a feed that nobody looks for")


def reference_feeds(contract: Contract) -> list[str]:
    """Feeds whose same edition this feed's checks look at."""
    rule = contract.completeness
    named = (rule.expected_feed, rule.reconcile_feed, rule.population_feed)
    return [feed for feed in named if feed]


@cache
def tidy_version(feed: str) -> str:
    """Short hash of all that decides a tidy table of this feed; a change means: read again.

    That is its contract (and the one whose labels it has too), its corrections, and every module
    that a reading runs through.
    """
    folder = FEEDS_FOLDER / feed
    told = [feed, contracts()[feed].labels_and_measures_of]
    files = [FEEDS_FOLDER / one / "contract.yaml" for one in told if one]
    files += [path for path in (folder / "corrections.yaml",) if path.exists()]
    files += modules_behind(READING)
    return hash_files(files, aside=NOT_OF_ROWS)


def hash_files(files: list[Path], aside: re.Pattern[bytes] | None = None) -> str:
    """Short hash of files' contents, line endings aside, and what matches `aside`."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(aside.sub(b"", content) if aside else content)
    return digest.hexdigest()[:12]
