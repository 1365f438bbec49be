"""The workbook's first table: the newest headline figures of places, beside England and in words.
Not here: cells (`excel_book`), what may be said of a figure (`warehouse.statistics.sentences`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import polars as pl

from warehouse.base.number_format import DAILY_RATE, is_rate
from warehouse.base.sql import rows
from warehouse.outputs.excel_book import PROVISIONAL, FigureSheet
from warehouse.outputs.headline import MEANINGS, headlines, signal_text
from warehouse.settings import HeadlinePlace
from warehouse.statistics.sentences import sentence

NAME = "Summary"
HEADINGS = {
    "title": "KPI",
    "place": "Place",
    "org_code": "Code",
    "month": "Month",
    "value": "Value",
    "per_working_day": "Per working day",
    "change": "On the year",
    "points": "On the year (pp)",
    "judgement": "Signal",
    "england": "England",
    "shown_status": "Status",
    "words": "In words",
}
# Columns with numbers -> the hidden one that says how they are written.
UNITS = {
    "value": "unit",
    "per_working_day": "daily_unit",
    "change": "change_unit",
    "points": "points_unit",
    "england": "england_unit",
}
# Columns with numbers -> the hidden one that says why there is none.
WHY = {name: f"why_no_{name}" for name in UNITS}
SCHEMA: dict[str, Any] = {
    **dict.fromkeys((*HEADINGS, *UNITS.values(), *WHY.values()), pl.String),
    **dict.fromkeys(UNITS, pl.Float64),
    "month": pl.Date,
}
Row = dict[str, Any]


def summary_sheet(
    db: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str]]
) -> FigureSheet | None:
    """The newest figure of each headline KPI for places (level, code), and of an ICB also for its
    sub-ICBs; None where there is none. `db` has the mart as its current database."""
    shown = _shown(db, places)
    found = [_row(one) for one in headlines(db, shown)]
    _add_later(db, found, shown)
    if not found:
        return None
    kpis = list(dict.fromkeys(one["kpi_id"] for one in found))
    found.sort(key=lambda one: kpis.index(one["kpi_id"]))
    return FigureSheet(
        name=NAME,
        title="Newest headline figures, beside England and in words",
        about=f"{MEANINGS} Of shares it is in percentage points (pp), in a column of its own.",
        rows=pl.DataFrame(found, schema=SCHEMA),
        units=UNITS,
        headings=HEADINGS,
        statuses=WHY,
        hidden={*UNITS.values(), *WHY.values()},
        texts={"title": 30, "judgement": 18, "words": 80},
    )


def _shown(db: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str]]) -> list[HeadlinePlace]:
    """The places under their short names, each ICB followed by its sub-ICBs."""
    found = [
        row
        for level, code in places
        for row in rows(
            db,
            """SELECT org_level AS level, org_code AS code, short_name AS name
            FROM organisation_current
            WHERE (org_level = $level AND org_code = $code)
               OR ($level = 'icb' AND org_level = 'sub_icb' AND icb_code = $code)
            ORDER BY level = 'sub_icb', name, code""",
            level=level,
            code=code,
        )
    ]
    return list(dict.fromkeys(HeadlinePlace(**row) for row in found))


def _row(one: Row) -> Row:
    """A headline figure as cells. Numbers are those the terminal shows."""
    facts = one["facts"]
    points = one["unit"] == "share"
    begun = facts.chart is not None and facts.chart.begun is not None
    other = facts.comparator
    counted = other is not None and other.value is None
    daily = facts.per_working_day is not None
    return {
        "kpi_id": one["kpi_id"],
        "key": (one["kpi_id"], one["org_level"], one["org_code"]),
        "title": one["title"],
        "place": one["place"],
        "org_code": one["org_code"],
        "month": one["month"],
        "value": one["value"],
        "unit": one["unit"],
        "per_working_day": facts.per_working_day,
        "daily_unit": DAILY_RATE if is_rate(one["unit"]) else "fte",
        "change": None if begun or points else facts.ratio,
        "change_unit": "change",
        "points": 100 * facts.change if points and not begun and facts.change is not None else None,
        "points_unit": "points",
        "judgement": signal_text(one),
        "england": None if other is None else other.ratio if counted else other.value,
        "england_unit": "change" if counted else one["unit"],
        "shown_status": _marked(one["status"]),
        "words": sentence(facts),
        WHY["per_working_day"]: None if daily else "not_applicable",
        WHY["change"]: "not_applicable" if points else "not_available",
        WHY["points"]: "not_available" if points else "not_applicable",
        WHY["england"]: "not_available",
    }


def _marked(status: str) -> str:
    return f"{status} {PROVISIONAL}" if status == "provisional" else status


def _add_later(
    db: duckdb.DuckDBPyConnection, found: list[Row], shown: Sequence[HeadlinePlace]
) -> None:
    """Say after a figure's words what is known of a later month that has no figure: that it is
    held, withheld or incomplete."""
    keys = {one["key"]: one for one in found}
    for row in rows(
        db,
        """SELECT kpi_id, org_level, org_code, month, sentence FROM kpi_sentence
        WHERE (org_level || ' ' || org_code) IN (SELECT unnest($places))""",
        places=[f"{place.level} {place.code}" for place in shown],
    ):
        one = keys.get((row["kpi_id"], row["org_level"], row["org_code"]))
        if one and row["month"] > one["month"]:
            one["words"] += f" {row['sentence']}"
