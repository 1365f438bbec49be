"""What people get wrong in the tracker of a plan."""

from tests.assets.mistakes import Mistakes, of_months

RETURNED, CODE, AUDIENCE, AREA, STATUS = "Month", "Action id", "Audience", "Area", "Status"
COMMITMENT, CHECKLIST, LEVEL, SCOPE = "Commitment", "Checklist version", "Scope level", "Scope code"
START, DUE, MOVED, DONE, UPDATED = (
    *("Start", "Original due date", "Current due date"),
    *("Completed on", "Last update"),
)
RATING, EVIDENCE, OWNER, REASON = "Rating", "Evidence", "Owner role", "Reason for change"

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"B-{number}"),
    rows=(
        *of_months(RETURNED),
        ({AUDIENCE: "Networks"}, None),
        ({AREA: "Empower patients"}, None),
        ({STATUS: "Underway"}, None),
        ({RATING: "g"}, None),
        ({CHECKLIST: "Autumn 2023"}, None),
        *(({DUE: day}, None) for day in ("31/12/2025", "31 Dec 2025", "31-Dec-25", "31.12.2025")),
        *(({DUE: day}, None) for day in ("30 Sept 2026", "30th Sept. 2026", "30-Sept-26")),
        ({RETURNED: "Sept 2025"}, None),
        ({SCOPE: "qk1"}, None),
        ({DUE: "12/31/2025"}, "Original due date: found `12/31/2025`, expected a date, the day"),
        *(
            ({DUE: day}, f"Original due date: found `{day}`, expected a date with its year; type")
            for day in ("30 Sept", "30/9", "30th September")
        ),
        ({DUE: "Dec 2025"}, "found `Dec 2025`, expected a date with its day"),
        ({DUE: "end of the year"}, "found `end of the year`, expected a date like 2025-11-30"),
        ({DUE: "46022"}, "not a spreadsheet's number of a day"),
        ({DUE: ""}, "Original due date: found nothing"),
        ({UPDATED: ""}, "Last update: found nothing"),
        ({AUDIENCE: "everyone"}, "Audience: found `everyone`, expected one of ICB, PCN"),
        ({AUDIENCE: "practise"}, "one of ICB, PCN, practice, NHSE, trust (practice?); choose one"),
        ({AREA: "Telephony"}, "Area: found `Telephony`, expected one of empower_patients"),
        ({COMMITMENT: "15"}, "Commitment: found `15`, expected one of 1, 2"),
        ({STATUS: "Overdue"}, "Status: found `Overdue`, expected one of not started"),
        ({RATING: "yellow"}, "Rating: found `yellow`, expected one of blue, green"),
        ({LEVEL: "ward"}, "Scope level: found `ward`, expected one of practice"),
        ({SCOPE: "Leicester City"}, "Scope code: found `Leicester City`, expected the ODS code"),
        ({CHECKLIST: "2019-01"}, "Checklist version: found `2019-01`"),
        ({"Title": ""}, "Title: found nothing"),
        (
            {STATUS: "??", RATING: "pink", DUE: "soon"},
            "Rating: found `pink`, expected one of blue, green, amber, red; choose one of these",
        ),
        ({OWNER: ""}, "Owner role: found nothing"),
        ({"Updated by": ""}, "Updated by: found nothing"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({}, {CODE: "a - 1"}), "plan_actions_sound", "expected each action once in a return"),
        (({CODE: "telephony"},), "plan_actions_sound", "Action id: found `telephony`, expected an"),
        (({OWNER: "Dr A. Patel"},), "plan_actions_sound", "expected a role, such as Head of"),
        (
            ({OWNER: "Jane Smith", STATUS: "??", START: "2026-01-01"},),
            "plan_actions_sound",
            "row 2: Owner role: found a text that is no known role, expected a role, such as Head "
            "of primary care, and no person's name; if it is a role, add its words to `role_words` "
            "in settings.yaml, and Start: found `2026-01-01`, expected a day before the due date",
        ),
        (({OWNER: "TBC"},), "plan_actions_sound", "Owner role: found `TBC`, expected a role, such"),
        (({}, {CODE: "A-2", OWNER: ""}), "value_present", "row 3 of return.csv: Owner role: found"),
        (({}, {CODE: "A-2", STATUS: "?"}), "label_known", "Status: found `?`, expected one of"),
        (
            ({START: "2025-06-01", MOVED: "2025-05-31", REASON: "sooner"},),
            "plan_actions_sound",
            "a day after the start, 1 Jun 2025",
        ),
        (({COMMITMENT: "12"},), "plan_actions_sound", "one of area modern_access; this one is of"),
        (({"Aim": "be better"},), "plan_actions_sound", "expected one of tackle_8am_rush, cont"),
        (({"Aim": "tackle 8am rushes"},), "plan_actions_sound", "bureaucracy (tackle_8am_rush?)"),
        (
            ({OWNER: "Mixed"},),
            "plan_actions_sound",
            "expected a role, such as Head of primary care",
        ),
        (({LEVEL: "pcn"},), "plan_actions_sound", "the code of an organisation of level pcn"),
        (({LEVEL: "place", SCOPE: "O4C"},), "plan_actions_sound", "of level sub_icb (04C?)"),
        (({SCOPE: "QZZ"},), "plan_actions_sound", "the code of an organisation of level icb"),
        (({UPDATED: "2025-11-02"},), "plan_actions_sound", "a day up to the end of the return's"),
        (({STATUS: "complete"},), "plan_actions_sound", "Completed on: found nothing, expected"),
        (({DONE: "2025-10-01"},), "plan_actions_sound", "nothing while the status is in progress"),
        (
            ({STATUS: "complete", DONE: "2025-10-20"},),
            "plan_actions_sound",
            "a day up to the last update, 14 Oct 2025",
        ),
        (({START: "2026-01-01"},), "plan_actions_sound", "a day before the due date, 31 Dec 2025"),
        (({MOVED: "2026-03-31"},), "plan_actions_sound", "expected why the due date moved"),
        (({EVIDENCE: "apointments >= 1"},), "plan_actions_sound", "(appointments"),
        (({EVIDENCE: "appointments: more"},), "plan_actions_sound", "each as `kpi_id up`"),
        (({EVIDENCE: "appointments"},), "plan_actions_sound", "neither is better by itself"),
        (
            ({EVIDENCE: "appointments_dna_share <= 5"},),
            "plan_actions_sound",
            "a share from 0 to 1, or a percentage",
        ),
        (
            ({EVIDENCE: "appointments >= 90%"},),
            "plan_actions_sound",
            "a number in events, not a percentage",
        ),
        (
            ({EVIDENCE: "nhs_app_logins up", LEVEL: "practice", SCOPE: "C82001"},),
            "plan_actions_sound",
            "a KPI with figures of the action's scope level, practice; nhs_app_logins has",
        ),
        (({EVIDENCE: "appointments >= 1,23"},), "plan_actions_sound", "a number after appoint"),
    ),
)
