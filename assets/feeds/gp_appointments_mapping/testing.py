"""Hand-made Mapping.csv files for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, table

MAPPING: dict[str, object] = {
    "GP_CODE": "C82001",
    "GP_NAME": "A SURGERY",
    "SUPPLIER": "TPP",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "REGION_CODE": "Y60",
    "REGION_NAME": "Midlands",
}


def mapping(*rows: Row, end: str = "\r\n") -> bytes:
    """Mapping.csv, which carries no month."""
    return table(MAPPING, rows, end=end)


build = mapping
