"""What people get wrong in the export of NHS App use by practice."""

from tests.assets.mistakes import Mistakes, as_csv, in_future, of_counts, of_months, of_practices
from tests.assets.mistakes_pharmacy_first_referrals import LISTED

FEED = "nhs_app_practice"
MONTH, CODE, ELIGIBLE, ACCOUNTS, LOGINS, ORDERS, ORDERING = (
    "Month",
    "Practice code",
    "Patients aged 13 and over",
    "Registered users 13+",
    "Log-ins",
    "Repeat prescription orders",
    "Ordering users",
)


def _renamed(rows: list[list[str]], **names: str) -> bytes:
    """The rows under the headings of another layout of the dashboard."""
    return as_csv([[names.get(h.replace(" ", "_"), h) for h in rows[0]], *rows[1:]])


MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *of_months(MONTH),
        *of_practices(CODE),
        *of_counts(ACCOUNTS),
        ({ELIGIBLE: "n/a"}, None),
        ({ELIGIBLE: ""}, None),
        ({ORDERS: "-"}, None),
        ({ELIGIBLE: "61.2%"}, "Patients aged 13 and over: found `61.2%`, expected a number, not a"),
        ({ORDERING: "about 80"}, "Ordering users: found `about 80`, expected the number itself"),
        ({LOGINS: ""}, "Log-ins: found nothing, expected a value"),
        ({LOGINS: "1.2k"}, "Log-ins: found `1.2k`, expected a number without words or units"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (
            ({ELIGIBLE: 400, ACCOUNTS: 500},),
            "part_within_total",
            "Registered users 13+ is above Patients aged 13 and over",
        ),
        (
            ({ACCOUNTS: 60, ORDERING: 80},),
            "part_within_total",
            "Ordering users is above Registered users 13+",
        ),
        (({}, {CODE: "C82999"}), "practices_known", "row 3: C82999: on no patient list"),
        (({}, {CODE: "C82002"}), "practices_known", "row 3: C82002 is closed"),
        (in_future(FEED), "month_in_window", "2040"),
    ),
    files=(
        (
            lambda rows: _renamed(
                rows,
                Practice_code="Practice ODS Code",
                Month="Reporting Month",
                **{"Registered_users_13+": "NHS App registered users", "Log-ins": "Total logins"},
            ),
            None,
        ),
        # A percentage beside the count is not read.
        (lambda rows: as_csv([[*rows[0], "% of patients aged 13+"], [*rows[1], "62.5"]]), None),
        (
            lambda rows: _renamed(rows, **{"Registered_users_13+": "% registered users 13+"}),
            "the column is missing: `Registered users 13+`",
        ),
    ),
    lists=LISTED,
)
