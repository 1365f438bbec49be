"""What meetings agreed, for tests."""

from assets.feeds.testing import Row, table

DECISION: dict[str, object] = {
    "Month": "2025-10",
    "ICB code": "QK1",
    "Decision id": "D-1",
    "Meeting of": "A commission of a test",
    "Meeting date": "2025-09-16",
    "Agreed": "Missed appointments to be shared",
    "Status": "answered",
    "Answered by": "appointments_dna_share; kpi_monthly",
    "Answered since": "2025-10-01",
    "What is not published": "",
    "Why not": "",
    "Owner role": "Head of primary care analytics",
    "Source": "",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(DECISION, rows)
