"""What the published figures say of a plan's actions: a row per action and KPI that it names.

Belongs here: the newest published figure, its control chart's signal, threshold and age. Does not:
how a cell names KPIs (`evidence_cell`), ratings (`rating`). Nothing but published values is read,
so what is suppressed in the mart stays so.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from warehouse.base.months import day_words, month_text, months_apart
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.hierarchy import Connection
from warehouse.mart.other_periods import every_figure
from warehouse.plan.action_states import KEY
from warehouse.plan.evidence_cell import UP, NamedKpi, UnreadableEvidence, named_kpis
from warehouse.plan.rating import rating_rules
from warehouse.reference.levels import sql_list

# Where the figures that are evidence come from.
FIGURES = tuple(
    f"mart.{table}.{name}"
    for table in ("kpi_monthly", "kpi_other_period")
    for name in ("month", "value", "status")
)
EVIDENCE = pl.Schema(
    {
        **dict.fromkeys((*KEY, "kpi_id", "kpi_title", "org_level", "org_code"), pl.String()),
        **{"direction": pl.String(), "threshold": pl.Float64(), "unit": pl.String()},
        **{"month": pl.Date(), "latest_value": pl.Float64(), "status": pl.String()},
        **{"signal": pl.String(), "signal_month": pl.Date(), "movement": pl.String()},
        **{"is_met": pl.Boolean(), "is_stale": pl.Boolean(), "stale_because": pl.String()},
        **{"as_of": pl.Date(), "synthetic": pl.Boolean()},
    }
)
PLACE = ["kpi_id", "org_level", "org_code"]
Row = dict[str, Any]


def newest_month(db: Connection) -> date | None:
    """The newest month with a figure of what happened in it. Such a month is over; what is counted
    on its first day, such as patients on lists, is published before it is."""
    stocks = tuple(kpi.kpi_id for kpi in catalogue().values() if kpi.is_stock)
    [(month,)] = db.execute(
        f"""SELECT max(month) FROM mart.kpi_monthly
        WHERE value IS NOT NULL AND kpi_id NOT IN ({sql_list(stocks)})"""
    ).fetchall()
    found: date | None = month
    return found


def evidence_of(db: Connection, actions: pl.DataFrame, on: date, synthetic: bool) -> pl.DataFrame:
    """The evidence of the actions (`latest_states`), with the columns of `EVIDENCE`; `on`: the day
    on which its age is looked at; `synthetic`: whether the figures are. `movement`: better, worse
    or none, by the newest signal of the control chart and the direction that the plan wants; NULL
    without a chart."""
    named = list(_named(actions))
    wanted = pl.DataFrame(
        {name: [row[name] for row, _ in named] for name in ("scope_level", "scope_code")}
        | {"kpi_id": [kpi.kpi_id for _, kpi in named]},
        schema=dict.fromkeys(("scope_level", "scope_code", "kpi_id"), pl.String),
    ).rename({"scope_level": "org_level", "scope_code": "org_code"})
    figures = _by_place(newest_figures(db, wanted))
    charts = _by_place(newest_signals(db, wanted))
    rows = []
    for action, kpi in named:
        place = (kpi.kpi_id, action["scope_level"], action["scope_code"])
        rows.append(_row(action, kpi, figures.get(place, {}), charts.get(place, {}), on))
    found = pl.DataFrame(rows, schema=EVIDENCE)
    return found.with_columns(pl.col("synthetic") | pl.lit(synthetic))


def newest_figures(db: Connection, wanted: pl.DataFrame) -> pl.DataFrame:
    """The newest published value of each place and KPI (`kpi_id, org_level, org_code`), with
    `month, value, status`; where none has one, the status of the newest row and no value."""
    db.register("wanted", wanted.unique().to_arrow())
    found: pl.DataFrame = db.sql(
        f"""SELECT kpi_id, org_level, org_code, month, value, status
        FROM ({every_figure("kpi_id, org_level, org_code, month, value, status")})
        SEMI JOIN wanted USING (kpi_id, org_level, org_code)
        QUALIFY row_number() OVER (PARTITION BY kpi_id, org_level, org_code
                                   ORDER BY value IS NULL, month DESC) = 1
        ORDER BY ALL"""
    ).pl()
    db.unregister("wanted")
    return found


def newest_signals(db: Connection, wanted: pl.DataFrame) -> pl.DataFrame:
    """The newest judged point of each place's control chart: `kpi_id, org_level, org_code, month,
    signal, direction`."""
    db.register("wanted", wanted.unique().to_arrow())
    found: pl.DataFrame = db.sql(
        """SELECT kpi_id, org_level, org_code, month, signal, direction FROM mart.kpi_spc
        SEMI JOIN wanted USING (kpi_id, org_level, org_code)
        WHERE signal IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY kpi_id, org_level, org_code
                                   ORDER BY month DESC) = 1
        ORDER BY ALL"""
    ).pl()
    db.unregister("wanted")
    return found


def movement_of(chart: Row, direction: str) -> str | None:
    """What a signal means where a plan wants `direction`: better, worse or none; None without a
    judged point."""
    if not chart:
        return None
    if chart["direction"] is None:
        return "none"
    return "better" if (chart["direction"] == "high") == (direction == UP) else "worse"


def stale_because(kpi_id: str, month: date | None, status: str | None, on: date) -> str | None:
    """Why the newest figure of a KPI is no evidence on a day; None if it is."""
    if month is None:
        return f"No figure: {(status or 'not available').replace('_', ' ')}."
    most = rating_rules().stale_after_months[catalogue()[kpi_id].period.type]
    if months_apart(month, on) > most:
        age = f"over {most} months before {day_words(on)}"
        return f"The newest figure is of {month_text(month)}, {age}."
    return None


def _named(actions: pl.DataFrame) -> list[tuple[Row, NamedKpi]]:
    """Each action and KPI. A cell that can't be read is in a return that a person accepted."""
    found = []
    for action in actions.iter_rows(named=True):
        try:
            found += [
                (action, one) for one in named_kpis(action["evidence"], action["scope_level"])
            ]
        except UnreadableEvidence:
            continue
    return found


def _by_place(frame: pl.DataFrame) -> dict[tuple[str, ...], Row]:
    return {tuple(row[name] for name in PLACE): row for row in frame.iter_rows(named=True)}


def _row(action: Row, named: NamedKpi, figure: Row, chart: Row, on: date) -> Row:
    kpi = catalogue()[named.kpi_id]
    value, status = figure.get("value"), figure.get("status")
    month = figure.get("month") if value is not None else None
    stale = stale_because(named.kpi_id, month, status, on)
    return {
        **{name: action[name] for name in (*KEY, "synthetic")},
        "kpi_id": named.kpi_id,
        "kpi_title": kpi.title,
        "org_level": action["scope_level"],
        "org_code": action["scope_code"],
        "direction": named.direction,
        "threshold": named.threshold,
        "unit": kpi.unit,
        "month": month,
        "latest_value": value,
        "status": status or "not_available",
        "signal": chart.get("signal"),
        "signal_month": chart.get("month"),
        "movement": movement_of(chart, named.direction),
        "is_met": _is_met(value, named),
        "is_stale": stale is not None,
        "stale_because": stale,
        "as_of": on,
    }


def _is_met(value: float | None, named: NamedKpi) -> bool | None:
    if value is None or named.threshold is None:
        return None
    return value >= named.threshold if named.direction == UP else value <= named.threshold
