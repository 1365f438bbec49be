"""Hand-made local returns of targets for tests."""

from assets.feeds.testing import Row, table

TARGET: dict[str, object] = {
    "Month": "2025-10",
    "ICB code": "QK1",
    "KPI": "appointments_dna_share",
    "Level": "icb",
    "Organisation code": "QK1",
    "From": "2025-04",
    "Until": "",
    "Target": "0.04",
    "Source": "The board's plan of a test",
    "Reference": "",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(TARGET, rows)
