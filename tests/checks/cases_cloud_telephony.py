"""An input that breaks each rule of cloud based telephony, the verdict, and one that keeps it."""

from collections.abc import Sequence

from assets.feeds.cloud_telephony.testing import ANSWERED, COPYRIGHT, telephony_workbook
from assets.feeds.cloud_telephony_england.testing import national
from tests.checks.support_checks import Case, of_content

FEED = "cloud_telephony"
LENGTHS = ("1 minute or less", "1 to 2 minutes", "2 to 5 minutes", "over 5 minutes")


def table_1(moved: bool = False, **times: float) -> list[Sequence[object]]:
    """Table 1, with lengths of calls; `moved`: the labels of percentages one row down."""
    counts = [["", f"Duration of {one}", 100, 100, 100] for one in LENGTHS]
    names = [f"Percentage of calls with a duration of {one}" for one in LENGTHS]
    shares = [["", name, 0.25, 0.25, 0.25] for name in names]
    if moved:
        labels = ["", *names]
        shares = [
            ["", label, *([0.25] * 3 if label != names[-1] else [""] * 3)] for label in labels
        ]
    return [*national(**times), *counts, *shares]


def book(*rows: dict[str, object], moved: bool = False, **times: float) -> Case:
    return of_content(FEED, telephony_workbook(*rows, national=table_1(moved, **times)))


SOUND = book()

CASES = {
    "calls_assigned": (book(Total=1.2), "warn", SOUND),
    "months_overwritten": (
        book({}, {"GP Practice \n(ODS_CODE)": "M83616", "Month [1]": COPYRIGHT}),
        "warn",
        SOUND,
    ),
    "outcomes_add_up": (book({ANSWERED: 601}), "warn", SOUND),
    "call_backs_agree": (book({"Call back made": 49}), "warn", SOUND),
    "percentages_in_place": (book(moved=True), "warn", SOUND),
}
