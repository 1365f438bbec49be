"""Inputs that break the rules of referrals since April, the verdicts, and ones that keep them."""

from assets.feeds.gp_pharmacy_referrals.testing import since_april
from tests.checks.support_checks import after

FEED = "gp_pharmacy_referrals"
APRIL, MAY = "30/04/2024", "31/05/2024"
SOUND = after(
    "2024-05", FEED, since_april(APRIL, C82001=100), since_april(MAY, C82001=150, C82002=30)
)

CASES = {
    "edition_before_at_hand": (
        after("2024-06", FEED, since_april(APRIL, C82001=1), since_april("30/06/2024", C82001=9)),
        "warn",
        SOUND,
    ),
    "cumulative_not_falling": (
        after("2024-05", FEED, since_april(APRIL, C82001=100), since_april(MAY, C82001=90)),
        "warn",
        SOUND,
    ),
    "referrals_told": (
        after("2024-05", FEED, since_april(MAY, C82001="*", C82002=3)),
        "warn",
        SOUND,
    ),
}
