"""Hand-made tables of Annex 1, for tests: table 2a."""

from __future__ import annotations

from assets.feeds.gp_appointments_annex1.testing import PLACE
from assets.feeds.testing import Row, table

INTERVALS: dict[str, object] = {
    **PLACE,
    "same_day": 10,
    "col_1_day": 0,
    "col_2_to_7_days": 0,
    "col_8_to_14_days": 0,
    "col_15_to_21_days": 0,
    "col_22_to_28_days": 0,
    "more_than_28_days_more_than_28_days": 0,
    "unknown_data_quality": 0,
}


def rows_of(*rows: Row) -> bytes:
    """Table 2a."""
    return table(INTERVALS, rows, end="\n")


build = rows_of
