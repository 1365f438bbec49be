"""The headline figures, for the terminal and the pages: the newest value of each headline KPI for
the places in the settings, what may be said of it, and how values and changes are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from warehouse.base.number_format import (
    amount,
    say_change,
    say_per_day,
    signed_percent,
    value_text,
)
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import facts_of
from warehouse.settings import HeadlinePlace

Row = dict[str, Any]
FEW = 1000


def headlines(db: duckdb.DuckDBPyConnection, shown: Sequence[HeadlinePlace]) -> list[Row]:
    """Return a row per figure of the places, theme by theme. `db` has the mart as its current
    database.

    `ratio` and `change` compare with the year before; `working_day_ratio` does so per working day,
    NULL for figures that the number of working days does not affect. `facts` are those of its
    sentence.
    """
    headline = [kpi for kpi in catalogue().values() if kpi.headline]
    wanted = [kpi.kpi_id for kpi in headline]
    moved = [kpi.kpi_id for kpi in headline if kpi.moved_by_working_days and kpi.unit != "share"]
    rows: list[Row] = []
    for place in shown:
        found = db.execute(
            """SELECT coalesce($name, m.org_name, m.org_code) AS place, m.org_level,
                      m.org_code, k.theme,
                      m.kpi_id, k.title, k.unit, m.month, m.value, m.numerator,
                      m.denominator, m.year_on_year_ratio AS ratio,
                      m.year_on_year_change AS change,
                      CASE WHEN m.kpi_id IN (SELECT unnest($moved))
                           THEN (1 + m.year_on_year_ratio) * y.working_days / c.working_days - 1
                           END AS working_day_ratio,
                      m.status, m.status_reason, m.synthetic
               FROM kpi_monthly AS m JOIN kpi AS k USING (kpi_id)
               LEFT JOIN calendar_month AS c ON c.month = m.month
               LEFT JOIN calendar_month AS y ON y.month = m.month - INTERVAL 1 YEAR
               WHERE m.org_level = $level AND m.org_code = $code AND m.value IS NOT NULL
                 AND m.kpi_id IN (SELECT unnest($wanted))
               QUALIFY row_number() OVER (PARTITION BY m.kpi_id ORDER BY m.month DESC) = 1""",
            place.model_dump() | {"wanted": wanted, "moved": moved},
        )
        keys = [column[0] for column in found.description or []]
        rows += [dict(zip(keys, row, strict=True)) for row in found.fetchall()]
    _add_facts(db, rows, wanted, shown)
    return _in_order(rows, wanted)


def _in_order(rows: list[Row], wanted: list[str]) -> list[Row]:
    """The rows theme by theme, place by place, in the order of the catalogue."""
    places, themes = [row["place"] for row in rows], [row["theme"] for row in rows]
    return sorted(
        rows,
        key=lambda row: (
            themes.index(row["theme"]),
            places.index(row["place"]),
            wanted.index(row["kpi_id"]),
        ),
    )


def _add_facts(
    db: duckdb.DuckDBPyConnection,
    rows: list[Row],
    wanted: list[str],
    shown: Sequence[HeadlinePlace],
) -> None:
    """Add the facts of each row's sentence, under the name by which its place is shown."""
    asked = """SELECT kpi_id, org_level, org_code, month FROM mart.kpi_monthly
        WHERE kpi_id IN (SELECT unnest($wanted)) AND value IS NOT NULL
          AND (org_level || ' ' || org_code) IN (SELECT unnest($places))
        QUALIFY row_number() OVER (
            PARTITION BY kpi_id, org_level, org_code ORDER BY month DESC) = 1"""
    places = [f"{place.level} {place.code}" for place in shown]
    known = facts_of(db, catalogue(), asked, wanted=wanted, places=places)
    found = {(row["kpi_id"], row["org_level"], row["org_code"]): facts for row, facts in known}
    for row in rows:
        facts = found[row["kpi_id"], row["org_level"], row["org_code"]]
        row["facts"] = replace(facts, place=row["place"])


def per_working_day_text(row: Row) -> str:
    """Return a count's value per working day as text, blank where working days have no effect."""
    value = row["facts"].per_working_day
    return "" if value is None else say_per_day(value)


def judged_change_text(row: Row) -> str:
    """Return the change on the year that the control chart judges: of counts of events per working
    day. `-` where the two months are not comparable."""
    facts = row["facts"]
    if facts.chart is not None and facts.chart.begun is not None:
        return "-"
    return say_change(row["unit"], facts.change, facts.ratio)


def england_text(row: Row) -> str:
    """Return what stands beside a figure as text: England's value, or the change of its count."""
    other = row["facts"].comparator
    if other is None:
        return "-"
    if other.value is not None:
        return value_text(other.value, row["unit"])
    return say_change(row["unit"], other.change, other.ratio)


def headline_value(row: Row) -> str:
    """Return a value as text; for a share of few, with both numbers (81 of 82)."""
    text = value_text(row["value"], row["unit"])
    if row["unit"] == "share" and row["denominator"] < FEW:
        return f"{amount(row['numerator'])} of {amount(row['denominator'])} = {text}"
    return text


def change_text(row: Row) -> str:
    """Return the change on the year as text."""
    return say_change(row["unit"], row["change"], row["ratio"])


def working_day_text(row: Row) -> str:
    """Return the change on the year per working day as text, blank where working days have no
    effect."""
    ratio = row["working_day_ratio"]
    return "" if ratio is None else signed_percent(ratio)


def reasons(rows: list[Row]) -> list[str]:
    """Return why figures are disputed, each reason once."""
    disputed = (row["status_reason"] for row in rows if row["status"] == "disputed")
    return list(dict.fromkeys(disputed))
