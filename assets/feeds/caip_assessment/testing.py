"""Assessments of the improvement payment, for tests."""

from assets.feeds.testing import Row, table

ASSESSMENT: dict[str, object] = {
    "Month": "2025-10",
    "ICB code": "QK1",
    "Financial year": "2024/25",
    "PCN code": "U63948",
    "Area": "telephony",
    "Declared on": "2025-02-03",
    "Declared by": "Clinical director",
    "Decision": "approved",
    "Decided on": "2025-02-20",
    "Decided by": "Strategic commissioning group",
    "Share approved": "",
    "Reason": "",
    "Evidence documents": "",
    "Maximum per patient": "1.5",
    "Adjusted population": "40000",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(ASSESSMENT, rows)
