"""Hand-made tables of Annex 1, for tests: table 5."""

from __future__ import annotations

from assets.feeds.gp_appointments_annex1.testing import PLACE
from assets.feeds.testing import Row, table

STAFF: dict[str, object] = {
    **PLACE,
    "gp": 10,
    "other_practice_staff_other_practice_staff": 0,
    "unknown": 0,
}


def rows_of(*rows: Row) -> bytes:
    """Table 5."""
    return table(STAFF, rows, end="\n")


build = rows_of
