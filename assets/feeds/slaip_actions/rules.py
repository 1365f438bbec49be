"""Business rule of a plan's actions: each is one of its plan, and what it refers to exists."""

from __future__ import annotations

from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from checks.plan_rows import faulty_rows
from warehouse.plan.action_faults import faults_of_actions


def sound(view: EditionView) -> Evidence:
    """Find rows that are no action."""
    return faulty_rows(view, "plan_actions_sound", "actions", faults_of_actions)


RULES = {"plan_actions_sound": Rule(sound)}
