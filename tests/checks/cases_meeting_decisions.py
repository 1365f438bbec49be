"""Inputs that break and keep the rule of what meetings agreed."""

from tests.checks.support_checks import Case, of

FEED, BY = "meeting_decisions", "Answered by"

CASES: dict[str, tuple[Case, str, Case]] = {
    "meeting_decisions_sound": (
        of(FEED, {BY: "no_such_table"}),
        "fail",
        of(FEED, {BY: "plan.plan_action; appointments"}),
    ),
}
