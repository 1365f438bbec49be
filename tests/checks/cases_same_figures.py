"""An input that breaks the rule on figures that another table has, too, the verdict, and one that
keeps it."""

from assets.feeds.gp_appointments_annex1.testing import totals
from tests.checks.support_checks import Case, of_content
from tests.support import crosstab

FEED, COUNT = "gp_appointments_annex1", "appointments_appointments"


def beside(count: int) -> Case:
    """The verdicts on a practice's summary beside its crosstab, which counts ten."""
    return of_content(FEED, crosstab(), totals({COUNT: count}))


CASES = {"figures_agree": (beside(12), "warn", beside(10))}
