"""An input that breaks the rule of deprivation scores, the verdict, and one that keeps it."""

from assets.feeds.deprivation.testing import build
from tests.checks.support_checks import Case, after

FEED, VERSION = "deprivation", "2025-01"


def scored(*scores: float) -> Case:
    """The verdicts on practices with these scores."""
    rows = [
        {"PRACTICE_CODE": f"C82{number:03}", "IMD_SCORE": score}
        for number, score in enumerate(scores)
    ]
    return after(VERSION, FEED, build(*rows))


CASES = {
    "scores_plausible": (scored(*range(1, 11)), "fail", scored(*range(20, 40))),
}
