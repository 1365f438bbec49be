"""Hand-made tables of Annex 1, for tests: table 6."""

from __future__ import annotations

from assets.feeds.gp_appointments_annex1.testing import PLACE
from assets.feeds.testing import Row, table

STATUS: dict[str, object] = {
    **PLACE,
    "attended": 10,
    "dna": 0,
    "unknown": 0,
}


def rows_of(*rows: Row) -> bytes:
    """Table 6."""
    return table(STATUS, rows, end="\n")


build = rows_of
