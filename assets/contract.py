"""The feed contract: what a publisher promises, as a validated YAML file beside its parser.

Belongs here: the contract's schema and its loading, and the discovery of feed folders.
Does not: any feed's own facts (they are in `assets/feeds/<feed>/contract.yaml`).
"""

from __future__ import annotations

import hashlib
import importlib
import re
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FEEDS_FOLDER = Path(__file__).parent / "feeds"
LABELS_FILE = Path(__file__).parent / "labels.yaml"
MEASURE_SETS_FILE = Path(__file__).parent / "measure_sets.yaml"
MERGE = "tag:yaml.org,2002:merge"

ColumnType = Literal["text", "code", "label", "month", "count"]
OrgLevel = Literal[
    "practice", "pcn", "sub_icb", "icb", "region", "england", "pharmacy", "local_authority"
]


def fold(text: str) -> str:
    """One spelling for comparison: no BOM, case or double spaces. `8  To 14` -> `8 to 14`."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


class Strict(BaseModel):
    """A contract with a misspelt key is a broken contract: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """One column of the tidy table, and every heading under which the publisher has issued it."""

    published: tuple[str, ...] = Field(min_length=1)
    type: ColumnType
    description: str = Field(min_length=10)
    unit: str | None = None
    required: bool = True
    nullable: bool = False
    labels: str | None = None
    formats: tuple[str, ...] = ()
    pattern: str | None = None

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
    """How the edition month of a file is found (`content`), or what stands in for it."""

    content: str | None = None
    siblings: tuple[str, ...] = ()
    file_name: tuple[str, ...] = ()


class Measure(Strict):
    """An additive figure per organisation and month: a sum, optionally of some labels only."""

    title: str
    sum: str
    where: dict[str, tuple[str, ...]] = {}
    unit: Literal["events", "people", "organisations"]
    additive_over_time: bool


class Organisation(Strict):
    """Where a feed names an organisation: code, name and parents, as columns of the tidy table."""

    level: OrgLevel
    code: str
    name: str | None = None
    ons_code: str | None = None
    parents: dict[str, str] = {}


class Completeness(Strict):
    """How it is known that a place is wholly present (rule: a roll-up needs every member).

    `expected_feed`/`expected_column`: number of members per sub-ICB and month that another feed
    states. Without it a sub-ICB that appears at all is whole (`whole_file`).
    """

    expected_feed: str | None = None
    expected_column: str | None = None
    reconcile_feed: str | None = None


class Cadence(Strict):
    """How often, and when, the publisher releases an edition."""

    frequency: Literal["monthly", "quarterly", "yearly", "irregular"]
    release: str


class Licence(Strict):
    """Under which terms the data may be used."""

    name: str
    url: str


class SyntheticMark(Strict):
    """What betrays a sample file even when it has lost its manifest."""

    column: str
    pattern: str


