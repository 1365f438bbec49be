"""Evidence for a reading from the mart: its value as known with each edition, and populations.

Belongs here: queries on `kpi_vintage` and `kpi_monthly` of the attached mart. Does not: which
editions are available (`available`), verdicts (`verdicts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.base.months import add_months
from warehouse.claims.register_entries import ClaimOrganisation, Reading
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.figure_rows import PER_PEOPLE
from warehouse.mart.figure_tables import VALUE
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.not_counted import VINTAGE

# How many months from its own month figures can still refute a statement.
REFUTING_MONTHS = 3

# From the requested months (`stage.claim_cell`: number of the reading, side, month, series) to
# values as known with each edition (`issue`) that has any of them.
CLAIM_KNOWN = f"""CREATE TABLE stage.claim_known AS
WITH seen AS (
    SELECT c.number, c.side, c.month, v.edition, v.revision, v.numerator,
           v.denominator, v.value,
           {VINTAGE.format("v")} AS vintage
    FROM stage.claim_cell AS c
    JOIN mart.kpi_vintage AS v USING (kpi_id, org_level, org_code, month)),
issue AS (SELECT DISTINCT number, vintage, edition, revision FROM seen),
asked AS (
    SELECT i.*, c.side, c.month, c.unit FROM issue AS i
    JOIN stage.claim_cell AS c USING (number)),
known AS (
    SELECT a.*, s.numerator, s.denominator, s.value FROM asked AS a
    ASOF LEFT JOIN seen AS s ON s.number = a.number AND s.side = a.side
        AND s.month = a.month AND a.vintage >= s.vintage),
added AS (
    SELECT number, vintage, edition, revision, side, unit,
           count(*) = count(value) AS whole, sum(numerator) AS n,
           CASE WHEN unit IN {PER_PEOPLE} THEN avg(denominator)
                ELSE sum(denominator) END AS d
    FROM known GROUP BY number, vintage, edition, revision, side, unit),
valued AS (
    SELECT * EXCLUDE (unit), CASE WHEN whole THEN {VALUE.format(n="n", d="d")} END::DOUBLE AS value
    FROM added)
SELECT number, edition, revision, max(value) FILTER (side = 0) AS value,
       max(value) FILTER (side = 1) AS value_before
FROM valued GROUP BY number, edition, revision"""


@dataclass(frozen=True)
class KnownValue:
    """A value as known with this edition and revision."""

    edition: str
    revision: int
    value: float | None


@dataclass(frozen=True)
class People:
    """A source's count of people in a place in a month."""

    org_level: str
    org_code: str
    what: str
    month: date
    edition: str
    number: float


def months_of(reading: Reading, kpis: Mapping[str, Kpi]) -> dict[int, tuple[date, ...]]:
    """Return the months under which a reading's figures are: its own under 0 and, if it compares,
    earlier ones under 1. The figure of a longer period is under its last month."""
    own = reading.period.span
    if reading.kpi_id and not kpis[reading.kpi_id].period.is_month:
        own = tuple(month for month in own if kpis[reading.kpi_id].period.ends_in(month))
    before = tuple(add_months(month, -12) for month in own)
    return {0: own, 1: before} if reading.compares else {0: own}


def as_known(
    db: Connection, readings: Sequence[Reading], kpis: dict[str, Kpi]
) -> list[list[KnownValue]]:
    """Return each reading's value as known with every edition that has any of its months, oldest
    first: each month's newest figure of that edition or an earlier one.

    The value of a period with a month missing is None. Readings without KPI have an empty list.
    """
    cells: list[dict[str, object]] = [
        {
            "number": number,
            "side": side,
            "month": month,
            "kpi_id": reading.kpi_id,
            "org_level": reading.org_level,
            "org_code": reading.org_code,
            "unit": kpis[reading.kpi_id].unit,
        }
        for number, reading in enumerate(readings)
        if reading.kpi_id
        for side, months in months_of(reading, kpis).items()
        for month in months
    ]
    found: dict[int, list[KnownValue]] = defaultdict(list)
    for number, edition, revision, now, before in _known(db, cells):
        value = _measured(readings[number], now, before)
        found[number].append(KnownValue(edition, revision, value))
    return [found[number] for number in range(len(readings))]


def _known(
    db: Connection, cells: list[dict[str, object]]
) -> list[tuple[int, str, int, float | None, float | None]]:
    """Return reading number, edition, revision, and the value now and a year before."""
    names = ("kpi_id", "org_level", "org_code", "unit")
    schema = {"number": pl.Int32, "side": pl.Int8, "month": pl.Date} | dict.fromkeys(
        names, pl.String
    )
    frame = pl.DataFrame(cells, schema=schema)
    create_from(db, "stage.claim_cell", frame, "claims.register", unit="catalogue.kpi.unit")
    db.execute(CLAIM_KNOWN)
    return db.execute(
        "SELECT number, edition, revision, value, value_before FROM stage.claim_known "
        "ORDER BY number, edition, revision"
    ).fetchall()


def _measured(reading: Reading, now: float | None, before: float | None) -> float | None:
    if now is None:
        return None
    if reading.measure == "monthly_mean":
        return now / len(reading.period.span)
    if not reading.compares:
        return now
    if before is None:
        return None
    if reading.measure == "year_on_year_change":
        return now - before
    return now / before - 1 if before else None


def count_people(
    db: Connection, places: Iterable[ClaimOrganisation], kpis: dict[str, Kpi]
) -> list[People]:
    """Return every month's count of people in these places, by each source that has the place."""
    asked = [{"org_level": one.level, "org_code": one.code} for one in dict.fromkeys(places)]
    schema = dict.fromkeys(("org_level", "org_code"), pl.String)
    create_from(db, "stage.claim_place", pl.DataFrame(asked, schema=schema), "claims.register")
    sources = [(kpi.kpi_id, kpi.population) for kpi in kpis.values() if kpi.population]
    parts = [
        f"""SELECT {number} AS source, org_level, org_code, month, edition, {counts.part} AS people
        FROM mart.kpi_monthly SEMI JOIN stage.claim_place USING (org_level, org_code)
        WHERE kpi_id = '{kpi_id}' AND {counts.part} IS NOT NULL"""
        for number, (kpi_id, counts) in enumerate(sources)
    ]
    db.execute(f"CREATE TABLE stage.claim_people AS {' UNION ALL '.join(parts)}")
    rows = db.execute("FROM stage.claim_people ORDER BY source, people DESC, month").fetchall()
    return [
        People(level, code, sources[source][1].words, *rest) for source, level, code, *rest in rows
    ]


def most_people(counted: Sequence[People], place: ClaimOrganisation, month: date) -> list[People]:
    """Return, by each source that has the place, the most people counted there around that month.

    `counted`: from `count_people`, the most first.
    """
    first, last = add_months(month, -REFUTING_MONTHS), add_months(month, REFUTING_MONTHS)
    found: dict[str, People] = {}
    for one in counted:
        here = (one.org_level, one.org_code) == (place.level, place.code)
        if here and first <= one.month <= last:
            found.setdefault(one.what, one)
    return list(found.values())
