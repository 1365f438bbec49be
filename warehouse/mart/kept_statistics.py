"""Keep the published mart's rows of statistics that a new month leaves as they are.

Belongs here: on which figures and inputs a table rests, and copying its kept rows. Does not: what
differs of the inputs (`made_since`), the rows (`spc`, `comparisons`, `inequalities`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.base.sql import unlogged
from warehouse.mart.hierarchy import Connection
from warehouse.mart.made_since import (
    ALWAYS,
    DIGESTS,
    NEWEST,
    NEWEST_OF_PRACTICES,
    Since,
    differences,
    first_months,
)
from warehouse.mart.peers import MONTHS
from warehouse.mart.renamed_and_moved import move
from warehouse.reference.special_services import LEVEL as PRACTICE


@dataclass(frozen=True)
class RestsOn:
    """Of what the rows of a table are made.

    `inputs`: as they are noted; `figures`: SQL, of which levels (`f`: the level of the row, `s`: of
    figures that differ); `newest`: the input with the newest month of each KPI, if it has `MONTHS`
    of them; `levels`: of its rows, if they are not those of the figures; `entire`: a series is made
    from its first month or not at all; `newest_apart`: rows of the newest month have columns that
    others lack."""

    inputs: tuple[str, ...]
    figures: str
    newest: str | None = None
    levels: tuple[str, ...] = ()
    entire: bool = False
    newest_apart: bool = False


_BY_DEPRIVATION = RestsOn(
    ("places of practices", "lists and quintiles", "compared with nobody", NEWEST_OF_PRACTICES),
    f"s.org_level = '{PRACTICE}'",
    NEWEST_OF_PRACTICES,
    ("england", "icb"),
    newest_apart=True,
)
STATISTICS = {
    "kpi_spc": RestsOn(
        ("baselines", "targets", "charted practices"), "s.org_level = f.org_level", entire=True
    ),
    "kpi_comparison": RestsOn(
        ("places", "traits", "home", "peers", "not comparable", NEWEST), "TRUE", NEWEST
    ),
    "kpi_by_deprivation": _BY_DEPRIVATION,
    "kpi_inequality": _BY_DEPRIVATION,
}


def since_of(db: Connection, table: str, before: str) -> Since:
    """From which month on a table is made anew: with the first figure that differs of those on
    which it rests (`stage.since`), or with the first input (compared with the schema `before`)."""
    rests = STATISTICS[table]
    rows = db.execute(
        f"""SELECT f.kpi_id, f.org_level, coalesce(min(s.month), DATE '{date.max}')
        FROM {_rows_of(rests)} AS f
        LEFT JOIN stage.since AS s ON s.kpi_id = f.kpi_id AND {rests.figures}
        GROUP BY ALL"""
    ).fetchall()
    figures = {(kpi_id, level): month for kpi_id, level, month in rows}
    found = first_months(figures, differences(db, before), rests.inputs)
    made = pl.col("since").is_not_null()
    if rests.entire:
        return found.with_columns(pl.when(made).then(pl.lit(ALWAYS)).alias("since"))
    if rests.newest_apart:
        newest = db.sql(
            f"SELECT kpi_id, max(month) AS newest FROM mart.kept_{table} GROUP BY kpi_id"
        ).pl()
        found = found.join(newest, on="kpi_id", how="left").with_columns(
            pl.when(made).then(pl.min_horizontal("since", "newest")).alias("since")
        )
    return found.select("kpi_id", "org_level", "since")


def _rows_of(rests: RestsOn) -> str:
    """SQL: the KPIs and levels of which a table may have rows."""
    if not rests.levels:
        return "stage.kpi_fact"
    listed = ", ".join(f"'{level}'" for level in rests.levels)
    return f"(SELECT DISTINCT kpi_id, unnest([{listed}]) AS org_level FROM stage.kpi_fact)"


def add_kept(db: Connection, table: str, since: Since) -> None:
    """Add the kept rows to those made, and drop the table in which they were."""
    newest = STATISTICS[table].newest
    window = (
        newest
        and f"""JOIN stage.{DIGESTS} AS n ON n.input = '{newest}'
            AND n.kpi_id = k.kpi_id AND k.month > n.digest::DATE - INTERVAL {MONTHS} MONTH"""
    )
    move(db, f"kept_{table}")
    db.register("made_since", since.to_arrow())
    unlogged(
        db,
        f"""INSERT INTO mart.{table} BY NAME
        SELECT k.* EXCLUDE (organisation_key) FROM mart.kept_{table} AS k
        JOIN made_since AS m ON m.kpi_id = k.kpi_id AND m.org_level = k.org_level
            AND (m.since IS NULL OR k.month < m.since) {window or ""}""",
    )
    db.unregister("made_since")
    unlogged(db, f"DROP TABLE mart.kept_{table}")
