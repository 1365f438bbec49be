"""Descriptive tables for analysts: catalogue, calendar, and the wide view of each theme."""

from __future__ import annotations

import polars as pl

from warehouse.base.hashing import number_of
from warehouse.contract.figure_period import PERIOD_COLUMNS
from warehouse.kpi.catalogue import Kpi, measure_of
from warehouse.kpi.charting import chart_basis, not_charted_because
from warehouse.mart.figure_status import NOT_APPLICABLE, NOT_AVAILABLE
from warehouse.mart.figure_tables import organisation_key
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_table import create_organisation
from warehouse.mart.participation import create_members_table
from warehouse.reference.levels import sql_list
from warehouse.reference.short_names import shipped_names


def create_analyst_tables(
    db: Connection, kpis: dict[str, Kpi], short_names: dict[tuple[str, str], str]
) -> None:
    """Create `organisation`, `kpi`, `calendar_month` and tables of members in the attached mart.
    `short_names`: those that the home chose, by level and code."""
    db.execute("CREATE TABLE mart.calendar_month AS SELECT * FROM stage.calendar ORDER BY month")
    create_organisation(db, shipped_names() | short_names)
    for kpi in kpis.values():
        if kpi.members_table:
            create_members_table(db, kpi)
    rows = [_kpi_row(kpi) for kpi in kpis.values()]
    texts = ("denominator", "not_additive_because", "not_charted_because")
    types = {**dict.fromkeys(texts, pl.String), "kpi_key": pl.Int32}
    create_from(db, "mart.kpi", pl.DataFrame(rows, schema_overrides=types), "catalogue.kpi")


def _kpi_row(kpi: Kpi) -> dict[str, object]:
    return {
        "kpi_key": number_of(kpi.kpi_id),
        "kpi_id": kpi.kpi_id,
        "title": kpi.title,
        "description": kpi.description,
        "numerator": kpi.numerator,
        "denominator": kpi.denominator,
        "formula": kpi.formula,
        "unit": kpi.unit,
        "period_type": kpi.period.type,
        "polarity": kpi.polarity,
        "additive_over_organisations": kpi.is_additive,
        "additive_over_time": kpi.denominator is None and not kpi.is_stock,
        "not_additive_because": kpi.not_additive_because,
        "chart_basis": chart_basis(kpi),
        "not_charted_because": not_charted_because(kpi),
        "feed": kpi.feed,
        "theme": kpi.theme,
        "caveats": "\n".join(caveat.text for caveat in kpi.all_caveats),
        "owner": kpi.owner,
        "reviewed_on": kpi.reviewed_on,
        "next_review": kpi.next_review,
    }


def theme_views(kpis: dict[str, Kpi]) -> dict[str, str]:
    """Return the wide views of each theme, name -> SQL: `<theme>_monthly`, a row per organisation
    and month, and `<theme>_by_period` if it has KPIs of longer periods, a row per organisation and
    period; for each KPI a column of values and one of statuses, which say why a value is NULL."""
    views = {}
    for theme in sorted({kpi.theme for kpi in kpis.values()}):
        own = [kpi for kpi in kpis.values() if kpi.theme == theme]
        monthly = [kpi for kpi in own if kpi.period.is_month]
        longer = [kpi for kpi in own if not kpi.period.is_month]
        if monthly:
            name = f"{theme}_monthly"
            views[name] = _wide(name, monthly, "kpi_monthly", "month")
        if longer:
            name = f"{theme}_by_period"
            views[name] = _wide(name, longer, "kpi_other_period", ", ".join(PERIOD_COLUMNS))
    return views


def _wide(view: str, kpis: list[Kpi], table: str, period: str) -> str:
    """SQL: a wide view. CASE, because DuckDB takes twice as long over as many FILTERs."""
    last_month = period if period == "month" else "date_trunc('month', period_end)"
    columns = ",\n  ".join(
        f"max(CASE WHEN kpi_id = '{i}' THEN value END) AS {i},\n"
        f"  coalesce(max(CASE WHEN kpi_id = '{i}' THEN status END),\n"
        f"    {_absent(kpi, last_month)}) AS {i}_status"
        for kpi in kpis
        for i in [kpi.kpi_id]
    )
    listed = sql_list(tuple(kpi.kpi_id for kpi in kpis))
    return (
        f"CREATE VIEW {view} AS SELECT {period}, org_level, org_code, org_name,\n"
        f"  {columns},\n  {organisation_key()} AS organisation_key,\n"
        f"  bool_or(synthetic) AS synthetic\n"
        f"FROM {table} WHERE kpi_id IN ({listed})\n"
        f"GROUP BY {period}, org_level, org_code, org_name, organisation_since\n"
        f"ORDER BY {period}, org_level, org_code"
    )


def _absent(kpi: Kpi, month: str) -> str:
    """SQL: the status of a KPI without a figure in a row of a wide view: whether it can have one
    there, at its level and in the months in which what it counts existed. `month`: the column with
    the (last) month."""
    known = []
    for source in kpi.sources:
        counted = measure_of(source.numerator)
        limits = [f"org_level IN ({sql_list(source.levels)})"]
        if counted.first_month:
            limits.append(f"{month} >= DATE '{counted.first_month}-01'")
        if counted.last_month:
            limits.append(f"{month} <= DATE '{counted.last_month}-01'")
        known.append(" AND ".join(limits))
    return f"CASE WHEN {' OR '.join(known)} THEN '{NOT_AVAILABLE}' ELSE '{NOT_APPLICABLE}' END"
