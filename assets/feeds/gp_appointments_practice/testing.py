"""Hand-made practice-level crosstabs for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, table

CROSSTAB: dict[str, object] = {
    "APPOINTMENT_MONTH_START_DATE": "01OCT2025",
    "GP_CODE": "C82001",
    "GP_NAME": "A SURGERY",
    "SUPPLIER": "TPP",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "HCP_TYPE": "GP",
    "APPT_MODE": "Face-to-Face",
    "NATIONAL_CATEGORY": "General Consultation Acute",
    "TIME_BETWEEN_BOOK_AND_APPT": "Same Day",
    "COUNT_OF_APPOINTMENTS": 10,
    "APPT_STATUS": "Attended",
}


def crosstab(*rows: Row, end: str = "\r\n") -> bytes:
    """Practice-level crosstab."""
    return table(CROSSTAB, rows, end=end)


build = crosstab
