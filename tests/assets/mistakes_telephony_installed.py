"""What people get wrong in the list of installed telephone systems."""

from tests.assets.mistakes import Mistakes, of_months, of_practices
from tests.assets.mistakes_pharmacy_first_referrals import LISTED

MONTH, CODE, LIVE, SINCE = "Month", "Practice code", "Cloud telephony live", "Go-live date"

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *of_months(MONTH),
        *of_practices(CODE),
        ({LIVE: "yes"}, None),
        ({LIVE: " Y "}, None),
        ({LIVE: "Partly"}, "expected one of Yes, No; choose one of these"),
        ({LIVE: ""}, "Cloud telephony live: found nothing"),
        ({LIVE: "#N/A"}, "Cloud telephony live: found `#N/A`"),
        ({SINCE: ""}, None),
        ({SINCE: "n/a"}, None),
        ({SINCE: "20/11/2023"}, None),
        ({SINCE: "20 November 2023"}, None),
        ({SINCE: "20-Nov-23"}, None),
        ({SINCE: "11/20/2023"}, "it is an American date"),
        ({SINCE: "45250"}, "a date, not a spreadsheet's number of a day"),
        ({SINCE: "Nov 2023"}, "a date with its day"),
        ({SINCE: "soon"}, "Go-live date: found `soon`, expected a date like"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (
            ({}, {CODE: "C82002", LIVE: "No", SINCE: "2023-11-20"}),
            "telephony_go_live",
            "row 3: C82002 is No, with go-live date 2023-11-20, before the month",
        ),
        (
            ({SINCE: "2025-10-31"}, {CODE: "C82002", SINCE: "2026-04-01"}),
            "telephony_go_live",
            "1 of 2 rows with a date differ; row 3: C82002 is Yes, with go-live date 2026-04-01, "
            "after the month",
        ),
        (({}, {CODE: "C82999"}), "practices_known", "row 3: C82999: on no patient list"),
        (({}, {CODE: "C82002"}), "practices_known", "row 3: C82002 is closed"),
    ),
    lists=LISTED,
)
