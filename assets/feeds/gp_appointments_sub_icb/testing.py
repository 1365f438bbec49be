"""Hand-made sub-ICB files ("Regional CSV"), of today and of the CCG era, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

REGIONAL: dict[str, object] = {
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_ONS_CODE": "E38000097",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester Leicestershire and Rutland ICB - 04C",
    "ICB_ONS_CODE": "E54000015",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "REGION_ONS_CODE": "E40000011",
    "REGION_NAME": "Midlands",
    "APPOINTMENT_MONTH": "OCT2025",
    "APPT_STATUS": "Attended",
    "HCP_TYPE": "GP",
    "APPT_MODE": "Face-to-Face",
    "TIME_BETWEEN_BOOK_AND_APPT": "Same Day",
    "COUNT_OF_APPOINTMENTS": 10,
}

REGIONAL_2021 = (
    "CCG_CODE", "CCG_ONS_CODE", "CCG_NAME", "STP_ONS", "STPNM", "REGION_ONS_CODE", "REGION_NAME",
    "Appointment_Month", "APPT_STATUS", "HCP_TYPE", "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT",
    "COUNT_OF_APPOINTMENTS",
)  # fmt: skip


def regional(*rows: Row, ccg_era: bool = False, end: str = "\r\n") -> bytes:
    """Sub-ICB file ("Regional CSV"); in the CCG era under the headings of 2021."""
    return table(REGIONAL, rows, REGIONAL_2021 if ccg_era else None, end)


build = regional
