"""The parts of a feed contract, each validated by itself. Not here: whether they fit each other,
and loading (`warehouse.contract.model`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.base.months import MONTH, TYPED, month_spellings, parse_month, year_spellings
from warehouse.base.strict import Strict
from warehouse.contract.made_columns import PartOf
from warehouse.reference.levels import OrgLevel

Labels = dict[str, tuple[str, ...] | None]
ColumnType = Literal["text", "code", "label", "month", "date", "count", "decimal"]
NUMBERS: tuple[ColumnType, ...] = ("count", "decimal")
BaseUnit = Literal["events", "people", "organisations", "fte", "minutes", "score", "pounds"]
MONEY: BaseUnit = "pounds"
WITHIN = "-"  # between the codes of an organisation and its place
Bound = tuple[Decimal | None, Decimal | None]


class Column(Strict):
    """One column of the tidy table, and every heading that the publisher has used for it.

    `missing`: texts that mean that there is no value (`[x]`, `-`), like a blank. `zero_decimals`:
    counts may be written as `344.0`. A `decimal` is kept to the digit (FTE). `daily`: a month
    column has days, each one of its month. `typed`: months are written as people write them, too;
    with `financial_years` the column has years (`2024/25`), each as its last month. `position`: its
    place in rows of a file without headings, from 1. `year`: the column with a month's year.
    `spelled`: texts that stand for a month (YYYY-MM), as a version does. `otherwise`: the label for
    texts that are not listed; without it their rows are quarantined. `like`: patterns of heading
    keys, for headings that are respelt by edition. `share`: a decimal that is a fraction or a
    percentage, by the largest number of the column. `rounded`: a decimal may have more places than
    are kept. `made_of`: no file has it.
    """

    published: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    made_of: PartOf | None = None
    type: ColumnType
    description: str = Field(min_length=10)
    unit: str | None = None
    required: bool = True
    nullable: bool = False
    labels: str | None = None
    formats: tuple[str, ...] = ()
    pattern: str | None = None
    missing: tuple[str, ...] = ()
    zero_decimals: bool = False
    daily: bool = False
    typed: bool = False
    financial_years: bool = False
    position: int | None = Field(default=None, ge=1)
    year: str | None = None
    spelled: dict[str, Annotated[str, Field(pattern=MONTH)]] = Field(default_factory=dict)
    otherwise: str | None = None
    share: bool = False
    rounded: bool = False

    @property
    def months(self) -> dict[str, date]:
        """Published text -> its month, of a month column."""
        spelled = {text: parse_month(month) for text, month in self.spelled.items()}
        if self.financial_years:
            return {**year_spellings(), **spelled}
        formats = (*self.formats, *TYPED) if self.typed else self.formats
        return {**month_spellings(formats, self.daily, self.typed), **spelled}

    @property
    def uses(self) -> list[str]:
        """The other columns that its values are made with."""
        return [one for one in (self.year, *(self.made_of.columns if self.made_of else ())) if one]

    @property
    def example(self) -> str:
        """A month or day as it is written."""
        if self.financial_years:
            return "2024/25"
        if self.spelled:
            return " or ".join(self.spelled)
        return date(2025, 11, 1).strftime(self.formats[0]).upper()

    @model_validator(mode="after")
    def _complete(self) -> Column:
        if bool(self.published) == bool(self.made_of):
            raise ValueError("a column needs its headings (`published:`), or `made_of:`")
        if self.made_of and (self.required or not self.nullable or self.type != "decimal"):
            raise ValueError("`made_of:` is of a decimal, `nullable:`, and not `required:`")
        if (self.share or self.rounded) and self.type != "decimal":
            raise ValueError("`share:` and `rounded:` are for decimals")
        if self.type == "label" and not self.labels:
            raise ValueError("a label column needs its label family (`labels:`)")
        told = self.formats or self.spelled or self.financial_years
        if self.type in ("month", "date") and not told:
            raise ValueError(f"a {self.type} column needs its date formats (`formats:`)")
        if self.type in NUMBERS and not self.unit:
            raise ValueError(f"a {self.type} column needs its unit (`unit:`)")
        return self


class Measure(Strict):
    """A figure per organisation and month, of rows with the labels `where`, with texts that match
    the patterns `matches`, and with numbers `between` a least and one that they do not reach.

    One of `sum` (a column of counts or decimals added up), `largest` (the same count may be given
    several times), `any` (1 if that sum is above zero, else 0), `given` (1 if there is a number at
    all, else 0) or `present` (1 for every organisation that the file names). Outside `first_month`
    to `last_month` (YYYY-MM) it is NULL, not zero. `reported_if`: a measure that is above zero for
    an organisation that reported; for another one this is NULL, for the reason `unreported`, and a
    place's figure is that of its organisations which reported. `weighted`: it is of each of the
    organisation's people, so in sums it is multiplied by the KPI's denominator. `describes`:
    columns of the mart's table of organisations that have it, or this number where it is 1.
    `cumulative_from`: the calendar month from which the published column adds up; the measure is
    that of the month alone, and the same rows without it are another measure.
    `not_additive_because`: why values must not be added over organisations or months.
    """

    title: str
    sum: str | None = None
    largest: str | None = None
    any: str | None = None
    given: str | None = None
    present: bool = False
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    matches: dict[str, str] = Field(default_factory=dict)
    between: dict[str, Bound] = Field(default_factory=dict)
    weighted: bool = False
    describes: dict[str, int | None] = Field(default_factory=dict)
    unit: BaseUnit
    additive_over_time: bool
    additive_over_organisations: bool = True
    not_additive_because: str | None = None
    reported_if: str | None = None
    unreported: str | None = None
    cumulative_from: int | None = Field(default=None, ge=1, le=12)
    first_month: str | None = Field(default=None, pattern=MONTH)
    last_month: str | None = Field(default=None, pattern=MONTH)

    @property
    def columns(self) -> list[str | None]:
        """The columns that it names."""
        return [self.column, *self.where, *self.matches, *self.between]

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money, which counts nobody."""
        return self.unit == MONEY

    @property
    def may_lack_members(self) -> bool:
        """Whether a place's figure is that of its organisations which have one."""
        return bool(self.reported_if or self.cumulative_from)

    @property
    def column(self) -> str | None:
        """The column of numbers that it uses; None for `present`."""
        return self.sum or self.largest or self.any or self.given

    @model_validator(mode="after")
    def _one_kind(self) -> Measure:
        kinds = [self.sum, self.largest, self.any, self.given, self.present]
        if sum(map(bool, kinds)) != 1:
            raise ValueError(
                "a measure needs exactly one of `sum:`, `largest:`, `any:`, `given:` or "
                "`present: true`"
            )
        if (self.any or self.given or self.present) and self.unit != "organisations":
            raise ValueError(
                "`any:`, `given:` and `present:` count organisations (`unit: organisations`)"
            )
        if self.may_lack_members != bool(self.unreported):
            raise ValueError(
                "`reported_if:` or `cumulative_from:` needs `unreported:`, the reason for no figure"
            )
        if self.cumulative_from and not self.sum:
            raise ValueError("`cumulative_from:` is for a `sum:`")
        if not self.additive_over_organisations and not self.not_additive_because:
            raise ValueError("a measure that is not additive needs `not_additive_because:`")
        return self


