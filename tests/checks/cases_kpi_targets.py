"""Inputs that break and keep the rule of targets of a local return."""

from tests.checks.support_checks import Case, of

FEED, TARGET = "kpi_targets", "Target"

CASES: dict[str, tuple[Case, str, Case]] = {
    "targets_sound": (of(FEED, {TARGET: "90"}), "fail", of(FEED, {TARGET: "90%"})),
}
