"""The parts of a feed contract, each validated by itself. Not here: whether they fit each other,
and loading (`warehouse.contract.model`)."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.base.text import heading_key
from warehouse.reference.levels import OrgLevel

Labels = dict[str, tuple[str, ...] | None]


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
        """The count column that it uses; None if it only counts names."""
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
