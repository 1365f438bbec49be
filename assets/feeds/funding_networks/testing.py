"""Hand-made returns of funding for tests: a network's row, unless others are given."""

from assets.feeds.funding.testing import PAID
from assets.feeds.testing import Row, table

TO_NETWORK: dict[str, object] = {
    **PAID,
    "Organisation code": "U12345",
    "Organisation name": "A NETWORK",
    "Scheme": "Capacity and Access Improvement Payment",
}


def build(*rows: Row) -> bytes:
    """A return of these rows, or of one valid row of a network."""
    return table(TO_NETWORK, rows)
