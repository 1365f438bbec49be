"""The primary keys of the mart's tables for analysts, as their comments state them: for contracts,
databases made from the mart, and tests. Not here: checking them (`checks.mart_checks`)."""

from __future__ import annotations

_FIGURE = ("kpi_id", "org_level", "org_code")
PRIMARY_KEYS = {
    "kpi_monthly": (*_FIGURE, "month"),
    "kpi_monthly_with_caveats": (*_FIGURE, "month"),
    "kpi_other_period": (*_FIGURE, "period_start", "period_end"),
    "kpi_period": (*_FIGURE, "period_type", "period_start", "period_end"),
    "kpi_vintage": (*_FIGURE, "month", "edition", "revision"),
    "kpi_revision": (*_FIGURE, "month", "edition", "revision"),
    "kpi_spc": (*_FIGURE, "month"),
    "kpi_comparison": (*_FIGURE, "month"),
    "kpi_by_deprivation": (*_FIGURE, "month", "quintile"),
    "kpi_inequality": (*_FIGURE, "month"),
    "kpi_funding_outcome": ("funding_kpi_id", *_FIGURE, "month"),
    "kpi_target": ("target_key",),
    "kpi": ("kpi_id",),
    "organisation": ("organisation_key",),
    "organisation_current": ("org_level", "org_code"),
    "calendar_month": ("month",),
    "plan.plan_commitment": ("commitment_no",),
    "plan.plan_action": ("icb_code", "action_id"),
    "plan.plan_action_history": ("icb_code", "action_id", "change_no", "column_name"),
    "plan.plan_evidence": ("icb_code", "action_id", "kpi_id"),
    "plan.plan_conflict": ("icb_code", "action_id", "conflict"),
    "plan.plan_aim": ("aim",),
    "plan.plan_checklist_item": ("item",),
    "plan.caip_area": ("financial_year", "area"),
    "plan.caip_assessment": ("icb_code", "financial_year", "pcn_code", "area"),
    "plan.caip_assessment_history": ("icb_code", "financial_year", "pcn_code", "area", "step"),
    "plan.caip_evidence": ("financial_year", "pcn_code", "area", "kpi_id"),
    "plan.meeting_decision": ("icb_code", "decision_id"),
    "plan.recording_accuracy": (*_FIGURE, "month"),
    "plan.incentive_threshold": ("indicator", "financial_year"),
}


def primary_key(table: str) -> tuple[str, ...]:
    """Columns of a table's primary key; of a wide view, the organisation and its month or period.
    Empty if none is stated. Tables of schema `plan` are named with or without it."""
    table = f"plan.{table}" if f"plan.{table}" in PRIMARY_KEYS else table
    if table in PRIMARY_KEYS:
        return PRIMARY_KEYS[table]
    if table.endswith("_monthly"):
        return ("org_level", "org_code", "month")
    if table.endswith("_by_period"):
        return ("org_level", "org_code", "period_type", "period_start", "period_end")
    return ()
