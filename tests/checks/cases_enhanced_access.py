"""Inputs that break and keep the rules of enhanced access."""

from tests.checks.support_checks import Case, of

CASES: dict[str, tuple[Case, str, Case]] = {
    "enhanced_access_places": (
        of("enhanced_access", {"Sub-ICB code": "QK1"}),
        "warn",
        of("enhanced_access", {}),
    ),
}
