"""An input that breaks the rule of slot reports, the verdict, and one that keeps it."""

from assets.feeds.practice_slots.testing import slots
from tests.checks.support_checks import Case, brought, judged
from warehouse.base.home import Home

FEED, OCT = "practice_slots", "2025-10"


def report(again: int) -> Case:
    """A report of 50 rows, of which so many repeat an earlier one; and one added up by hand."""
    rows = [{"Row of report": n, "Repeated": int(n < again)} for n in range(50)]
    by_hand = {"Practice code": "C82002"}

    def run(home: Home):
        brought(home, slots(*rows, by_hand))
        return judged(home, FEED, OCT).results

    return run


CASES = {"slots_of_one_month": (report(2), "warn", report(1))}
