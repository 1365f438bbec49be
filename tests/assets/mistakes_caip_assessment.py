"""What people get wrong in the assessments of the improvement payment."""

from tests.assets.mistakes import Mistakes, of_months

RETURNED, CODE, YEAR, AREA = "Month", "PCN code", "Financial year", "Area"
DECISION, DECIDED, BY, SHARE = "Decision", "Decided on", "Decided by", "Share approved"
DECLARED, REASON, PEOPLE, EACH = (
    *("Declared on", "Reason", "Adjusted population"),
    "Maximum per patient",
)
OPEN = {DECISION: "pending", DECIDED: "", BY: ""}

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"U{number:05d}"),
    rows=(
        *of_months(RETURNED),
        ({YEAR: "2024-25"}, None),
        ({YEAR: "2024"}, "two years, as 2024/25, not one"),
        ({YEAR: "2024/26"}, "two years that follow each other"),
        ({AREA: "Digital telephony"}, None),
        ({DECISION: "Approved in full"}, None),
        ({PEOPLE: "40,123.5"}, None),
        ({EACH: "£1.5"}, None),
        ({AREA: "Phones"}, "Area: found `Phones`, expected one of experience, ease"),
        ({DECISION: "maybe"}, "Decision: found `maybe`, expected one of pending"),
        ({DECLARED: "spring"}, "Declared on: found `spring`, expected a date"),
        ({DECIDED: "02/20/2025"}, "Decided on: found `02/20/2025`, expected a date, the day first"),
        ({CODE: "C82001"}, "PCN code: found `C82001`, expected an ODS code"),
        ({CODE: "Watermead network"}, "the ODS code, not the name"),
        ({PEOPLE: "40k"}, "for 12k, type 12000"),
        ({PEOPLE: "about 40000"}, "not an estimate or a limit"),
        ({EACH: "$1.5"}, "an amount in pounds"),
        ({YEAR: ""}, "Financial year: found nothing"),
        ({AREA: ""}, "Area: found nothing"),
        ({DECISION: ""}, "Decision: found nothing"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({YEAR: "2020/21"},), "caip_assessments_sound", "expected one of 2023/24, 2024/25"),
        (({AREA: "recording"},), "caip_assessments_sound", "one of 2024/25: telephony, online"),
        (({SHARE: "lots"},), "caip_assessments_sound", "a share from 0 to 1, such as 0.5 or 50%"),
        (({SHARE: "150%"},), "caip_assessments_sound", "Share approved: found `150%`"),
        (({BY: "Dr A. Patel"},), "caip_assessments_sound", "no person's name"),
        (({DECIDED: "2025-11-02"},), "caip_assessments_sound", "a day up to the end of the return"),
        (({BY: ""},), "caip_assessments_sound", "who decided and when, because the decision is"),
        (
            ({**OPEN, DECIDED: "2025-02-20"},),
            "caip_assessments_sound",
            "nothing while the decision is pending",
        ),
        (({DECLARED: ""},), "caip_assessments_sound", "the day of the declaration"),
        (({DECISION: "No"},), "caip_assessments_sound", "why, because the decision is not app"),
        (
            ({DECISION: "Part", REASON: "one practice"},),
            "caip_assessments_sound",
            "the share of the maximum that is approved",
        ),
        (
            ({YEAR: "2023/24", AREA: "ease"},),
            "caip_assessments_sound",
            "Share approved: found nothing, expected the share of the maximum",
        ),
    ),
)
