"""Inputs that break and keep the rules of a plan's actions."""

from tests.checks.support_checks import Case, of

FEED, EVIDENCE = "slaip_actions", "Evidence"

CASES: dict[str, tuple[Case, str, Case]] = {
    "plan_actions_sound": (
        of(FEED, {EVIDENCE: "no_such_kpi up"}),
        "fail",
        of(FEED, {EVIDENCE: "appointments up; appointments_dna_share <= 0.05"}),
    ),
    "plan_ratings_reasoned": (
        of(FEED, {EVIDENCE: ""}),
        "warn",
        of(FEED, {EVIDENCE: "", "Reason for change": "The supplier says so"}),
    ),
    "plan_actions_updated": (
        of(FEED, {"Last update": "2025-07-31"}),
        "warn",
        of(FEED, {"Last update": "2025-08-01"}),
    ),
}