class Organisation(Strict):
    """An organisation named in a feed: the columns with its code, name and parents.

    `since`, `until`: columns with the first and last day (blank: none yet) of what the row says, in
    a feed of dates instead of months: it holds in each month of the edition with such a day.
    `opened`, `closed`: columns with the days on which the organisation opened and closed. `within`:
    the column of the place that is part of its code (`ABC-04C`), where one may be in several.
    """

    level: OrgLevel
    code: str
    within: str | None = None
    since: str | None = None
    until: str | None = None
    opened: str | None = None
    closed: str | None = None
    name: str | None = None
    ons_code: str | None = None
    parents: dict[OrgLevel, str] = Field(default_factory=dict)

    @property
    def columns(self) -> list[str | None]:
        """The columns that it names."""
        dates = [self.since, self.until, self.opened, self.closed]
        parts = [self.code, self.within, self.name, self.ons_code]
        return [*parts, *dates, *self.parents.values()]

    @model_validator(mode="after")
    def _begins(self) -> Organisation:
        if self.until and not self.since:
            raise ValueError("`until:` needs `since:`")
        return self


class Completeness(Strict):
    """How to know that a place is complete (a roll-up needs every member).

    `expected_feed`, `expected_column`: another feed's number of members per sub-ICB and month;
    without them any place that appears is complete. `population_feed`: the patient list, which
    lists the practices, and which no count of an organisation's people exceeds. `compared_feed`: a
    more detailed table of the same publication, whose measures of the same name are equal.
    """

    expected_feed: str | None = None
    expected_column: str | None = None
    reconcile_feed: str | None = None
    population_feed: str | None = None
    compared_feed: str | None = None


class Licence(Strict):
    """The licence of the data."""

    name: str
    url: str


class SyntheticMark(Strict):
    """How to recognise a sample file without its manifest."""

    column: str
    pattern: str
