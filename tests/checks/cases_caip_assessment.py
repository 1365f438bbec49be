"""Inputs that break and keep the rule of assessments of the improvement payment."""

from tests.checks.support_checks import Case, of

FEED, AREA = "caip_assessment", "Area"

CASES: dict[str, tuple[Case, str, Case]] = {
    "caip_assessments_sound": (of(FEED, {AREA: "recording"}), "fail", of(FEED, {AREA: "online"})),
}
