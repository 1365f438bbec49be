"""Business rule of a plan's actions: each is one of its plan, and what it refers to exists."""

from __future__ import annotations

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from warehouse.plan.action_faults import faults_of_actions
from warehouse.readers.raw_rows import SOURCE_ROW


def sound(view: EditionView) -> Evidence:
    """Find rows that are no action, each with its heading, what was found and what is allowed."""
    rows = view.scan_tidy().collect().sort(SOURCE_ROW).to_dicts()
    found = []
    for row, fault in faults_of_actions(rows):
        heading, value = view.contract.columns[fault.column].published[0], row[fault.column]
        told = "nothing" if value is None else f"`{value}`"
        found.append(f"row {row[SOURCE_ROW]}: {heading}: found {told}, expected {fault.expected}")
    return offences(
        "plan_actions_sound",
        found,
        expected="actions as docs/plan-guide.md describes them",
        observed=f"{len(found):,} faults in {len(rows):,} actions",
        total=len(rows),
        message=f"{listed(found, mark='; ')}. Correct the rows, and import the return again",
    )


RULES = {"plan_actions_sound": Rule(sound)}
