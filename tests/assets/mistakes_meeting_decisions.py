"""What people get wrong in the return of what meetings agreed."""

from tests.assets.mistakes import Mistakes, of_months

RETURNED, CODE, BODY, MET = "Month", "Decision id", "Meeting of", "Meeting date"
STATUS, BY, SINCE, LACKS, OWNER = (
    *("Status", "Answered by", "Answered since"),
    *("What is not published", "Owner role"),
)
OPEN = {STATUS: "open", SINCE: ""}

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"E-{number}"),
    rows=(
        *of_months(RETURNED),
        ({STATUS: "Partly"}, None),
        ({MET: "16 September 2025"}, None),
        ({STATUS: "soon"}, "Status: found `soon`, expected one of open, answered"),
        ({MET: "09/16/2025"}, "a date, the day first"),
        ({MET: "September"}, "Meeting date: found `September`, expected a date like"),
        ({MET: "2025"}, "Meeting date: found `2025`, expected a date with its day"),
        ({SINCE: "45931"}, "not a spreadsheet's number of a day"),
        ({BODY: ""}, "Meeting of: found nothing"),
        ({"Agreed": ""}, "Agreed: found nothing"),
        ({STATUS: ""}, "Status: found nothing"),
        ({OWNER: ""}, "Owner role: found nothing"),
        ({"ICB code": "04C"}, "an ICB's code, such as QK1, not that of a sub-ICB"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({}, {CODE: "d - 1"}), "meeting_decisions_sound", "each decision once in a return"),
        (({BY: "kpi_monthlies"},), "meeting_decisions_sound", "no `kpi_monthlies` (kpi_monthly"),
        (({BY: ""},), "meeting_decisions_sound", "what answers it, because the status is answered"),
        (({SINCE: ""},), "meeting_decisions_sound", "since when, because the status is answered"),
        (({**OPEN, SINCE: "2025-10-01"},), "meeting_decisions_sound", "nothing while it is open"),
        (({MET: "2025-11-02"},), "meeting_decisions_sound", "a day up to the end of the return"),
        (({LACKS: "By ward"},), "meeting_decisions_sound", "expected why that is not published"),
        (({OWNER: "Mr A. Patel"},), "meeting_decisions_sound", "a role, such as Head of primary"),
    ),
)
