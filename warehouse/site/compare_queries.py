"""What a mart says of a KPI's organisations beside each other, and of its deprivation quintiles."""

from __future__ import annotations

from typing import Any

import polars as pl

from warehouse.base.sql import rows
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_places import SitePlace

Row = dict[str, Any]
_NEWEST = """(SELECT max(month) FROM kpi_comparison
              WHERE kpi_id = $kpi AND org_level = $level AND ranked)"""
_UNITS = f"""
    SELECT c.org_code, c.month, m.period_label, m.value, m.numerator, m.denominator, m.edition,
           c.rank, c.ranked_of, c.rank_order, c.median, c.p10, c.p90, c.funnel, c.funnel_method
    FROM kpi_comparison AS c
    JOIN kpi_period AS m USING (kpi_id, org_level, org_code, month)
    WHERE c.kpi_id = $kpi AND c.org_level = $level AND c.ranked AND c.month = {_NEWEST}
    ORDER BY c.org_code"""
_PLACES = """kpi_id = $kpi AND month = (
        SELECT max(month) FROM kpi_inequality
        WHERE kpi_id = $kpi AND org_level = $level AND org_code = $code)
    AND ((org_level = $level AND org_code = $code)
         OR (org_level = $england_level AND org_code = $england_code))"""
_QUINTILES = f"SELECT * FROM kpi_by_deprivation WHERE {_PLACES} ORDER BY org_level, quintile"
_GAPS = f"SELECT * FROM kpi_inequality WHERE {_PLACES}"


def units_of(figures: SiteFigures, kpi_id: str, level: str) -> pl.DataFrame:
    """The ranked organisations of a level in the newest month of a KPI, a row each: `org_code,
    month, period_label, value, numerator, denominator, edition`, and what `kpi_comparison` says."""
    found: pl.DataFrame = figures.db.sql(_UNITS, params={"kpi": kpi_id, "level": level}).pl()
    return found


def quintiles_of(
    figures: SiteFigures, kpi_id: str, place: SitePlace
) -> tuple[list[Row], list[Row]]:
    """The rows of `kpi_by_deprivation` and of `kpi_inequality` of a place and of England, in the
    newest month that the place has; none where a KPI is in neither."""
    england = figures.places.england
    given = {
        "kpi": kpi_id,
        "level": place.level,
        "code": place.code,
        "england_level": england.level,
        "england_code": england.code,
    }
    return rows(figures.db, _QUINTILES, **given), rows(figures.db, _GAPS, **given)
