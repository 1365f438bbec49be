"""How far figures are revised, in words, and the largest revisions of the last release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.base.number_format import (
    revision_texts,
    rounds_to_nothing,
    size_of_change,
    value_text,
)
from warehouse.base.sql import Connection, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.settings import HeadlinePlace
from warehouse.site.site_page import PageTable

Row = dict[str, Any]
AFTER = {1: "After the next release", 3: "After three", 12: "After twelve"}
LAST = 10


def typical_revisions(db: Connection, level: str) -> PageTable:
    """How much headline KPIs of a level usually change after their first release, in words."""
    found = rows(
        db,
        """SELECT t.*, k.title, k.unit FROM kpi_revision_typical AS t JOIN kpi AS k USING (kpi_id)
           WHERE t.org_level = $level AND t.basis = 'first release'""",
        level=level,
    )
    said: dict[str, dict[int, Row]] = {}
    for row in found:
        said.setdefault(row["kpi_id"], {})[row["editions_after"]] = row
    shown = [kpi.kpi_id for kpi in catalogue().values() if kpi.headline and kpi.kpi_id in said]
    cells = []
    for kpi_id in shown:
        own = said[kpi_id]
        compared = max(row["observations"] for row in own.values())
        told = [typical_words(own[after]) if after in own else "-" for after in AFTER]
        cells.append([next(iter(own.values()))["title"], *told, f"{compared:,}"])
    headings = ("KPI", *AFTER.values(), "Figures compared")
    caption = "How much a figure usually changes after it is first published"
    return PageTable(caption, headings, cells, frozenset({len(AFTER) + 1}))


def typical_words(row: Row) -> str:
    """A row of `kpi_revision_typical` with `unit`, in words."""
    unit, median, most = row["unit"], row["median_change"], row["p90_change"]
    if rounds_to_nothing(unit, most, most):
        return "hardly at all"
    one_in_ten = f"one in ten by more than {size_of_change(unit, most, most)}"
    if rounds_to_nothing(unit, median, median):
        return f"mostly not; {one_in_ten}"
    return f"by {size_of_change(unit, median, median)}; {one_in_ten}"


def last_revisions(db: Connection, shown: Sequence[HeadlinePlace]) -> PageTable:
    """The largest change of each KPI by the newest edition, among these places; none that can't be
    seen in the values as they are written."""
    found = rows(
        db,
        """SELECT r.*, k.title, k.unit FROM kpi_revision AS r JOIN kpi AS k USING (kpi_id)
           WHERE r.kind = 'revised' AND r.editions_ago = 0
             AND (r.org_level || ' ' || r.org_code) IN (SELECT unnest($places::VARCHAR[]))
           QUALIFY row_number() OVER (PARTITION BY kpi_id ORDER BY
               abs(CASE k.unit WHEN 'share' THEN r.change ELSE r.ratio END) DESC NULLS LAST,
               r.org_level, r.org_code, r.month DESC) = 1
           ORDER BY abs(CASE k.unit WHEN 'share' THEN r.change ELSE r.ratio END) DESC NULLS LAST,
               kpi_id
           LIMIT $most""",
        places=[f"{place.level} {place.code}" for place in shown],
        most=LAST,
    )
    names = {(place.level, place.code): place.name for place in shown}
    cells = [
        [
            row["title"],
            names.get((row["org_level"], row["org_code"])) or row["org_name"] or row["org_code"],
            f"{row['month']:%b %Y}",
            row["edition"],
            *revision_texts(row),
        ]
        for row in found
        if not _looks_the_same(row)
    ]
    headings = ("KPI", "Place", "Month", "Edition", "Before", "After", "Change")
    caption = "What the newest edition of each publication revised most, of the places of this page"
    return PageTable(caption, headings, cells, frozenset({4, 5, 6}))


def _looks_the_same(row: Row) -> bool:
    old, new = (value_text(row[value], row["unit"], 2) for value in ("old_value", "new_value"))
    return old == new
