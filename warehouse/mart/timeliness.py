"""The next edition due of each feed, and a view of what is overdue. The view repeats the verdict of
`warehouse.editions.freshness` in SQL, so that it applies to the day of the query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from warehouse.archive.source_files import SourceFile
from warehouse.contract.model import Contract
from warehouse.editions.freshness import freshness, is_sample

_EDITION = "archive.source_file.edition"
_CALENDAR = (_EDITION, "contract.cadence")
# Column of `governance.feed` -> the records it is made of.
AWAITED = {
    "newest_edition": _EDITION,
    **dict.fromkeys(("next_edition", "next_due", "following_due"), _CALENDAR),
}


def awaited_columns(contract: Contract, active: Sequence[SourceFile]) -> dict[str, object]:
    """Return the next edition due of a feed by its files in use: the columns of `AWAITED`, None
    where nothing is due. None of them depends on today."""
    own = [file for file in active if file.feed == contract.feed]
    newest = max((file.edition for file in own), default=None)
    found = freshness(contract, newest, is_sample(own), date.min)
    return {
        "newest_edition": newest,
        "next_edition": found.next_edition,
        "next_due": found.due,
        "following_due": found.following,
    }


def timeliness_views() -> dict[str, str]:
    """Return views, name -> SQL, for a mart opened on its own."""
    return {
        "governance.timeliness": """CREATE VIEW governance.timeliness AS
            SELECT f.feed, f.title, f.newest_edition, f.next_edition, f.next_due,
                   CASE WHEN f.next_due IS NULL THEN NULL
                        ELSE greatest(current_date - f.next_due, 0) END AS days_overdue,
                   CASE WHEN f.next_due IS NULL THEN 'skipped'
                        WHEN current_date > f.following_due THEN 'fail'
                        WHEN current_date > f.next_due THEN 'warn'
                        ELSE 'pass' END AS verdict,
                   current_date AS as_at
            FROM governance.feed AS f"""
    }
