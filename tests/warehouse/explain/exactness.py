"""Explanations are exact: the rows they name, added up from the archived files, give the figure.

Tests for every KPI, whatever the files."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.explain.published import published
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.contract.entries import WITHIN
from warehouse.contract.model import contracts
from warehouse.explain.counted import cells_of
from warehouse.explain.source_rows import rows_of
from warehouse.kpi.catalogue import catalogue

Figure = dict[str, Any]
KEYS = ("kpi_id", "org_level", "org_code", "month", "vintage")


def chosen(home: Home) -> Iterator[tuple[Figure, list[dict[str, Any]]]]:
    """Figures with the measures they use: for each KPI and level, of the organisation with most
    editions, the newest one and the first one."""
    with duckdb.connect() as db:
        attach(db, home.mart)
        db.execute("USE mart")
        asked = db.sql(
            """WITH known AS (
                SELECT *, replace(edition, '-', '')::BIGINT * 1000 + revision AS vintage,
                       row_number() OVER figure AS age, count(*) OVER figure AS editions
                FROM kpi_vintage WHERE value > 0
                WINDOW figure AS (PARTITION BY kpi_id, org_level, org_code, month))
            SELECT kpi_id, org_level, org_code, month, vintage, value, numerator, denominator
            FROM known
            QUALIFY row_number() OVER (
                PARTITION BY kpi_id, org_level, age = 1
                ORDER BY editions DESC, vintage DESC, month DESC, numerator DESC) = 1
            ORDER BY ALL"""
        ).pl()
        cells = cells_of(db, asked).partition_by(KEYS, as_dict=True)
    for figure in asked.iter_rows(named=True):
        own = cells[tuple(figure[key] for key in KEYS)]
        own = own.drop("org_code").rename({"cell_code": "org_code"})
        yield figure, own.to_dicts()


def re_added(home: Home, rows: pl.DataFrame, feed: str, measure: str) -> float:
    """A part of a figure from the rows that are named, each looked up in its archived file."""
    counts, contract = defaultdict(list), contracts()[feed]
    unit = contract.reporting_unit
    for (edition, sha256), own in rows.partition_by("edition", "sha256", as_dict=True).items():
        file = published(home, feed, edition, sha256)
        if contract.persons:
            return float(file.of_persons(contract, measure, set(own["org_code"])))
        named_rows = own.select("source_row", "column", "org_code", "subtracted")
        for number, column, code, subtracted in named_rows.iter_rows():
            named, count = file.code_and_count(number, column)
            # A shared account is of its place, and so is an organisation within one.
            within = code.split(WITHIN)[0] if unit and unit.within else code
            assert named in (code, code.split()[0], within), (file.name, number)
            counts[code].append(-count if subtracted and count else count)
    wanted = contract.measures[measure]
    if wanted.sum or wanted.largest:
        return float(sum(map(sum if wanted.sum else max, counts.values())))
    if wanted.given:
        return sum(any(one is not None for one in own) for own in counts.values())
    return sum(any(one) for one in counts.values())


def weighted(home: Home, rows: pl.DataFrame, cells: list[dict[str, Any]]) -> float:
    """A weighted numerator: of each organisation its part times its denominator."""
    total = 0.0
    [[feed, measure], below] = (
        {(c["feed"], c["measure"]) for c in cells if c["part"] == part}.pop()
        for part in ("numerator", "denominator")
    )
    for own in rows.partition_by("org_code"):
        people = re_added(home, own.filter(part="denominator"), *below)
        total += re_added(home, own.filter(part="numerator"), feed, measure) * people
    return round(total, 6)


def assert_exact(home: Home, figure: Figure, cells: list[dict[str, Any]]) -> None:
    """The parts re-added give the figure's parts, and those its value."""
    rows = rows_of(home, cells, figure["month"])
    assert rows is not None
    parts = {
        part: re_added(home, rows.filter(part=part), feed, measure)
        for part, feed, measure in {(c["part"], c["feed"], c["measure"]) for c in cells}
    }
    [top] = {(c["feed"], c["measure"]) for c in cells if c["part"] == "numerator"}
    if contracts()[top[0]].measures[top[1]].weighted:
        parts["numerator"] = weighted(home, rows, cells)
        figure = {**figure, "numerator": round(figure["numerator"], 6)}
    # A product of two decimals is cut at ten digits; whole numbers are equal to the last one.
    assert {part: figure[part] for part in parts} == pytest.approx(parts, rel=1e-11), figure
    above, unit = parts["numerator"], catalogue()[figure["kpi_id"]].unit
    # Working days are in no file.
    bottom = parts.get("denominator", figure["denominator"] or 1)
    times = {"rate_per_1000": 1000, "fte_per_10000_patients": 10_000}.get(unit, 1)
    assert figure["value"] == pytest.approx(times * above / bottom, rel=1e-12)