class Contract(Strict):
    """One feed, as its publisher issues it and as this project conforms it."""

    feed: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    title: str
    description: str
    publisher: str
    licence: Licence
    landing_page: str
    cadence: Cadence
    owner: str
    grain: str
    caveats: tuple[str, ...]
    window_months: int = Field(ge=1)
    provisional_months: int = Field(ge=0, default=0)
    edition: EditionRule
    columns: dict[str, Column]
    key: tuple[str, ...]
    repeated_keys: Literal["error", "sum"] = "error"
    month: str | None = None
    cell: Organisation | None = None
    measures: dict[str, Measure] = {}
    organisations: tuple[Organisation, ...] = ()
    completeness: Completeness = Completeness()
    synthetic: SyntheticMark | None = None

    @model_validator(mode="after")
    def _columns_exist(self) -> Contract:
        named = [*self.key, self.month, self.edition.content]
        named += [self.synthetic.column if self.synthetic else None]
        for organisation in (*self.organisations, *([self.cell] if self.cell else [])):
            named += [organisation.code, organisation.name, organisation.ons_code]
            named += organisation.parents.values()
        for measure in self.measures.values():
            named += [measure.sum, *measure.where]
        for name in named:
            if name is not None and name not in self.columns:
                raise ValueError(f"`{name}` is used but is not among the columns")
        self._headings_are_unique()
        for heading, one in self.columns.items():
            if one.labels is not None and one.labels not in label_families():
                raise ValueError(f"column {heading}: no such label family `{one.labels}`")
        certain = [self.month, self.cell.code if self.cell else None]
        for name in (*certain, *(measure.sum for measure in self.measures.values())):
            if name is not None and self.columns[name].nullable:
                raise ValueError(f"`{name}` is measured by, so it can't be nullable")
        for measure_id, measure in self.measures.items():
            if self.columns[measure.sum].type != "count":
                raise ValueError(f"measure {measure_id}: `{measure.sum}` is not a count")
            for column, wanted in measure.where.items():
                unknown = set(wanted) - set(self.labels(column))
                if unknown:
                    raise ValueError(f"measure {measure_id}: no such label {sorted(unknown)}")
        return self

    def _headings_are_unique(self) -> None:
        taken: dict[str, str] = {}
        for name, column in self.columns.items():
            for heading in column.published:
                if taken.setdefault(fold(heading), name) != name:
                    raise ValueError(
                        f"heading `{heading}` is of both {taken[fold(heading)]}, {name}"
                    )

    def labels(self, column: str) -> dict[str, tuple[str, ...]]:
        """Allowed labels of a column: canonical label -> published spellings beside it."""
        family = self.columns[column].labels
        if family is None:
            raise ValueError(f"column {column} has no labels")
        return label_families()[family]

    @cached_property
    def headings(self) -> dict[str, str]:
        """Folded published heading -> canonical column name."""
        return {fold(h): name for name, c in self.columns.items() for h in c.published}

    @property
    def counts(self) -> list[str]:
        """Columns that bear counts."""
        return [name for name, column in self.columns.items() if column.type == "count"]

    @property
    def folder(self) -> Path:
        """The feed's folder."""
        return FEEDS_FOLDER / self.feed


@cache
def label_families() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every label family: family -> canonical label -> further published spellings."""
    raw = read_yaml(LABELS_FILE)
    return {
        family: {label: tuple(others or ()) for label, others in labels.items()}
        for family, labels in raw.items()
    }


@cache
def measure_sets() -> dict[str, dict[str, dict[str, object]]]:
    """Measures shared by feeds of one publication: set -> measure -> its fields."""
    sets: dict[str, dict[str, dict[str, object]]] = read_yaml(MEASURE_SETS_FILE)
    return sets


class _NothingTwice(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; a column written twice must not pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value if key.tag != MERGE]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"`{twice[0]}` stands twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Content of a YAML file; a key that stands twice is an error."""
    return yaml.load(path.read_text(encoding="utf-8"), _NothingTwice)  # noqa: S506 (a SafeLoader)


def load_contract(path: Path) -> Contract:
    """Read and validate one contract.

    Raises ValueError naming the file and what is wrong with it.
    """
    try:
        raw = read_yaml(path)
        shared = raw.pop("measure_set", None)
        if shared is not None:
            raw["measures"] = {**measure_sets()[shared], **raw.get("measures", {})}
        contract = Contract.model_validate(raw)
    except (ValueError, KeyError, yaml.YAMLError) as error:
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

    for feed in found:
        add(feed)
    return ordered


def reference_feeds(contract: Contract) -> list[str]:
    """Feeds whose same edition this feed's checks look at."""
    rule = contract.completeness
    return [feed for feed in (rule.expected_feed, rule.reconcile_feed) if feed]


def parser(feed: str) -> ModuleType:
    """The feed's parser module: `parse(raw, contract)`, pure polars."""
    return importlib.import_module(f"assets.feeds.{feed}.parser")


@cache
def tidy_version(feed: str) -> str:
    """Short hash of all that decides a tidy table of this feed; a change means: parse again."""
    here = Path(__file__).parent
    folder = FEEDS_FOLDER / feed
    files = [folder / "contract.yaml", folder / "parser.py", LABELS_FILE, MEASURE_SETS_FILE]
    files += [here / "contract.py", here / "conform.py", here / "measure.py"]
    return hash_files(files)


def hash_files(files: list[Path]) -> str:
    """Short hash of files' contents, line endings aside."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(re.sub(rb"\r\n", b"\n", file.read_bytes()))
    return digest.hexdigest()[:12]
