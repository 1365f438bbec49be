"""Output of `refresh` about quarantined rows, and about editions with warnings.

Belongs here: short lines, and the command that has all. Does not: the rows of local returns, which
their authors correct one by one (`local_returns`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.cli.local_returns import local_feeds
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.text import plural

if TYPE_CHECKING:
    from warehouse.archive.source_files import SourceFile
    from warehouse.editions.status import EditionStatus

EDITIONS = 3  # named in a line, or with a line each
LISTED = "access-recovery warnings"


def quarantined_lines(home: Home, taken_in: list[EditionStatus]) -> Iterator[str]:
    """A line for each of the first editions that have quarantined rows, with the first of them and
    the command that has more; then how many others have. Not of local returns, nor of files that
    later ones of the edition replaced."""
    from warehouse.archive.source_files import Archive

    local = set(local_feeds())
    own: dict[EditionKey, list[SourceFile]] = {
        EditionKey.of(one): [] for one in taken_in if one.feed not in local
    }
    for file in Archive(home).active_files():
        own.get(EditionKey.of(file), []).append(file)
    found = [(key, counted) for key, files in own.items() if (counted := _counted(home, files))]
    for (feed, edition), counted in found[:EDITIONS]:
        yield (
            f"{plural(sum(counted.values()), 'row')} quarantined, not counted: {feed} {edition}, "
            f"{_first(home, counted)}; {LISTED} {feed} {edition} has more."
        )
    if further := found[EDITIONS:]:
        rows = sum(sum(counted.values()) for _, counted in further)
        yield (
            f"{plural(rows, 'row')} quarantined in {plural(len(further), 'more edition')}: "
            f"{LISTED}, or governance.quarantine of the mart."
        )


def _counted(home: Home, files: list[SourceFile]) -> dict[SourceFile, int]:
    """How many rows are quarantined, by file; only files that have any, and are still used."""
    from warehouse.editions.parts_and_revisions import in_force
    from warehouse.transform.lake import facts_of

    facts = {file: read for file in files if (read := facts_of(home, file))}
    counted = {file: one.quarantined for file, one in facts.items() if one.quarantined}
    used = in_force(home, list(facts), local_return=False) if counted and len(facts) > 1 else facts
    return {file: number for file, number in counted.items() if file in used}


def _first(home: Home, counted: dict[SourceFile, int]) -> str:
    """The first quarantined row of an edition, and why: `row 5 of f.csv (...)`."""
    from warehouse.transform.lake import quarantine_of

    file = next(iter(counted))
    rows = quarantine_of(home, file, ["source_row", "reason"])
    if rows is None or rows.is_empty():
        return file.file_name
    row, reason = rows.sort("source_row").row(0)
    first = "row" if sum(counted.values()) == 1 else "the first is row"
    return f"{first} {row} of {file.file_name} ({reason})"


def warned_words(taken_in: list[EditionStatus]) -> str:
    """Which of these editions have warnings: the first by name, then how many others; empty if
    none has."""
    warned = [f"{one.feed} {one.edition}" for one in taken_in if one.state and one.state.warned]
    if not warned:
        return ""
    more = f" and {len(warned) - EDITIONS} more" if len(warned) > EDITIONS else ""
    which = f" {warned[0]}" if len(warned) == 1 else ""
    return f"With warnings: {', '.join(warned[:EDITIONS])}{more}; {LISTED}{which} says why."
