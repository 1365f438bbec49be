"""Views of schema `plan`: how well practices and networks record, month by month. Not here: tables
(`plan_tables`)."""

from __future__ import annotations

from warehouse.plan.improvement_payment import improvement_payment
from warehouse.reference.levels import sql_list

RECORDING = "recording"  # the payment's area whose KPIs these are


def plan_views() -> dict[str, str]:
    """Return the views of schema `plan`, name -> SQL. `plan.recording_accuracy`: a row per practice
    or network, KPI of recording and month, beside the first figure of its financial year."""
    kpis = improvement_payment().areas[RECORDING].kpis
    known = "FILTER (WHERE value IS NOT NULL) OVER (PARTITION BY kpi_id, org_level, org_code, "
    known += "financial_year)"
    return {
        "plan.recording_accuracy": f"""CREATE VIEW plan.recording_accuracy AS
            SELECT *, CASE WHEN month > baseline_month THEN value - baseline_value END AS change
            FROM (SELECT month, financial_year, org_level, org_code, org_name, kpi_id, kpi_title,
                         value, numerator, denominator, status,
                         min(month) {known} AS baseline_month,
                         arg_min(value, month) {known} AS baseline_value, synthetic
                  FROM kpi_monthly
                  WHERE kpi_id IN ({sql_list(kpis)}) AND org_level IN ('practice', 'pcn'))"""
    }
