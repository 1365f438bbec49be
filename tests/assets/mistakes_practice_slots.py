"""What people get wrong when a practice adds its slots up itself."""

from tests.assets.mistakes import Mistakes, in_future, of_counts, of_months, of_practices
from tests.assets.mistakes_pharmacy_first_referrals import LISTED

FEED = "practice_slots"
MONTH, CODE, SLOTS, UNUSED, USED = (
    "Month",
    "Practice code",
    "Total Slots",
    "Unused Slots",
    "Used Slots",
)

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *of_months(MONTH),
        *of_practices(CODE),
        *of_counts(SLOTS),
        ({UNUSED: "10%"}, "Unused Slots: found `10%`, expected a number, not a percentage"),
        ({UNUSED: ""}, "Unused Slots: found nothing, expected a value"),
        ({USED: "#REF!"}, "Used Slots: found `#REF!`"),
        ({USED: "-5"}, "Used Slots: found `-5`, expected zero or more"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({UNUSED: 300},), "part_within_total", "Unused Slots is above Total Slots"),
        (({}, {CODE: "C82999"}), "practices_known", "row 3: C82999: on no patient list"),
        (({}, {CODE: "C82002"}), "practices_known", "row 3: C82002 is closed"),
        (in_future(FEED), "month_in_window", "2040"),
    ),
    lists=LISTED,
)
