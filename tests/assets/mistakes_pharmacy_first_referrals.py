"""What people get wrong in the return of referrals to Pharmacy First."""

from tests.assets.mistakes import Mistakes, of_counts, of_months, of_practices
from tests.support import patient_list

MONTH, CODE, CHANNEL, SENT, ACCEPTED, DONE = (
    "Month",
    "Practice code",
    "Referring channel",
    "Referrals sent",
    "Referrals accepted",
    "Referrals completed",
)
BIRMINGHAM = {"CODE": "Y00001", "SUB_ICB_LOCATION_CODE": "15E"}
MARCH, OCTOBER = {"EXTRACT_DATE": "2025-03-01"}, {"EXTRACT_DATE": "2025-10-01"}
CITY = {"CODE": "C82001"}
LISTED = (  # C82002 has closed between the two lists
    patient_list({**CITY, **MARCH}, {"CODE": "C82002", **MARCH}, {**BIRMINGHAM, **MARCH}),
    patient_list({**CITY, **OCTOBER}, {**BIRMINGHAM, **OCTOBER}),
)

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *of_months(MONTH),
        *of_practices(CODE),
        *of_counts(SENT),
        ({DONE: "n/a"}, None),
        ({DONE: "-"}, None),
        ({CHANNEL: ""}, "Referring channel: found nothing"),
        ({CHANNEL: "Sub-total"}, "Referring channel: found `Sub-total`"),
        ({MONTH: "C82001", CODE: "2025-10"}, "a month, not a code"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (
            ({SENT: 10, DONE: 12},),
            "part_within_total",
            "Referrals completed is above Referrals sent",
        ),
        (
            ({SENT: 12, ACCEPTED: 14, DONE: 11},),
            "part_within_total",
            "Referrals accepted is above Referrals sent in row 2",
        ),
        (({}, {CODE: "C82999"}), "practices_known", "row 3: C82999: on no patient list"),
        (({}, {CODE: "C82002"}), "practices_known", "row 3: C82002 is closed"),
        (
            ({}, {MONTH: "2025-09"}, {CODE: "Y00001"}),
            "practices_known",
            "row 4: Y00001 is of QHL, while most rows are of QK1",
        ),
    ),
    lists=LISTED,
)
