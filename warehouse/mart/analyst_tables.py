"""Descriptive tables for analysts: catalogue, calendar, and the wide view of each theme."""

from __future__ import annotations

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_table import create_organisation
from warehouse.mart.participation import create_members_table


def create_analyst_tables(db: Connection, kpis: dict[str, Kpi]) -> None:
    """Create `organisation`, `kpi`, `calendar_month` and tables of members in the attached mart."""
    db.execute("CREATE TABLE mart.calendar_month AS SELECT * FROM stage.calendar ORDER BY month")
    create_organisation(db)
    for kpi in kpis.values():
        if kpi.members_table:
            create_members_table(db, kpi)
    rows = [_kpi_row(kpi) for kpi in kpis.values()]
    texts = dict.fromkeys(("denominator", "not_additive_because"), pl.String)
    create_from(db, "mart.kpi", pl.DataFrame(rows, schema_overrides=texts), "catalogue.kpi")


def _kpi_row(kpi: Kpi) -> dict[str, object]:
    return {
        "kpi_id": kpi.kpi_id,
        "title": kpi.title,
        "description": kpi.description,
        "numerator": kpi.numerator,
        "denominator": kpi.denominator,
        "formula": kpi.formula,
        "unit": kpi.unit,
        "polarity": kpi.polarity,
        "additive_over_organisations": kpi.is_additive,
        "additive_over_time": kpi.denominator is None and not kpi.is_stock,
        "not_additive_because": kpi.not_additive_because,
        "feed": kpi.feed,
        "theme": kpi.theme,
        "caveats": "\n".join(caveat.text for caveat in kpi.all_caveats),
        "owner": kpi.owner,
        "reviewed_on": kpi.reviewed_on,
        "next_review": kpi.next_review,
    }


def theme_views(kpis: dict[str, Kpi]) -> dict[str, str]:
    """Return one wide view per theme, name -> SQL: a row per organisation and month, and for each
    KPI a column of values and one of statuses.

    CASE, because DuckDB takes twice as long over as many FILTERs."""
    views = {}
    for theme in sorted({kpi.theme for kpi in kpis.values()}):
        ids = [kpi.kpi_id for kpi in kpis.values() if kpi.theme == theme]
        columns = ",\n  ".join(
            f"max(CASE WHEN kpi_id = '{i}' THEN value END) AS {i}, "
            f"max(CASE WHEN kpi_id = '{i}' THEN status END) AS {i}_status"
            for i in ids
        )
        listed = ", ".join(f"'{i}'" for i in ids)
        views[f"{theme}_monthly"] = (
            f"CREATE VIEW {theme}_monthly AS SELECT month, org_level, org_code, org_name,\n"
            f"  {columns},\n  bool_or(synthetic) AS synthetic\n"
            f"FROM kpi_monthly WHERE kpi_id IN ({listed})\n"
            "GROUP BY month, org_level, org_code, org_name"
        )
    return views
