"""Inputs that break and keep the rules of funding."""

from assets.feeds.funding.testing import build
from tests.checks.support_checks import Case, after

YEAR, FEED = "2025-03", "funding"

CASES: dict[str, tuple[Case, str, Case]] = {
    "funding_payee": (
        after(YEAR, FEED, build({}, {"Scheme": "CAIP"})),
        "warn",
        after(YEAR, FEED, build({}, {"Scheme": "Other"})),
    ),
}
