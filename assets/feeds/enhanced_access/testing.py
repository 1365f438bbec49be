"""Hand-made returns of enhanced access for tests."""

from assets.feeds.testing import Row, table

OFFERED: dict[str, object] = {
    "Month": "2025-10",
    "Provider code": "ABC",
    "Provider name": "A PROVIDER",
    "Sub-ICB code": "04C",
    "PCN code": "",
    "Appointments offered": 1000,
    "Appointments booked": 720,
    "Appointments attended": 650,
    "Minutes offered": 12000,
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row."""
    return table(OFFERED, rows)
