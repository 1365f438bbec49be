"""What the workbook of the mart's figures has: a summary and a sheet per theme, with the figures of
a place side by side, or a sheet per table that is asked for; and what it says of itself. Not here:
cells (`excel_book`), which rows (`export_selection`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from warehouse.outputs.summary_sheet import summary_sheet
from warehouse.reference.levels import LEVELS
from warehouse.reference.organisations import ENGLAND

KEYS = {
    "month": "Month",
    "period_label": "Period",
    "org_level": "Level",
    "org_code": "Code",
    "short_name": "Short name",
    "org_name": "Name",
}
SHORT_NAME = "short_name"
NOTES = (
    "A figure that is not known is never zero. Shares are fractions shown in per cent; never "
    "average them: divide the sum of the numerators by the sum of the denominators.",
    "Publishers revise figures. Those marked provisional are likely to change.",
    "A change on the year is called one only if a control chart has a signal. Of a figure that was "
    "judged and has none the words are no clear change, however large it is. A figure that is not "
    "judged has the reason: it is provisional, or has too few months.",
    "Of each place a worksheet has the months from its first figure to its last, withheld and held "
    "ones included. A place without any is left out.",
    "Figures of different levels, such as practices and networks, must not be added together.",
)


def figures_workbook(
    db: duckdb.DuckDBPyConnection, path: Path, asked: Selection, place: str
) -> None:
    """Write the workbook. `db` has the mart attached as `mart`; `place`: whose figures these are,
    in words."""
    kpis = catalogue()
    if asked.tables:
        sheets = [
            _whole(name, with_short_names(db, chosen_rows(db, name, asked)))
            for name in asked.tables
        ]
    else:
        themes = [*dict.fromkeys(kpi.theme for kpi in kpis.values())]
        views = [name for name in analyst_tables(db) if _theme(name, kpis)]
        views.sort(key=lambda name: themes.index(_theme(name, kpis) or ""))
        wanted = replace(asked, beside=[("england", ENGLAND)] if asked.places else [])
        found = {name: with_short_names(db, chosen_rows(db, name, wanted)) for name in views}
        sheets = [
            _of_theme(name, rows_in_order(theme, asked), kpis) for name, theme in found.items()
        ]
        sheets = [sheet for sheet in sheets if sheet.rows.height]
        if summary := summary_sheet(db, asked.places):
            sheets.insert(0, summary)
    write_workbook(path, about_workbook(db, place, kpis), sheets)


def with_short_names(db: duckdb.DuckDBPyConnection, found: pl.DataFrame) -> pl.DataFrame:
    """Rows with `short_name` after `org_code`, unless they have one or no organisation."""
    keys = ["org_level", "org_code"]
    if SHORT_NAME in found.columns or not {*keys} <= {*found.columns}:
        return found
    named = db.sql(f"SELECT org_level, org_code, {SHORT_NAME} FROM mart.organisation_current").pl()
    place = found.columns.index("org_code") + 1
    columns = [*found.columns[:place], SHORT_NAME, *found.columns[place:]]
    return found.join(named, on=keys, how="left", maintain_order="left").select(columns)


def rows_in_order(found: pl.DataFrame, asked: Selection) -> pl.DataFrame:
    """Rows of a theme, place by place, newest first: the places asked for, those within them down
    to sub-ICBs, England beside them, then networks and all smaller ones."""
    order = [*reversed(LEVELS)]
    ranks = {name: 1 if one.is_dated else 4 if one.is_site else 3 for name, one in LEVELS.items()}
    own = pl.concat_str("org_level", "org_code", separator=" ")
    rank = pl.col("org_level").replace_strict(ranks, default=5)
    beside = pl.when(pl.col("org_code") == ENGLAND).then(2).otherwise(rank)
    first = own.is_in([" ".join(place) for place in asked.places])
    return found.sort(
        pl.when(first).then(0).otherwise(beside),
        pl.col("org_level").replace_strict({name: n for n, name in enumerate(order)}, default=99),
        SHORT_NAME,
        "org_code",
        _time(found),
        descending=[False] * 4 + [True],
        nulls_last=True,
    )


def from_first_to_last(found: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    """Rows of each place from its first to its last with a figure, or with one that people keep
    back."""
    if not ids:
        return found.clear()
    time, place = pl.col(_time(found)), ["org_level", "org_code"]
    known = [pl.col(name).is_not_null() for name in ids]
    kept_back = [pl.col(f"{name}{STATUS_OF}").is_in(["suppressed", "held"]) for name in ids]
    told = pl.when(pl.any_horizontal(known + kept_back)).then(time)
    return found.filter(time.is_between(told.min().over(place), told.max().over(place)))


def _time(found: pl.DataFrame) -> str:
    """The column of a wide view that rows are of, in time."""
    return next(name for name in ("month", "period_end") if name in found.columns)


def _theme(view: str, kpis: Mapping[str, Kpi]) -> str | None:
    """The theme of a wide view; None for other tables."""
    name = view.removesuffix("_monthly").removesuffix("_by_period")
    return name if name in {kpi.theme for kpi in kpis.values()} and name != view else None


def _of_theme(view: str, found: pl.DataFrame, kpis: Mapping[str, Kpi]) -> FigureSheet:
    """A theme's figures: a column per KPI that has any, under its title."""
    ids = [name for name in found.columns if name in kpis and found[name].null_count() < len(found)]
    found = from_first_to_last(found, ids)
    titles = {name: kpis[name].title for name in ids}
    keys = [name for name in KEYS if name in found.columns]
    marked = found.with_columns(provisional(found, titles)) if ids else found
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
        stay=keys.index(SHORT_NAME) + 1,
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


def about_workbook(db: duckdb.DuckDBPyConnection, place: str, kpis: Mapping[str, Kpi]) -> About:
    """What a workbook of figures of a `place`, in words, says of itself. `db` has the mart attached
    as `mart`."""
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
    return About(title, cover, NOTES, _definitions(kpis), made["at"])


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
