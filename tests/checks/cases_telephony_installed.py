"""Inputs that break and keep the rules of installed telephony."""

from tests.checks.support_checks import Case, of

FEED, LIVE, SINCE = "telephony_installed", "Cloud telephony live", "Go-live date"

CASES: dict[str, tuple[Case, str, Case]] = {
    "telephony_go_live": (
        of(FEED, {LIVE: "No", SINCE: "2025-09-30"}),
        "warn",
        of(FEED, {LIVE: "No", SINCE: "2025-10-01"}),
    ),
}
