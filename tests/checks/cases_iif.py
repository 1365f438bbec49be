"""An input that breaks the rule of incentive indicators, the verdict, and one that keeps it."""

from assets.feeds.iif.testing import acc08, build
from tests.checks.support_checks import after

FEED, YEAR = "iif", "2024-03"
ROWS = [row for code in ("C82001", "C82002") for row in acc08(code, 800, 1000)]

CASES = {
    "iif_both_parts": (
        after(YEAR, FEED, build(*ROWS[:-1])),
        "fail",
        after(YEAR, FEED, build(*ROWS)),
    ),
}
