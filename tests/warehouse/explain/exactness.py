"""The promise of an explanation: the rows it names, added up from the archived files, give the
figure. What is asked of every KPI, whatever the files."""

from datetime import date

import duckdb

from assets.contract import contracts
from tests.warehouse.explain.published import files_of, row_of
from warehouse.catalogue import catalogue
from warehouse.explain.figure import Explanation, explain
from warehouse.explain.rows import rows_of
from warehouse.home import Home
from warehouse.mart.reading import attach

Asked = tuple[str, str, str, date, str]


def chosen(home: Home) -> list[Asked]:
    """Of each KPI and level the newest figures of the largest organisation, as known now and with
    the first edition that had it: kpi_id, org_level, org_code, month, edition."""
    with duckdb.connect() as db:
        attach(db, home.mart)
        return db.execute(
            """WITH ranked AS (
                SELECT *, row_number() OVER (
                           PARTITION BY kpi_id, org_level, org_code, month ORDER BY edition)
                           AS age,
                       count(*) OVER (PARTITION BY kpi_id, org_level, org_code, month) AS editions
                FROM mart.kpi_vintage WHERE value > 0)
            SELECT kpi_id, org_level, org_code, month, edition FROM ranked
            QUALIFY row_number() OVER (
                PARTITION BY kpi_id, org_level, age = 1
                ORDER BY editions DESC, month DESC, numerator DESC) = 1
            ORDER BY ALL"""
        ).fetchall()


def re_added(home: Home, told: Explanation, part: str) -> int:
    """A part of a figure from the rows that are named, each looked up in its archived file."""
    rows = rows_of(home, told)
    assert rows is not None
    known = told.part(part)
    assert known is not None
    contract = contracts()[known["feed"]]
    wanted = contract.measures[known["measure"]]
    files, sums = files_of(home), {}
    named = {name for one in (contract.cell,) if one for name in contract.columns[one.code].published}
    for row in rows.filter(part=part).iter_rows(named=True):
        file = files[(row["feed"], row["edition"], row["sha256"])]
        published = row_of(home, file, row["source_row"])
        codes = {text.strip() for heading, text in published.items() if heading.strip() in named}
        assert row["org_code"] in codes, (row, published)
        count = 1 if row["column"] is None else int(published[row["column"]].replace(",", ""))
        sums.setdefault(row["org_code"], []).append(count)
    if wanted.sum:
        return sum(map(sum, sums.values()))
    return sum(any(counts) for counts in sums.values())


def assert_exact(home: Home, asked: Asked) -> None:
    """The parts re-added give the figure's parts, and those its value."""
    kpi_id, level, code, month, edition = asked
    told = explain(home.mart, kpi_id, code, month, edition)
    figure = told.figure
    assert figure["org_level"] == level
    parts = {
        part: re_added(home, told, part)
        for part in ("numerator", "denominator")
        if (known := told.part(part)) and "feed" in known
    }
    for part, value in parts.items():
        assert value == figure[part], (asked, part)
        cells = told.of_part("organisations", part)
        assert sum(one.get("rows", 0) for one in cells) == sum(
            one["rows"] for one in told.of_part("sources", part)
        )
    top, unit = parts["numerator"], catalogue()[kpi_id].unit
    bottom = parts.get("denominator", figure.get("denominator", 1))
    assert figure["value"] == (1000 * top / bottom if unit == "rate_per_1000" else top / bottom)
