"""Inputs that break and keep the rule of a plan's actions."""

from tests.checks.support_checks import Case, of

FEED, EVIDENCE = "slaip_actions", "Evidence"

CASES: dict[str, tuple[Case, str, Case]] = {
    "plan_actions_sound": (
        of(FEED, {EVIDENCE: "no_such_kpi up"}),
        "fail",
        of(FEED, {EVIDENCE: "appointments up; appointments_dna_share <= 0.05"}),
    ),
}
