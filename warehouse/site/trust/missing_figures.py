"""Which figures have no value, and why: how many there are of each reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.base.text import and_list
from warehouse.reference.levels import all_of
from warehouse.site.site_page import PageTable
from warehouse.statistics.sentences import ABSENT, WITHHELD

Row = Mapping[str, Any]
SUPPRESSED = "suppressed"


def missing_table(found: Sequence[Row], widest_first: Sequence[str]) -> PageTable:
    """A row per reason, as `page_data.missing` gives them, most figures first."""
    cells = [
        [
            _why(row["why"]),
            and_list([all_of(level) for level in widest_first if level in row["levels"]]),
            f"{row['figures']:,}",
        ]
        for row in found
    ]
    caption = "Figures that would be published, but have no value. A missing figure is never zero."
    return PageTable(caption, ("Why", "Of", "Figures"), cells, frozenset({2}))


def missing_number(found: Sequence[Row]) -> int:
    """How many figures have no value."""
    return sum(row["figures"] for row in found)


def _why(reason: str) -> str:
    said = WITHHELD if reason == SUPPRESSED else ABSENT.get(reason, reason)
    return said[:1].upper() + said[1:]
