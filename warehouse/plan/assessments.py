"""What networks declared for the improvement payment, what was decided, and what it comes to.

Belongs here: the latest word on each network, year and area, and the arithmetic of the payment.
Does not: the figures beside it (`caip_evidence`), which rows are assessments
(`assessment_faults`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.plan.assessment_faults import (
    APPROVED,
    PENDING,
    REFUSED,
    faults_of_assessments,
    share_of,
    year_label,
)
from warehouse.plan.improvement_payment import improvement_payment
from warehouse.plan.plan_returns import PLACE, WHERE_FROM, returned_rows
from warehouse.readers.raw_rows import SOURCE_ROW

ASSESSMENTS = "assessments"  # what a contract with such rows says at `plan:`
KEY = ("icb_code", "financial_year", "pcn_code", "area")
STATED = (
    *("declared_on", "declared_by", "decision", "decided_on", "decided_by", "share_approved"),
    *("reason", "evidence_documents", "maximum_per_patient", "adjusted_population"),
)
# Name in the mart -> in the return, where they differ.
RENAMED = {
    **{"financial_year": "year", "adjusted_population": "population"},
    **{"evidence_documents": "documents", "stated_in": "month"},
}
SAID = pl.Schema(
    {
        **dict.fromkeys((*KEY, *STATED), pl.String()),
        **dict.fromkeys(("declared_on", "decided_on", "stated_in"), pl.Date()),
        **dict.fromkeys(("maximum_per_patient", "adjusted_population"), pl.Decimal(38, 10)),
        **WHERE_FROM,
    }
)
MONEY = {
    **{"maximum_amount": pl.Float64, "amount": pl.Float64, "amount_because": pl.String},
}
PENNY = Decimal("0.01")
Row = Mapping[str, Any]


def read_assessments(home: Home, placed: Iterable[EditionFile]) -> pl.DataFrame:
    """Every row of accepted returns, with the columns of `SAID`, in order: by network, year and
    area, then by month of the return, file and row. Rows that say again what was known are left
    out, so that each is a step of its history."""
    frames = [
        rows.rename({old: new for new, old in RENAMED.items()})
        .with_columns(pl.col("financial_year").map_elements(year_label, pl.String))
        .select(*SAID, PLACE)
        for rows in returned_rows(home, placed, ASSESSMENTS, faults_of_assessments)
    ]
    found = pl.concat([pl.DataFrame(schema={**SAID, PLACE: pl.Int32}), *frames])
    found = found.sort(*KEY, "stated_in", PLACE, SOURCE_ROW).drop(PLACE)
    said = pl.struct(STATED)
    return found.filter((said != said.shift().over(KEY)).fill_null(True))


def latest_assessments(found: pl.DataFrame) -> pl.DataFrame:
    """The last word on each network, year and area, with the columns of `MONEY`."""
    last = found.unique(KEY, keep="last", maintain_order=True)
    rows = [payment_of(row) for row in last.iter_rows(named=True)]
    return last.hstack(pl.DataFrame(rows, schema=MONEY, orient="row"))


def payment_of(row: Row) -> tuple[float | None, float | None, str | None]:
    """The network's maximum for the year and the amount approved for the area, in pounds to the
    penny, and why there is no amount. Worked out exactly, and rounded once."""
    payment = improvement_payment()
    scheme = payment.schemes.get(row["financial_year"])
    shipped = scheme.maximum_per_patient if scheme else None
    each = row["maximum_per_patient"] if shipped is None else Decimal(str(shipped))
    if row["adjusted_population"] is None:
        return None, None, "The adjusted population is not stated."
    if each is None:
        return (
            None,
            None,
            "The scheme's maximum per patient is not known here; the return may state it.",
        )
    whole = Fraction(row["adjusted_population"]) * Fraction(each)
    if row["decision"] == PENDING:
        return _pounds(whole), None, "It is not decided."
    share = _share(row)
    if share is None:
        return _pounds(whole), None, "The share approved is not stated."
    return _pounds(whole), _pounds(whole * share), None


def _share(row: Row) -> Fraction | None:
    """The share of the maximum that is approved: none if it was refused, the one stated, or that of
    the area."""
    if row["decision"] == REFUSED:
        return Fraction(0)
    if row["share_approved"]:
        return share_of(row["share_approved"])
    own = improvement_payment().areas[row["area"]].share
    return Fraction(own) if own and row["decision"] == APPROVED else None


def _pounds(amount: Fraction) -> float:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return float(exact.quantize(PENNY, ROUND_HALF_UP))
