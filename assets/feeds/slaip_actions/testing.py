"""Trackers of a plan, for tests."""

from assets.feeds.testing import Row, table

ACTION: dict[str, object] = {
    "Month": "2025-10",
    "ICB code": "QK1",
    "Action id": "A-1",
    "Title": "Fewer missed appointments",
    "Audience": "practice",
    "Area": "modern_access",
    "Commitment": "6",
    "Aim": "tackle_8am_rush",
    "Source document": "The plan of a test",
    "Clause": "ICB-8",
    "Checklist version": "2023-06",
    "Scope level": "icb",
    "Scope code": "QK1",
    "Owner role": "Head of primary care",
    "Start": "2025-04-01",
    "Original due date": "2025-12-31",
    "Current due date": "",
    "Completed on": "",
    "Status": "in progress",
    "Rating": "green",
    "Evidence": "appointments_dna_share <= 5%",
    "Last update": "2025-10-14",
    "Updated by": "Plan manager",
    "Reason for change": "",
    "Evidence documents": "",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(ACTION, rows)
