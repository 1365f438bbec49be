"""What people get wrong in the return of enhanced access."""

from tests.assets.mistakes import Mistakes, in_future, of_counts, of_months

MONTH, CODE, PLACE, NETWORK = "Month", "Provider code", "Sub-ICB code", "PCN code"
OFFERED, BOOKED, ATTENDED, MINUTES = (
    "Appointments offered",
    "Appointments booked",
    "Appointments attended",
    "Minutes offered",
)

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"A{number:03d}"),
    rows=(
        *of_months(MONTH),
        *of_counts(OFFERED),
        ({CODE: "abc"}, None),
        ({CODE: " AB1 2 "}, None),
        ({CODE: "A Care Provider Ltd"}, "the ODS code, not the name"),
        ({CODE: "2025-11"}, "a code, not a date"),
        ({CODE: ""}, "Provider code: found nothing"),
        ({CODE: "Total"}, "totals are calculated here"),
        ({PLACE: "04c"}, None),
        ({PLACE: "Leicester City"}, "Sub-ICB code: found `Leicester City`, expected the ODS code"),
        ({PLACE: ""}, "Sub-ICB code: found nothing"),
        ({PLACE: "E38000097"}, "Sub-ICB code: found `E38000097`, expected an ODS code"),
        ({NETWORK: "u12345"}, None),
        ({NETWORK: "n/a"}, None),
        ({NETWORK: "C82001"}, "PCN code: found `C82001`"),
        ({NETWORK: "Willows PCN"}, "PCN code: found `Willows PCN`"),
        ({ATTENDED: "n/a"}, None),
        ({ATTENDED: "65%"}, "Appointments attended: found `65%`"),
        ({MINUTES: ""}, None),
        ({MINUTES: "200 hours"}, "Minutes offered: found `200 hours`"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (
            ({OFFERED: 700, BOOKED: 720, ATTENDED: 600},),
            "part_within_total",
            "Appointments booked is above Appointments offered in row 2",
        ),
        (
            ({}, {CODE: "ABD", BOOKED: 500, ATTENDED: 510}),
            "part_within_total",
            "Appointments attended is above Appointments booked in row 3",
        ),
        (({}, {CODE: "ABD", PLACE: "QK1"}), "enhanced_access_places", "row 3: QK1"),
        (in_future("enhanced_access"), "month_in_window", "expected a month from 20"),
    ),
)
