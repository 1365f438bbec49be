"""What the workbook of the mart's figures has: a sheet per theme, with the figures of a place side
by side, or a sheet per table that is asked for; and what it says of itself. Not here: cells
(`excel_book`), which rows (`export_selection`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.base.months import month_text
from warehouse.base.sql import rows
from warehouse.kpi.catalogue import Kpi, catalogue
from warehouse.kpi.themes import theme_words
from warehouse.mart.describe import STATUS_OF, SYNTHETIC_NOTE
from warehouse.outputs.excel_book import (
    LONGEST_NAME,
    PROVISIONAL_HEADING,
    About,
    FigureSheet,
    provisional,
    write_workbook,
)
from warehouse.outputs.export_selection import Selection, analyst_tables, chosen_rows

KEYS = {
    "month": "Month",
    "period_label": "Period",
    "org_level": "Level",
    "org_code": "Code",
    "org_name": "Name",
}
NOTES = (
    "A figure that is not known is never zero. Shares are fractions shown in per cent; never "
    "average them: divide the sum of the numerators by the sum of the denominators.",
    "Publishers revise figures. Those marked provisional are likely to change.",
    "Figures of different levels, such as practices and networks, must not be added together.",
)


def figures_workbook(
    db: duckdb.DuckDBPyConnection, path: Path, asked: Selection, place: str
) -> None:
    """Write the workbook. `db` has the mart attached as `mart`; `place`: whose figures these are,
    in words."""
    kpis = catalogue()
    if asked.tables:
        sheets = [_whole(name, chosen_rows(db, name, asked)) for name in asked.tables]
    else:
        views = [name for name in analyst_tables(db) if _theme(name, kpis)]
        sheets = [_of_theme(name, chosen_rows(db, name, asked), kpis) for name in views]
        sheets = [sheet for sheet in sheets if sheet.rows.height]
    write_workbook(path, _about(db, place, kpis), sheets)


def _theme(view: str, kpis: Mapping[str, Kpi]) -> str | None:
    """The theme of a wide view; None for other tables."""
    name = view.removesuffix("_monthly").removesuffix("_by_period")
    return name if name in {kpi.theme for kpi in kpis.values()} and name != view else None


def _of_theme(view: str, found: pl.DataFrame, kpis: Mapping[str, Kpi]) -> FigureSheet:
    """A theme's figures: a column per KPI that has any, under its title."""
    ids = [name for name in found.columns if name in kpis and found[name].null_count() < len(found)]
    titles = {name: kpis[name].title for name in ids}
    keys = [name for name in KEYS if name in found.columns]
    marked = found.with_columns(provisional(found, titles)) if ids else found.clear()
    statuses = {name: f"{name}{STATUS_OF}" for name in ids}
    shown = [*keys, *ids, *statuses.values(), *([PROVISIONAL_HEADING] if ids else [])]
    words = theme_words(_theme(view, kpis) or view)
    words = words[0].upper() + words[1:]
    of_months = "period_label" not in keys
    return FigureSheet(
        name=words[:LONGEST_NAME] if of_months else f"{words[: LONGEST_NAME - 8]} periods",
        title=f"{words}, {'by month' if of_months else 'by period'}",
        rows=marked.select(shown),
        units={name: kpis[name].unit for name in ids},
        headings={**KEYS, **titles},
        statuses=statuses,
        hidden=frozenset(statuses.values()),
    )


def _whole(table: str, found: pl.DataFrame) -> FigureSheet:
    """A table as it is in the mart."""
    valued = {"value", "status", "unit"} <= set(found.columns)
    units = ("value", "previous_month_value", "previous_year_value", "first_reported_value")
    return FigureSheet(
        name=table[:LONGEST_NAME],
        title=f"Table {table} of the mart",
        rows=found.select(column for column in found.iter_columns() if _has_cells(column)),
        units=dict.fromkeys((name for name in units if name in found.columns), "unit")
        if valued
        else {},
        statuses={"value": "status"} if valued else {},
    )


def _has_cells(column: pl.Series) -> bool:
    return not column.dtype.is_nested()


def _about(db: duckdb.DuckDBPyConnection, place: str, kpis: Mapping[str, Kpi]) -> About:
    [made] = rows(
        db,
        """SELECT arg_max(published_at, rowid) AS at, arg_max(synthetic, rowid) AS synthetic,
                  (SELECT max(month) FROM mart.kpi_monthly WHERE value IS NOT NULL) AS newest
           FROM mart.governance.publication""",
    )
    sources = rows(
        db,
        """SELECT DISTINCT f.publisher, f.licence FROM mart.governance.feed AS f
           SEMI JOIN mart.governance.edition AS e USING (feed) ORDER BY ALL""",
    )
    mark = SYNTHETIC_NOTE if made["synthetic"] else ""
    newest = f", to {month_text(made['newest'])}" if made["newest"] else ""
    title = f"{mark.partition(':')[0]} Access to primary care, {place}{newest}".strip()
    owners = sorted({kpi.owner for kpi in kpis.values()})
    cover = [
        *([mark.strip()] if mark else []),
        "Figures of access to primary care, from the mart of access-recovery, in which each figure "
        "is traced to the file it came from.",
        f"Made on {made['at']:%d %B %Y}.",
        f"Contact: {', '.join(owners)}.",
        *(f"Source: {one['publisher']}. Licence: {one['licence']}." for one in sources),
    ]
    return About(title, cover, NOTES, _definitions(kpis))


def _definitions(kpis: Mapping[str, Kpi]) -> pl.DataFrame:
    found: list[dict[str, Any]] = [
        {
            "KPI": kpi.title,
            "Theme": kpi.theme.replace("_", " "),
            "Definition": f"{kpi.description} {kpi.formula}.",
            "Unit": kpi.unit.replace("_", " "),
            "Caveats": "\n".join(caveat.text for caveat in kpi.all_caveats),
            "Id": kpi.kpi_id,
        }
        for kpi in kpis.values()
    ]
    return pl.DataFrame(found)
