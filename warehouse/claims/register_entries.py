"""One published figure as an entry of a register: document, statement, figure and its readings.

Belongs here: what an entry may contain. Does not: reading registers, and whether an entry fits the
KPI catalogue (`register`).
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from warehouse.base.strict import Strict
from warehouse.claims.periods import Month, Period
from warehouse.claims.stated import Written
from warehouse.kpi.units import Unit
from warehouse.reference.levels import OrgLevel

# `growth`: a change on the year before, relative (0.16 is 16 percent more) or, of a share, in
# points. A claim without a KPI has a unit of its own.
ClaimUnit = Literal[Unit, "growth", "pounds"]
Measure = Literal["value", "monthly_mean", "year_on_year_ratio", "year_on_year_change"]
COMPARISONS = ("year_on_year_ratio", "year_on_year_change")


class ClaimOrganisation(Strict):
    """An organisation by level and code."""

    level: OrgLevel
    code: str = Field(pattern=r"^[A-Z0-9]{3,9}$")


class Document(Strict):
    """The source of statements: a document, who published it, and when (or what is known of that).

    `said_by`: the last month in which its statements can have been made, None if not known;
    editions published by then were available at the time. `synthetic`: invented for practice;
    evaluated with the synthetic sample only, as all others are with real data only.
    """

    title: str
    body: str
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    date: Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, datetime.date) else v)]
    said_by: Month | None = None
    synthetic: bool = False


class ReadingEntry(Strict):
    """One reading of a figure; keys left out are the figure's own.

    `only_shown`: why the words do not support this reading, which is shown but has no influence on
    the verdict. `missing`: which feed or definition is needed, where there is no KPI.
    """

    kpi: str | None = None
    period: Period | None = None
    measure: Measure | None = None
    organisations: tuple[ClaimOrganisation, ...] | None = Field(default=None, min_length=1)
    only_shown: str | None = Field(default=None, min_length=10)
    missing: str | None = Field(default=None, min_length=10)


class Figure(Strict):
    """One figure of a statement, as it was written, and its readings.

    `label`: a short description. `whole`: the figure of which it is a part, as written. `implied`:
    from what it follows, if the statement does not give it itself. `period`: the time it covers.
    Organisations are those of its statement unless it names some.
    """

    label: str = Field(min_length=3, max_length=60)
    aspect: Literal["value", "growth", "share", "part", "whole", "ratio"]
    written: str
    unit: ClaimUnit
    period: Period
    whole: str | None = None
    implied: str | None = Field(default=None, min_length=5)
    tolerance: str | None = None
    tolerance_because: str | None = None
    kpi: str | None = None
    measure: Measure = "value"
    organisations: tuple[ClaimOrganisation, ...] | None = Field(default=None, min_length=1)
    readings: tuple[ReadingEntry, ...] = (ReadingEntry(),)
    missing: str | None = Field(default=None, min_length=10)
    note: str | None = None


class Statement(Strict):
    """A sentence as published, or faithfully paraphrased, and the organisations it covers."""

    says: str = Field(min_length=20)
    organisations: tuple[ClaimOrganisation, ...] = Field(min_length=1)


class Reading(Strict):
    """One reading: a KPI, organisation and period, and the calculation on them."""

    kpi_id: str | None
    org_level: OrgLevel
    org_code: str
    period: Period
    measure: Measure
    only_shown: str | None
    missing: str | None

    @property
    def compares(self) -> bool:
        """Whether it also needs the same months a year earlier."""
        return self.measure in COMPARISONS


class Claim(Strict):
    """One published figure, ready for evaluation."""

    claim_id: str
    statement_id: str
    document: Document
    statement: Statement
    figure: Figure
    stated: Written
    whole: Written | None
    organisations: tuple[ClaimOrganisation, ...]
    readings: tuple[Reading, ...]
