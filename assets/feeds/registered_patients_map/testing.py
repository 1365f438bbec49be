"""Hand-made maps of practices for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, table

LIST_MAP: dict[str, object] = {
    "PUBLICATION": "GP_PRAC_PAT_LIST",
    "EXTRACT_DATE": "01Oct2025",
    "PRACTICE_CODE": "C82001",
    "PRACTICE_NAME": "A SURGERY",
    "PRACTICE_POSTCODE": "LE1 1AA",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "ONS_SUB_ICB_LOCATION_CODE": "E38000097",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ONS_ICB_CODE": "E54000015",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "ONS_COMM_REGION_CODE": "E40000011",
    "COMM_REGION_CODE": "Y60",
    "COMM_REGION_NAME": "Midlands",
    "SUPPLIER_NAME": "TPP",
}


def list_map(*rows: Row, end: str = "\r\n") -> bytes:
    """Map of practices on the patient lists."""
    return table(LIST_MAP, rows, end=end)


build = list_map
