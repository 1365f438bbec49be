"""Hand-made files of submissions via online consultation systems, for tests: the CSV files with a
row per figure, and workbooks with a column per figure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assets.feeds.testing import Row, table, workbook

LONG: dict[str, object] = {
    "MONTH": "01/10/2025",
    "GP_CODE": "C82001",
    "GP_NAME": "A SURGERY",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "REGION_CODE": "Y60",
    "REGION_NAME": "MIDLANDS",
    "SUPPLIER": "ACCURX LIMITED, TPP",
    "METRIC": "OC_TOTAL_SUBMISSIONS",
    "VALUE": 500,
}
WIDE: dict[str, object] = {
    "Month [1]": date(2025, 10, 1),
    "GP Code": "C82001",
    "GP Name": "A SURGERY",
    "PCN Code [2, 3]": "U12345",
    "PCN Name [3]": "A PCN",
    "Sub ICB Code": "04C",
    "Sub ICB Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "ICB Code": "QK1",
    "ICB Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "Region Code": "Y60",
    "Region Name": "MIDLANDS",
    "Supplier [4, 5, 6]": "ACCURX LIMITED, TPP",
    "Submissions [7]": 500,
    "Clinical Submissions [7]": 300,
    "Administrative Submissions [7]": 150,
    "Other/Unknown Type Submissions [7]": 50,
    "Registered Patient Count [8]": 8000,
    "Rate per 1,000 Registered Patients [9, 10]": 62.5,
    "Participation [11]": 1,
}
METRICS = {
    "OC_TOTAL_SUBMISSIONS": 500,
    "OC_SUBMISSION_TYPE_CLINICAL": 300,
    "OC_SUBMISSION_TYPE_ADMIN": 150,
    "OC_SUBMISSION_TYPE_OTHER": 50,
    "OC_PARTICIPATION": 1,
    "OC_CAPABILITY": 1,
    "OC_SYSTEM_USAGE": 1,
    "PATIENTS_REGISTERED": 8000,
    "OC_RATE_PER_1000_REGISTERED_PATIENTS": 62.5,
}
NOTHING = {
    "Supplier [4, 5, 6]": "No Data",
    "Submissions [7]": 0,
    "Clinical Submissions [7]": 0,
    "Administrative Submissions [7]": 0,
    "Other/Unknown Type Submissions [7]": 0,
    "Rate per 1,000 Registered Patients [9, 10]": 0,
}
NOTES = (
    ("Source: NHS England",),
    ("Notes:",),
    ("", "10   Rates cannot be aggregated if summarising these figures"),
    ("", "Copyright \N{COPYRIGHT SIGN} 2025 NHS England"),
)


def submissions_csv(*rows: Row) -> bytes:
    """A file of the CSV era, a row per figure."""
    return table(LONG, rows)


def metrics(row: Row | None = None, **values: object) -> list[dict[str, object]]:
    """All rows of a practice and month; `values`: metric -> value, where it differs."""
    told = {**METRICS, **values}
    return [{**(row or {}), "METRIC": metric, "VALUE": value} for metric, value in told.items()]


def submissions_workbook(
    *rows: Row,
    national: Iterable[Iterable[object]] = (),
    lacking: str = "",
    stated: object = "Publication date: 27 November 2025",
) -> bytes:
    """A monthly workbook: titles above, notes below, the table of practices in `Table 2`.
    `national`: the rows of `Table 1`; `lacking`: a heading to leave out."""
    given = [WIDE | dict(row) for row in list(rows) or [{}]]
    headings = [heading for heading in WIDE if heading != lacking]
    blank = [[""]] * 7
    return workbook(
        {
            "Title sheet": [*blank, ["Submissions via Online Consultation Systems"], [stated]],
            "Data Quality": [["Return to Contents"], ["Data Quality"]],
            "Table 1": [*blank, ["Return to Contents"], ["_"], ["Table 1: Summary"], *national],
            "Table 2": [
                *blank,
                ["Return to Contents"],
                ["_"],
                ["Table 2: Submissions received by practices"],
                [""],
                headings,
                *([row[heading] for heading in headings] for row in given),
                *NOTES,
            ],
            "Table 3": [*blank, ["Day", "00:00 - 05:59", "Unknown"], ["Monday", 1.25, 0]],
        }
    )


build = submissions_csv
