"""By how much the change on the year of a survey's share may be chance: its limits at 95%. Not
here: how that is said (`warehouse.statistics.sample_words`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection
from warehouse.statistics.funnel import INNER
from warehouse.statistics.intervals import difference, wilson

Row = dict[str, Any]
KEYS = ("kpi_id", "org_level", "org_code", "month")


def add_sample_limits(db: Connection, figures: list[Row], kpis: Mapping[str, Kpi]) -> None:
    """Add to figures (`kpi_id, org_level, org_code, month`) of the mart attached as `mart`:
    `sample_limits`, lower and upper limit of the change on the year of a survey's share, as a share
    (Newcombe's, of the weighted answers of both years), or None."""
    ids = [k.kpi_id for k in kpis.values() if k.period.type == "survey" and k.unit == "share"]
    asked = {one["kpi_id"] for one in figures} & set(ids)
    found = _limits(db, sorted(asked)) if asked else {}
    for figure in figures:
        figure["sample_limits"] = found.get(tuple(figure[key] for key in KEYS))


def _limits(db: Connection, ids: list[str]) -> dict[tuple[Any, ...], tuple[float, float]]:
    keys = ", ".join(f"f.{key}" for key in KEYS)
    pairs: pl.DataFrame = db.sql(
        f"""SELECT {keys}, f.numerator, f.denominator, b.numerator AS top, b.denominator AS whole
        FROM mart.kpi_other_period AS f JOIN mart.kpi_other_period AS b
            ON b.kpi_id = f.kpi_id AND b.org_level = f.org_level AND b.org_code = f.org_code
            AND b.month = f.month - INTERVAL 1 YEAR
        WHERE list_contains($ids, f.kpi_id) AND f.value IS NOT NULL AND b.value IS NOT NULL
          AND f.denominator > 0 AND b.denominator > 0""",
        params={"ids": ids},
    ).pl()
    parts = (("numerator", "denominator"), ("top", "whole"))
    new, old = (
        (pl.col(top) / pl.col(whole), *wilson(pl.col(top), pl.col(whole), INNER))
        for top, whole in parts
    )
    low, high = difference(new, old)
    rows = pairs.select(*KEYS, low.alias("low"), high.alias("high")).iter_rows()
    return {row[:4]: (row[4], row[5]) for row in rows}
