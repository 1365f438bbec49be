"""Business rule of decisions: what answers them exists."""

from __future__ import annotations

from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from checks.plan_rows import unsound_rows
from warehouse.plan.decisions_agreed import faults_of_decisions


def sound(view: EditionView) -> Evidence:
    """Find rows that are no decision."""
    return unsound_rows(view, "meeting_decisions_sound", "decisions", faults_of_decisions)


RULES = {"meeting_decisions_sound": Rule(sound)}
