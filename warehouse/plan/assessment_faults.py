"""What is wrong with the rows of a return of assessments of the improvement payment. Not here:
types and labels, which its contract tells (`warehouse.transform.conform`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from fractions import Fraction

from warehouse.base.months import financial_year
from warehouse.kpi.chart_choices import Fault
from warehouse.plan.improvement_payment import improvement_payment
from warehouse.plan.roles import not_a_role
from warehouse.plan.row_faults import Row, later_days

PENDING, APPROVED, PART, REFUSED = "pending", "approved", "approved in part", "not approved"
SHARE = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<percent>%?)")


def year_label(last_month: date) -> str:
    """`2024/25`: a financial year by its last month."""
    return f"{financial_year(last_month)}/{last_month.year % 100:02d}"


def share_of(text: str | None) -> Fraction | None:
    """A share as typed, `50%` or `0.5`; None if it is none from 0 to 1."""
    found = SHARE.fullmatch((text or "").strip())
    if found is None:
        return None
    share = Fraction(found["number"]) / (100 if found["percent"] else 1)
    return share if share <= 1 else None


def faults_of_assessments(
    rows: Sequence[Row], role_words: Collection[str] = ()
) -> Iterator[tuple[Row, Fault]]:
    """Each faulty row (tidy) with what is wrong with it, in the order of the rows. A value that
    could not be read is None, and is told elsewhere. `role_words`: the home's own."""
    for row in rows:
        found = (*_of_area(row), *_of_people(row, role_words), *_of_decision(row))
        yield from ((row, fault) for fault in found)


def _of_area(row: Row) -> Iterator[Fault]:
    if row["share_approved"] and share_of(row["share_approved"]) is None:
        yield Fault("share_approved", "a share from 0 to 1, such as 0.5 or 50%")
    if row["year"] is None:
        return
    payment, year = improvement_payment(), year_label(row["year"])
    if year not in payment.schemes:
        yield Fault("year", f"one of {', '.join(payment.schemes)}")
    elif row["area"] and payment.areas[row["area"]].year != year:
        own = (name for name, area in payment.areas.items() if area.year == year)
        yield Fault("area", f"one of {year}: {', '.join(own)}")


def _of_people(row: Row, role_words: Collection[str]) -> Iterator[Fault]:
    for column in ("declared_by", "decided_by"):
        if fault := not_a_role(column, row[column], role_words):
            yield fault
    yield from later_days(row, "declared_on", "decided_on")


def _of_decision(row: Row) -> Iterator[Fault]:
    if (decision := row["decision"]) is None:
        return
    for column in ("decided_on", "decided_by"):
        if (row[column] is None) != (decision == PENDING):
            wanted = "nothing while" if decision == PENDING else "who decided and when, because"
            yield Fault(column, f"{wanted} the decision is {decision}")
    if decision in (APPROVED, PART) and row["declared_on"] is None:
        yield Fault(
            "declared_on", f"the day of the declaration, because the decision is {decision}"
        )
    if decision in (PART, REFUSED) and not row["reason"]:
        yield Fault("reason", f"why, because the decision is {decision}")
    area = improvement_payment().areas[row["area"]] if row["area"] else None
    whole = area is not None and area.share is None
    needs_share = decision == PART or (decision == APPROVED and whole)
    if needs_share and not row["share_approved"]:
        yield Fault("share_approved", "the share of the maximum that is approved, such as 50%")
