"""Figures whose period is not a month (quarters, years, surveys): `kpi_other_period`, and the view
`kpi_period` of all figures.

They are made as monthly ones are, under the last month of their period, but published apart: a
yearly figure is no month, is not spread over months, and has no rolling or to-date value.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from warehouse.contract.figure_period import period_columns
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.figure_status import with_status
from warehouse.mart.figure_tables import organisation_key
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_periods import in_period


def load_periods(db: Connection, kpis: Iterable[Kpi]) -> None:
    """Create `stage.kpi_period` (`kpi_id, period_type, every, length`, in months) of KPIs whose
    period is not a month."""
    rows = [
        (kpi.kpi_id, kpi.period.type, kpi.period.every, kpi.period.length)
        for kpi in {kpi.kpi_id: kpi for kpi in kpis}.values()
        if not kpi.period.is_month
    ]
    text = dict.fromkeys(("kpi_id", "period_type"), pl.String)
    schema = {**text, **dict.fromkeys(("every", "length"), pl.Int64)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    create_from(db, "stage.kpi_period", frame, "catalogue.kpi")


def create_other_periods(db: Connection, synthetic: bool) -> None:
    """Create `kpi_other_period` in the attached mart, compared with the same period of the year
    before. Needs what `with_status` does, and `stage.first_reported`."""
    db.execute(
        f"""CREATE TABLE mart.kpi_other_period AS
        WITH made AS ({with_status()} WHERE NOT p.is_month)
        SELECT {period_columns("p.month", "k.period_type", "k.length")},
               p.month, p.org_level, p.org_code, n.org_name, p.kpi_id, t.kpi_title, p.unit,
               p.financial_year, p.value, p.numerator, p.denominator,
               y.value AS previous_year_value,
               p.value - y.value AS year_on_year_change,
               p.value / nullif(y.value, 0) - 1 AS year_on_year_ratio,
               f.value AS first_reported_value, p.edition, p.status, p.status_reason,
               y.status AS previous_year_status, p.members_present, p.members_expected,
               {organisation_key("p.", "o.")} AS organisation_key,
               o.organisation_since, p.kpi_key, $synthetic AS synthetic
        FROM made AS p
        JOIN stage.kpi_period AS k ON k.kpi_id = p.kpi_id
        JOIN stage.kpi_title AS t ON t.kpi_key = p.kpi_key
        LEFT JOIN made AS y ON y.series = p.series AND y.ordinal = p.ordinal - 12
        LEFT JOIN stage.first_reported AS f ON f.series = p.series AND f.ordinal = p.ordinal
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = p.org_level AND n.org_code = p.org_code
        {in_period("p")}
        ORDER BY p.series, p.ordinal""",
        {"synthetic": synthetic},
    )


def every_figure(columns: str) -> str:
    """SQL: columns of the figures of all periods in the attached mart."""
    return " UNION ALL ".join(
        f"SELECT {columns} FROM mart.{table}" for table in ("kpi_monthly", "kpi_other_period")
    )


def period_figures(narrowed: str = "") -> str:
    """SQL: the figures `m` of all periods in a mart opened on its own, with the columns of
    `kpi_period`. `narrowed`: joins and conditions on `m`; the columns that say the period are
    worked out after them, for the rows that are left."""
    return f"""SELECT {period_columns("m.month", "'month'", "1")}, m.* EXCLUDE (value_per)
            FROM kpi_monthly AS m {narrowed}
            UNION ALL BY NAME SELECT m.* FROM kpi_other_period AS m {narrowed}"""


def period_views() -> dict[str, str]:
    """Return the view of all figures, name -> SQL, for a mart opened on its own."""
    return {"kpi_period": f"CREATE VIEW kpi_period AS {period_figures()}"}
