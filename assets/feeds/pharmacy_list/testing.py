"""Hand-made pharmaceutical lists for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import BOM, Row, table

BOARD: dict[str, object] = {
    "PHARMACY_ODS_CODE_(F-CODE)": "FA001",
    "HEALTH_AND_WELLBEING_BOARD": "LEICESTER CITY",
    "PHARMACY_TRADING_NAME": "A PHARMACY",
    "ORGANISATION_NAME": "A PHARMACY LTD",
    "ADDRESS_FIELD1": "1 SECRET STREET",
    "POST_CODE": "LE1 1AA",
    "PHARMACY_OPENING_HOURS_MONDAY": "09:00-13:00,14:00-17:30",
    "MON_TOTAL": 7.5,
    "WEEKLY_TOTAL": 37.5,
    "CONTRACT_TYPE": "Community",
}


def pharmacy_list(*rows: Row) -> bytes:
    """Consolidated pharmaceutical list, which carries no month."""
    return BOM + table(BOARD, rows)


build = pharmacy_list
