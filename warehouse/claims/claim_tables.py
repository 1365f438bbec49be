"""Tables `claim` and `claim_reading` of the mart, whose columns `describe.yaml` explains.

Belongs here: writing evaluated claims into them. Does not: the evaluation (`evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import polars as pl

from warehouse.base.months import month_text, parse_month
from warehouse.claims.evaluate import (
    EvaluatedClaim,
    differs_by,
    evaluate_claims,
    reading_words,
    verdict_words,
)
from warehouse.claims.evidence import KnownValue, months_of
from warehouse.claims.register import unit_of
from warehouse.claims.register_entries import Claim
from warehouse.claims.verdicts import Evaluation, fits
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection, create_from

CLAIM_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim_id": pl.String,
    "statement_id": pl.String,
    "source": pl.String,
    "source_body": pl.String,
    "source_url": pl.String,
    "source_date": pl.String,
    "said_by": pl.Date,
    "statement": pl.String,
    "label": pl.String,
    "aspect": pl.String,
    "kpi_id": pl.String,
    "org_level": pl.String,
    "org_code": pl.String,
    "month": pl.Date,
    "period": pl.String,
    "first_month": pl.Date,
    "last_month": pl.Date,
    "stated": pl.String,
    "stated_value": pl.Float64,
    "unit": pl.String,
    "tolerance": pl.Float64,
    "tolerance_because": pl.String,
    "computed_value": pl.Float64,
    "difference": pl.Float64,
    "relative_difference": pl.Float64,
    "edition": pl.String,
    "revision": pl.Int32,
    "verdict": pl.String,
    "edition_of_the_time_available": pl.Boolean,
    "confirmed_in_edition": pl.String,
    "confirmed_in_revision": pl.Int32,
    "verdict_in_short": pl.String,
    "statement_verdict": pl.String,
    "note": pl.String,
    "synthetic": pl.Boolean,
}
READING_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim_id": pl.String,
    "reading_number": pl.Int32,
    "reading": pl.String,
    "kpi_id": pl.String,
    "org_level": pl.String,
    "org_code": pl.String,
    "measure": pl.String,
    "unit": pl.String,
    "first_month": pl.Date,
    "last_month": pl.Date,
    "months": pl.String,
    "compared_months": pl.String,
    "since_edition": pl.String,
    "edition": pl.String,
    "revision": pl.Int32,
    "is_latest": pl.Boolean,
    "computed_value": pl.Float64,
    "difference": pl.Float64,
    "relative_difference": pl.Float64,
    "within_tolerance": pl.Boolean,
    "only_shown": pl.String,
    "missing": pl.String,
    "synthetic": pl.Boolean,
}
# The origins of columns: the register, and the working tables with the query results of `evidence`
# and `available`. Those tables' origins are parsed from SQL; the steps in Python are declared here.
RECORDS = "claims.register"
FIGURES = tuple(f"stage.claim_known.{name}" for name in ("value", "value_before"))
STATED = ("claims.register.stated_value",)
JUDGED = (
    *FIGURES,
    *STATED,
    *(f"claims.register.{name}" for name in ("tolerance", "whole", "unit", "aspect", "said_by")),
    *(f"stage.claim_people.{name}" for name in ("people", "source", "month")),
)
ISSUES = ("stage.claim_known.edition", "stage.claim_known.revision")
LACKING = (
    *(f"stage.claim_month.{name}" for name in ("month", "has_value", "status")),
    *(f"stage.claim_month.members_{name}" for name in ("present", "expected")),
    *(f"stage.claim_edition.{name}" for name in ("feed", "edition", "status", "reasons")),
    *(f"stage.claim_edition.{name}_month" for name in ("first", "last")),
    *(f"stage.claim_edition.override{name}" for name in ("", "_by", "_reason")),
    *(f"stage.claim_withdrawn.{name}" for name in ("feed", "edition", "file_name")),
    *(f"stage.claim_withdrawn.withdrawn_{name}" for name in ("by", "reason")),
    "claims.register.missing",
)
DECLARED = {
    "computed_value": FIGURES,
    **dict.fromkeys(("difference", "relative_difference"), (*FIGURES, *STATED)),
    "within_tolerance": (*FIGURES, *STATED, "claims.register.tolerance"),
    **dict.fromkeys(("edition", "since_edition"), (ISSUES[0], *FIGURES)),
    "revision": (ISSUES[1], *FIGURES),
    "is_latest": (*ISSUES, *FIGURES),
    "edition_of_the_time_available": (ISSUES[0], *FIGURES, "claims.register.said_by"),
    "confirmed_in_edition": (ISSUES[0], *JUDGED),
    "confirmed_in_revision": (ISSUES[1], *JUDGED),
    **dict.fromkeys(("verdict", "verdict_in_short", "statement_verdict"), (*JUDGED, *ISSUES)),
    "note": (*JUDGED, *ISSUES, "stage.claim_people.edition", *LACKING, "claims.register.note"),
    "missing": LACKING,
    "synthetic": ("parameter.synthetic",),
}


def create_claims(
    db: Connection, claims: Sequence[Claim], kpis: dict[str, Kpi], synthetic: bool
) -> None:
    """Evaluate a register against the attached mart, and write the results into the mart.

    The mart must have its figures and editions. Raises ValueError that names claim and key if the
    register does not fit the catalogue.
    """
    evaluated = evaluate_claims(db, claims, kpis, synthetic)
    rows = [_claim_row(one, synthetic) for one in evaluated]
    _create(db, "mart.claim", pl.DataFrame(rows, schema=CLAIM_SCHEMA))
    readings = [
        row | {"synthetic": synthetic}
        for one in evaluated
        for number, evaluation in enumerate(one.evaluations, start=1)
        for row in _reading_rows(one.claim, number, evaluation, kpis)
    ]
    _create(db, "mart.claim_reading", pl.DataFrame(readings, schema=READING_SCHEMA))


def _create(db: Connection, table: str, frame: pl.DataFrame) -> None:
    declared = {column: origin for column, origin in DECLARED.items() if column in frame.columns}
    create_from(db, table, frame, RECORDS, **declared)


def _claim_row(one: EvaluatedClaim, synthetic: bool) -> dict[str, object]:
    claim, verdict, main = one.claim, one.verdict, one.verdict.main
    place = main.reading if main else claim.readings[0]
    computed = main.latest if main else None
    difference, relative = differs_by(claim, computed, claim.figure.unit)
    span = place.period.span
    newest = main.known[-1] if main and computed is not None else None
    return _stated(claim) | {
        "kpi_id": place.kpi_id,
        "org_level": place.org_level,
        "org_code": place.org_code,
        "month": span[-1],
        "period": place.period.words,
        "first_month": span[0],
        "last_month": span[-1],
        "computed_value": computed,
        "difference": difference,
        "relative_difference": relative,
        "edition": newest and newest.edition,
        "revision": newest and newest.revision,
        "verdict": verdict.words,
        "edition_of_the_time_available": verdict.of_the_time,
        "confirmed_in_edition": verdict.true_in and verdict.true_in.edition,
        "confirmed_in_revision": verdict.true_in and verdict.true_in.revision,
        "verdict_in_short": verdict_words(one),
        "statement_verdict": one.summary,
        "note": one.note,
        "synthetic": synthetic,
    }


def _stated(claim: Claim) -> dict[str, object]:
    figure, document = claim.figure, claim.document
    return {
        "claim_id": claim.claim_id,
        "statement_id": claim.statement_id,
        "source": document.title,
        "source_body": document.body,
        "source_url": document.url,
        "source_date": document.date,
        "said_by": document.said_by and parse_month(document.said_by),
        "statement": claim.statement.says.strip(),
        "label": figure.label,
        "aspect": figure.aspect,
        "stated": figure.written
        + (f" of {figure.whole}" if figure.whole else "")
        + (f" (implied: {figure.implied})" if figure.implied else ""),
        "stated_value": claim.stated.value,
        "unit": figure.unit,
        "tolerance": claim.stated.tolerance,
        "tolerance_because": claim.stated.because,
    }


def _reading_rows(
    claim: Claim, number: int, evaluation: Evaluation, kpis: dict[str, Kpi]
) -> Iterator[dict[str, object]]:
    """Yield a row per value that the reading ever had, oldest first, and one if it lacks data."""
    reading = evaluation.reading
    unit = unit_of(reading, kpis[reading.kpi_id]) if reading.kpi_id else claim.figure.unit
    months = months_of(reading, kpis)
    base = {
        "claim_id": claim.claim_id,
        "reading_number": number,
        "reading": reading_words(reading, kpis),
        "kpi_id": reading.kpi_id,
        "org_level": reading.org_level,
        "org_code": reading.org_code,
        "measure": reading.measure,
        "unit": unit,
        "first_month": reading.period.span[0],
        "last_month": reading.period.span[-1],
        "months": " ".join(month_text(month) for month in months[0]),
        "compared_months": " ".join(month_text(m) for m in months[1]) if 1 in months else None,
        "only_shown": reading.only_shown,
    }
    for value, run in _runs(evaluation.known):
        difference, relative = differs_by(claim, value, unit)
        yield base | {
            "since_edition": run[0].edition,
            "edition": run[-1].edition,
            "revision": run[-1].revision,
            "is_latest": run[-1] is evaluation.known[-1],
            "computed_value": value,
            "difference": difference,
            "relative_difference": relative,
            "within_tolerance": fits(claim, value) if difference is not None else None,
        }
    if evaluation.latest is None:
        yield base | {"is_latest": True, "missing": evaluation.missing and evaluation.missing.words}


def _runs(known: Sequence[KnownValue]) -> Iterator[tuple[float, list[KnownValue]]]:
    """Group consecutive editions with the same value; gaps are left out."""
    for value, run in groupby(known, key=lambda one: one.value):
        if value is not None:
            yield value, list(run)
