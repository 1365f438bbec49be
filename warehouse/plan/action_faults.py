"""What is wrong with the rows of a return of a plan's actions. Not here: types and labels, which
its contract tells (`warehouse.transform.conform`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, partial

from warehouse.base.months import add_months, day_words
from warehouse.base.text import perhaps
from warehouse.kpi.chart_choices import Fault
from warehouse.plan.delivery_plan import aim_typed, delivery_plan
from warehouse.plan.evidence_cell import UnreadableEvidence, named_kpis
from warehouse.plan.roles import EXAMPLE, not_a_role
from warehouse.plan.row_faults import Row, faults_by_row, id_key, later_days, not_after
from warehouse.reference import local_authorities, organisations

ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9./-]{0,19}")
NOBODY = re.compile(
    r"(?i)\W*(tbc|tbd|n/?a|none|nobody|vacant|unknown|to be (confirmed|decided))?\W*"
)
CODES = {
    "practice": "[A-TV-Z]",
    "pcn": "U",
    "icb": "Q",
    "sub_icb": r"[0-9A-Z]",
    "local_authority": "E",
}
OPEN = ("not started", "in progress")


def faults_of_actions(
    rows: Sequence[Row], role_words: Collection[str] = ()
) -> Iterator[tuple[Row, Fault]]:
    """Each faulty row (tidy) with what is wrong with it, in the order of the rows. `role_words`:
    the home's own."""
    return faults_by_row(rows, partial(_of_row, role_words), "action_id", "action")


def without_reason(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    """Each row (tidy) whose rating rests on nothing: no KPI, no document and no reason."""
    for row in rows:
        if not (row["evidence"] or row["documents"] or row["reason"]):
            yield row, Fault("self_rating", "a KPI or a document as evidence, or a reason")


def long_unchanged(rows: Sequence[Row], months: int) -> Iterator[tuple[Row, Fault]]:
    """Each row (tidy) of an open action whose last update is over so many months before the end of
    the return's month."""
    for row in rows:
        first = add_months(row["month"], 1 - months)
        if row["status"] in OPEN and row["last_update"] < first:
            yield (
                row,
                Fault("last_update", f"{day_words(first)} or later, as it is {row['status']}"),
            )


def _of_row(role_words: Collection[str], row: Row) -> Iterator[Fault]:
    if not ID.fullmatch(id_key(row["action_id"] or "")):
        yield Fault("action_id", "an id of up to 20 letters, digits, dots and hyphens, as A-12")
    yield from _of_references(row)
    for column in ("owner_role", "updated_by"):
        if NOBODY.fullmatch(row[column] or ""):
            yield Fault(column, EXAMPLE)
        elif fault := not_a_role(column, row[column], role_words):
            yield fault
    yield from _of_days(row)
    if (level := row["scope_level"]) is None:
        return
    yield from _of_scope(level, row["scope_code"] or "")
    try:
        named_kpis(row["evidence"], level)
    except UnreadableEvidence as error:
        yield Fault("evidence", str(error))


def _of_scope(level: str, code: str) -> Iterator[Fault]:
    """A code that can't be of its level; of an ICB, a place or an authority also one that none has:
    no figure would be its evidence, and nothing contradict it."""
    known = _codes_of(level)
    if not re.match(CODES[level], code) or (known and code not in known):
        near = perhaps(code, known) if code else ""
        yield Fault("scope_code", f"the code of an organisation of level {level}{near}")


@cache
def _codes_of(level: str) -> frozenset[str]:
    """All codes of a level that the reference has, of any time; of others none."""
    if level == "local_authority":
        return frozenset(local_authorities.names())
    table = organisations.reference()
    return frozenset(table.filter(table["org_level"] == level)["org_code"])


def _of_references(row: Row) -> Iterator[Fault]:
    plan = delivery_plan()
    of = plan.commitments[int(row["commitment"])].area if row["commitment"] else row["area"]
    if row["area"] and of != row["area"]:
        yield Fault("commitment", f"one of area {row['area']}; this one is of {of}")
    aims = [one.aim for one in plan.aims if one.icb == row["icb_code"]]
    if row["aim"] and aims and not aim_typed(row["icb_code"], row["aim"]):
        yield Fault("aim", f"one of {', '.join(aims)}{perhaps(row['aim'], aims)}")


def _of_days(row: Row) -> Iterator[Fault]:
    completed, updated = row["completed_on"], row["last_update"]
    start, first, due = row["start_date"], row["due_original"], row["due_current"]
    yield from later_days(row, "last_update")
    if row["status"] == "complete" and completed is None:
        yield Fault("completed_on", "the day of completion, because the status is complete")
    if completed and row["status"] in OPEN:
        yield Fault("completed_on", f"nothing while the status is {row['status']}")
    if not not_after(completed, updated):
        yield Fault("completed_on", f"a day up to the last update, {day_words(updated)}")
    if not not_after(start, first):
        yield Fault("start_date", f"a day before the due date, {day_words(first)}")
    if not not_after(start, due):
        yield Fault("due_current", f"a day after the start, {day_words(start)}")
    if due and first and due != first and not row["reason"]:
        yield Fault("reason", "why the due date moved")
