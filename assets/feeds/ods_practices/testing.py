"""Hand-made epraccur files for tests, without headings: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, unheaded

PRACTICE: dict[str, object] = {
    "Organisation Code": "C82001",
    "Name": "A SURGERY",
    "National Grouping": "Y60",
    "High Level Health Geography": "QK1",
    **{f"Address {n}": "A ROAD" for n in range(1, 6)},
    "Postcode": "LE1 1AA",
    "Open Date": "19740401",
    "Close Date": "",
    "Status Code": "A",
    "Sub-type": "B",
    "Commissioner": "04C",
    "Join Provider/Purchaser Date": "20130401",
    "Left Provider/Purchaser Date": "",
    "Telephone": "0116 0000000",
    **{f"Null {n}": "" for n in range(1, 4)},
    "Amended": "0",
    "Null 4": "",
    "Current Care Organisation": "04C",
    "Null 5": "",
    "Prescribing Setting": "4",
    "Null 6": "",
}


def practices(*rows: Row) -> bytes:
    """A file as the publisher writes it: every field in quotes, lines ended by a line feed."""
    return unheaded(PRACTICE, rows)


build = practices
