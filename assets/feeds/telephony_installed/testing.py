"""Hand-made local returns of installed telephone systems for tests."""

from assets.feeds.testing import Row, table

INSTALLED: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Cloud telephony live": "Yes",
    "Go-live date": "2024-03-04",
    "Supplier": "A supplier",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(INSTALLED, rows)
