"""Tables of schema `plan` that are shipped: commitments, aims, checklists, and the payment's areas
and thresholds. Not here: their content (`delivery_plan`, `improvement_payment`)."""

from __future__ import annotations

import polars as pl

from warehouse.mart.hierarchy import Connection, create_from
from warehouse.plan import delivery_plan, improvement_payment

REFERENCE = "reference.delivery_plan"
SCHEME = "reference.improvement_payment"
DATED = {"due": pl.Date, "due_words": pl.String}


def create_reference(db: Connection) -> None:
    """Create the shipped tables of the attached mart's schema `plan`."""
    create_from(db, "mart.plan.plan_commitment", _commitments(), REFERENCE)
    create_from(db, "mart.plan.plan_aim", _aims(), REFERENCE)
    create_from(db, "mart.plan.plan_checklist_item", _items(), REFERENCE)
    create_from(db, "mart.plan.caip_area", _areas(), SCHEME)
    create_from(db, "mart.plan.incentive_threshold", _thresholds(), SCHEME)


def _commitments() -> pl.DataFrame:
    plan = delivery_plan.delivery_plan()
    rows = [
        {
            "commitment_no": number,
            "area": one.area,
            "area_title": plan.areas[one.area],
            "title": one.title,
            "due": one.due,
            "due_words": one.due_words,
            "source_url": plan.source,
            "status_of_text": one.text,
        }
        for number, one in plan.commitments.items()
    ]
    return pl.DataFrame(rows, schema_overrides={**DATED, "commitment_no": pl.Int32})


def _aims() -> pl.DataFrame:
    aims = delivery_plan.delivery_plan().aims
    rows = [
        {"aim": one.aim, "icb_code": one.icb, "title": one.title, "status_of_text": one.text}
        for one in aims
    ]
    return pl.DataFrame(rows)


def _items() -> pl.DataFrame:
    plan = delivery_plan.delivery_plan()
    source = {one.version: one.source for one in plan.checklists}
    rows = [
        {
            "item": name,
            "checklist_version": one.version,
            "audience": one.audience,
            "commitment_no": one.commitment,
            "title": one.title,
            "due": one.due,
            "due_words": one.due_words,
            "source_url": source[one.version],
            "status_of_text": one.text,
        }
        for name, one in plan.items.items()
    ]
    return pl.DataFrame(rows, schema_overrides={**DATED, "commitment_no": pl.Int32})


def _areas() -> pl.DataFrame:
    payment = improvement_payment.improvement_payment()
    rows = []
    for name, area in payment.areas.items():
        scheme = payment.schemes[area.year]
        rows.append(
            {
                "financial_year": area.year,
                "area": name,
                "title": area.title,
                "evidence_kpis": list(area.kpis),
                "beside_figures": area.beside,
                "share_of_maximum": area.part,
                "maximum_per_patient": scheme.maximum_per_patient,
                "population_on": scheme.population_on,
                "baseline_month": f"{scheme.baseline_month}-01",
                "last_month": f"{scheme.last_month}-01",
                "paid": scheme.paid,
                "source_url": scheme.source,
                "status_of_text": area.text,
            }
        )
    months = pl.col("baseline_month", "last_month").str.to_date()
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(months)


def _thresholds() -> pl.DataFrame:
    found = improvement_payment.improvement_payment().thresholds
    rows = [
        {
            "indicator": one.indicator,
            "financial_year": one.year,
            "kpi_id": one.kpi,
            "lower_threshold": one.lower,
            "upper_threshold": one.upper,
            "points": one.points,
            "source_url": one.source,
            "status_of_text": one.text,
        }
        for one in found
    ]
    return pl.DataFrame(rows)
