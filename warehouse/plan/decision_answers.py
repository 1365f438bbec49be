"""What answers each decision: tables that exist, and of each KPI at which levels the place has
published figures, how many and how new; where there are none, why. Not here: the decisions
(`decisions_agreed`)."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from warehouse.kpi.catalogue import Kpi, catalogue
from warehouse.mart.hierarchy import Connection
from warehouse.mart.other_periods import every_figure
from warehouse.plan.decisions_agreed import known_tables
from warehouse.reference.levels import KEY_COLUMNS

LEVELS = ("practice", "provider", "pcn", "sub_icb", "icb")  # within an ICB, the smallest first
ANSWER = pl.Schema(
    {
        **dict.fromkeys(("icb_code", "decision_id", "table_name", "kpi_id"), pl.String()),
        **{"kpi_title": pl.String(), "org_level": pl.String(), "organisations": pl.Int64()},
        **{"first_month": pl.Date(), "newest_month": pl.Date(), "none_because": pl.String()},
        "synthetic": pl.Boolean(),
    }
)
FIGURES = "kpi_monthly"
WhyNone = Callable[[Kpi, str], str]


def answers_of(
    db: Connection, decisions: pl.DataFrame, synthetic: bool, why_none: WhyNone
) -> pl.DataFrame:
    """A row per decision and table, or decision, KPI and level, with the columns of `ANSWER`.
    `why_none`: why there is no figure of a KPI at a level."""
    tables, rows = known_tables(), []
    held = _figures(db, decisions)
    for decision in decisions.iter_rows(named=True):
        own = {name: decision[name] for name in ("icb_code", "decision_id")}
        own |= {"synthetic": synthetic}
        for name in decision["answered_by"] or []:
            if kpi := catalogue().get(name):
                rows += [
                    {**own, **_of_level(kpi, level, held, own["icb_code"], why_none)}
                    for level in LEVELS
                ]
            elif name in tables:
                rows.append({**own, "table_name": tables[name]})
    return pl.DataFrame(rows, schema=ANSWER)


def _figures(db: Connection, decisions: pl.DataFrame) -> dict[tuple[str, ...], tuple[object, ...]]:
    """ICB, KPI and level -> organisations with figures, first and newest month."""
    wanted = sorted({one for row in decisions["answered_by"].to_list() for one in row or []})
    column = KEY_COLUMNS["icb"]
    found = db.execute(
        f"""WITH known AS (
            SELECT * FROM ({every_figure("kpi_id, org_level, org_code, month, value")})
            WHERE value IS NOT NULL AND list_contains($wanted, kpi_id)),
        placed AS (
            SELECT DISTINCT org_level, org_code,
                   CASE WHEN org_level = 'icb' THEN org_code ELSE {column} END AS icb
            FROM mart.organisation)
        SELECT icb, kpi_id, org_level, count(DISTINCT org_code), min(month), max(month)
        FROM known JOIN placed USING (org_level, org_code) GROUP BY ALL ORDER BY ALL""",
        {"wanted": wanted},
    ).fetchall()
    return {(icb, kpi, level): tuple(told) for icb, kpi, level, *told in found}


def _of_level(
    kpi: Kpi,
    level: str,
    held: dict[tuple[str, ...], tuple[object, ...]],
    icb: str,
    why_none: WhyNone,
) -> dict[str, object]:
    told = held.get((icb, kpi.kpi_id, level))
    number, first, newest = told or (0, None, None)
    return {
        "table_name": FIGURES if kpi.period.is_month else "kpi_other_period",
        "kpi_id": kpi.kpi_id,
        "kpi_title": kpi.title,
        "org_level": level,
        "organisations": number,
        "first_month": first,
        "newest_month": newest,
        "none_because": None if told else why_none(kpi, level),
    }
