"""The figures beside each network's areas of the improvement payment: baseline, latest, change,
what the control chart says, and what is missing.

Belongs here: which figures are compared. Does not: declarations and amounts (`assessments`). A
network is one organisation, whatever places its practices are in. Only published values are read,
so what is suppressed in the mart stays so: it is missing here, with no word on its size.
"""

from __future__ import annotations

import polars as pl

from warehouse.kpi.catalogue import catalogue
from warehouse.mart.hierarchy import Connection
from warehouse.mart.other_periods import every_figure
from warehouse.plan.improvement_payment import improvement_payment

AREA = ("financial_year", "area")
EVIDENCE = pl.Schema(
    {
        **dict.fromkeys((*AREA, "pcn_code", "kpi_id", "kpi_title", "unit"), pl.String()),
        **{
            "baseline_wanted": pl.Date(),
            "baseline_month": pl.Date(),
            "baseline_value": pl.Float64(),
        },
        **{"latest_month": pl.Date(), "latest_value": pl.Float64(), "status": pl.String()},
        **{"change": pl.Float64(), "signal": pl.String(), "variation": pl.String()},
        "missing": pl.String(),
    }
)
_PARTS = f"""
    WITH wanted AS (
        SELECT a.*, n.pcn_code FROM caip_wanted AS a
        JOIN caip_networks AS n ON n.first <= a.last_month
            AND coalesce(n.last, a.last_month) >= a.baseline_wanted),
    figures AS (
        SELECT kpi_id, org_code AS pcn_code, month, value, status
        FROM ({every_figure("kpi_id, org_level, org_code, month, value, status")})
        WHERE org_level = 'pcn' AND kpi_id IN (SELECT kpi_id FROM caip_wanted)),
    known AS (
        SELECT w.financial_year, w.area, w.pcn_code, w.kpi_id, f.month, f.value, f.status,
               CASE WHEN w.is_month THEN f.month = w.baseline_wanted
                    ELSE f.month <= w.baseline_wanted END AS is_before
        FROM wanted AS w JOIN figures AS f
            ON f.kpi_id = w.kpi_id AND f.pcn_code = w.pcn_code AND f.month <= w.last_month
            AND (f.month >= w.baseline_wanted OR NOT w.is_month)),
    placed AS (
        SELECT financial_year, area, pcn_code, kpi_id,
               coalesce(max(month) FILTER (value IS NOT NULL AND is_before),
                        min(month) FILTER (value IS NOT NULL)) AS baseline_month,
               max(month) FILTER (value IS NOT NULL) AS latest_month,
               arg_max(status, month) AS newest_status
        FROM known GROUP BY ALL)"""
_SQL = f"""{_PARTS}
    SELECT w.financial_year, w.area, w.pcn_code, w.kpi_id, w.kpi_title, w.unit, w.baseline_wanted,
           p.baseline_month, b.value AS baseline_value, p.latest_month, l.value AS latest_value,
           coalesce(l.status, p.newest_status, 'not_available') AS status,
           CASE WHEN p.latest_month > p.baseline_month THEN l.value - b.value END AS change,
           s.signal, s.variation,
           CASE WHEN l.value IS NULL THEN 'No figure: '
                     || replace(coalesce(p.newest_status, 'not available'), '_', ' ') || '.'
                WHEN p.latest_month = p.baseline_month THEN 'One figure alone: no change to see.'
                WHEN p.baseline_month > w.baseline_wanted
                THEN 'No figure of the baseline month; compared with the first one since.'
                END AS missing
    FROM wanted AS w
    LEFT JOIN placed AS p USING (financial_year, area, pcn_code, kpi_id)
    LEFT JOIN figures AS b ON b.kpi_id = w.kpi_id AND b.pcn_code = w.pcn_code
        AND b.month = p.baseline_month
    LEFT JOIN figures AS l ON l.kpi_id = w.kpi_id AND l.pcn_code = w.pcn_code
        AND l.month = p.latest_month
    LEFT JOIN (
        SELECT c.kpi_id, c.org_code, w.financial_year, c.signal, c.variation
        FROM mart.kpi_spc AS c
        JOIN (SELECT DISTINCT kpi_id, financial_year, baseline_wanted, last_month
              FROM caip_wanted) AS w
            ON w.kpi_id = c.kpi_id AND c.month > w.baseline_wanted AND c.month <= w.last_month
        WHERE c.org_level = 'pcn' AND c.signal IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY c.kpi_id, c.org_code, w.financial_year
                                   ORDER BY c.month DESC) = 1) AS s
        ON s.kpi_id = w.kpi_id AND s.org_code = w.pcn_code
        AND s.financial_year = w.financial_year
    ORDER BY w.financial_year, w.area, w.pcn_code, w.place"""


def networks_of(db: Connection, icb: str) -> pl.DataFrame:
    """The networks of an ICB, each once: `pcn_code`, `pcn_name`, `first` and `last`, the days from
    and to which it is known (`last` NULL if it still is)."""
    found: pl.DataFrame = db.sql(
        """SELECT org_code AS pcn_code, arg_max(org_name, valid_from) AS pcn_name,
                  min(valid_from) AS first,
                  CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) END AS last
        FROM mart.organisation WHERE org_level = 'pcn' AND icb_code = $icb
        GROUP BY org_code ORDER BY org_code""",
        params={"icb": icb},
    ).pl()
    return found


def evidence_of_networks(db: Connection, networks: pl.DataFrame) -> pl.DataFrame:
    """A row per network, area and KPI, with the columns of `EVIDENCE`, KPIs of an area in their
    order. `baseline_month`: the scheme's, or the first one since with a figure; of a longer period
    the last one that had ended. `latest_month`: the newest one of the scheme's year."""
    db.register("caip_wanted", _wanted().to_arrow())
    db.register("caip_networks", networks.to_arrow())
    found: pl.DataFrame = db.sql(_SQL).pl()
    for name in ("caip_wanted", "caip_networks"):
        db.unregister(name)
    return found.select(list(EVIDENCE)).cast(EVIDENCE)


def _wanted() -> pl.DataFrame:
    """A row per area and KPI, with the months between which it is looked at."""
    payment = improvement_payment()
    rows = [
        {
            "financial_year": area.year,
            "area": name,
            "place": place,
            "kpi_id": kpi,
            "kpi_title": catalogue()[kpi].title,
            "unit": catalogue()[kpi].unit,
            "is_month": catalogue()[kpi].period.is_month,
            "baseline_wanted": f"{payment.schemes[area.year].baseline_month}-01",
            "last_month": f"{payment.schemes[area.year].last_month}-01",
        }
        for name, area in payment.areas.items()
        for place, kpi in enumerate(area.kpis)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("baseline_wanted", "last_month").str.to_date())
