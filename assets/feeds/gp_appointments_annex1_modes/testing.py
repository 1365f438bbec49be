"""Hand-made tables of Annex 1, for tests: table 4."""

from __future__ import annotations

from assets.feeds.gp_appointments_annex1.testing import PLACE
from assets.feeds.testing import Row, table

MODES: dict[str, object] = {
    **PLACE,
    "face_to_face_face_to_face": 10,
    "home_visit": 0,
    "telephone": 0,
    "video_online_video_conference_online": 0,
    "unknown": 0,
}


def rows_of(*rows: Row) -> bytes:
    """Table 4."""
    return table(MODES, rows, end="\n")


build = rows_of
