"""Business rules of a plan's actions: each is one of its plan, what it refers to exists, its rating
rests on something, and it is kept up to date."""

from __future__ import annotations

from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from checks.plan_rows import faulty_rows, unsound_rows
from warehouse.plan.action_faults import faults_of_actions, long_unchanged, without_reason


def sound(view: EditionView) -> Evidence:
    """Find rows that are no action."""
    return unsound_rows(view, "plan_actions_sound", "actions", faults_of_actions)


def reasoned(view: EditionView) -> Evidence:
    """Find ratings that rest on nothing."""
    return faulty_rows(view, "plan_ratings_reasoned", "actions", without_reason)


def updated(view: EditionView) -> Evidence:
    """Find open actions that were not updated within a board cycle."""
    rule = "plan_actions_updated"
    months = int(view.check(rule).limit)
    return faulty_rows(view, rule, "actions", lambda rows: long_unchanged(rows, months))


RULES = {
    "plan_actions_sound": Rule(sound),
    "plan_ratings_reasoned": Rule(reasoned),
    "plan_actions_updated": Rule(updated),
}
