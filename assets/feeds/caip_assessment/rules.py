"""Business rule of assessments: each is of an area of its year, and its decision is whole."""

from __future__ import annotations

from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from checks.plan_rows import unsound_rows
from warehouse.plan.assessment_faults import faults_of_assessments


def sound(view: EditionView) -> Evidence:
    """Find rows that are no assessment."""
    return unsound_rows(view, "caip_assessments_sound", "assessments", faults_of_assessments)


RULES = {"caip_assessments_sound": Rule(sound)}
