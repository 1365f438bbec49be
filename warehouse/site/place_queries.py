"""What pages of places read beside figures: deprivation, caveats of lists and appointment books,
levels of KPIs."""

from __future__ import annotations

from typing import Any

from warehouse.base.sql import Connection, rows

Row = dict[str, Any]
LIST_AND_BOOK = ("registered_patients", "appointments")


def quintiles(db: Connection) -> dict[tuple[str, str], int]:
    """(Level, code) -> quintile of deprivation, 1 the most deprived fifth; only where known."""
    sql = """SELECT org_level, org_code, imd_quintile FROM organisation_current
             WHERE imd_quintile IS NOT NULL"""
    return {(row["org_level"], row["org_code"]): row["imd_quintile"] for row in rows(db, sql)}


def general_caveats(db: Connection, level: str) -> list[str]:
    """What the feeds of patient lists and of appointment books say of their figures in general, at
    a level; each sentence once."""
    found = rows(
        db,
        """SELECT c.caveat FROM governance.caveat AS c
           JOIN (SELECT DISTINCT feed FROM governance.kpi_feed
                 WHERE kpi_id IN (SELECT unnest($kpis)) AND org_level = $level) AS f
               ON c.subject = 'feed' AND c.subject_id = f.feed
           WHERE c.kind = 'general' AND c.first_month IS NULL AND c.org_code IS NULL
           GROUP BY c.caveat ORDER BY min(c.subject_id), c.caveat""",
        level=level,
        kpis=list(LIST_AND_BOOK),
    )
    return [row["caveat"] for row in found]


def levels_of_kpis(db: Connection) -> dict[str, frozenset[str]]:
    """KPI -> levels at which it is worked out."""
    sql = "SELECT kpi_id, list(DISTINCT org_level) AS levels FROM governance.kpi_feed GROUP BY ALL"
    return {row["kpi_id"]: frozenset(row["levels"]) for row in rows(db, sql)}


def kpis_with_figures(db: Connection) -> frozenset[str]:
    """The KPIs that have a figure of any place."""
    sql = "SELECT DISTINCT kpi_id FROM kpi_period WHERE value IS NOT NULL"
    return frozenset(row["kpi_id"] for row in rows(db, sql))
