"""Hand-made patient lists, of today and of the CCG era, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

LIST: dict[str, object] = {
    "PUBLICATION": "GP_PRAC_PAT_LIST",
    "EXTRACT_DATE": "2025-10-01",
    "TYPE": "GP",
    "SUB_ICB_LOCATION_CODE": "04C",
    "ONS_SUB_ICB_LOCATION_CODE": "E38000097",
    "CODE": "C82001",
    "POSTCODE": "LE1 1AA",
    "SEX": "ALL",
    "AGE": "ALL",
    "NUMBER_OF_PATIENTS": 1000,
}

LIST_2021 = (
    "PUBLICATION", "EXTRACT_DATE", "TYPE", "CCG_CODE", "ONS_CCG_CODE", "CODE", "POSTCODE", "SEX",
    "AGE", "NUMBER_OF_PATIENTS",
)  # fmt: skip


def patient_list(*rows: Row, ccg_era: bool = False, end: str = "\n") -> bytes:
    """Registered patients by practice; in the CCG era under the headings of 2021."""
    return table(LIST, rows, LIST_2021 if ccg_era else None, end)


build = patient_list
