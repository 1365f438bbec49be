"""Hand-made rows of England's table of online consultations, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

ENGLAND: dict[str, object] = {
    "Online consultations country": "E92000001",
    "Online consultations month": "2025-10-01",
    "Online consultations figure": "Clinical submissions",
    "Online consultations value": 5_000_000,
}


def england_csv(*rows: Row) -> bytes:
    """The rows of the national table, one per month and figure."""
    return table(ENGLAND, rows)


build = england_csv
