"""Hand-made returns of funding for tests: a practice's row, unless others are given."""

from assets.feeds.testing import Row, table

PAID: dict[str, object] = {
    "Financial year": "2024/25",
    "Organisation code": "C82001",
    "Organisation name": "A SURGERY",
    "ICB code": "QK1",
    "Scheme": "Transition cover",
    "Amount": "13500.50",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row of a practice."""
    return table(PAID, rows)
