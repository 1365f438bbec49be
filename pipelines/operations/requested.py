"""Check that the feeds and editions requested for a refresh (`refresh`) have files."""

from __future__ import annotations

from warehouse.archive.source_files import Archive
from warehouse.base.errors import Refusal
from warehouse.base.home import Home
from warehouse.contract.model import contracts

SHOWN = 6  # editions that a message lists


class NotHeld(Refusal):
    """A feed or an edition without any file was requested."""


def check_held(home: Home, feeds: list[str] | None, editions: list[str] | None) -> None:
    """Raise NotHeld if a requested feed or edition has no file in the archive."""
    held: dict[str, set[str]] = {}
    for file in Archive(home).active_files():
        if not feeds or file.feed in feeds:
            held.setdefault(file.feed, set()).add(file.edition)
    for feed in feeds or []:
        if feed not in held:
            fetched = (
                f", or run: access-recovery fetch {feed}" if contracts()[feed].discovery else ""
            )
            raise NotHeld(f"No file of {feed} was imported.", f"Import one{fetched}")
        if editions and not held[feed] & set(editions):
            raise _no_edition(f"No edition {', '.join(editions)} of {feed}", {feed: held[feed]})
    for edition in editions or []:
        if not any(edition in ones for ones in held.values()):
            raise _no_edition(f"No edition {edition} of any feed", held)


def _no_edition(what: str, held: dict[str, set[str]]) -> NotHeld:
    there = [f"{feed} {_span(sorted(ones))}" for feed, ones in sorted(held.items())]
    return NotHeld(
        f"{what} was imported.", f"Available: {'; '.join(there)}." if there else "Import one first."
    )


def _span(editions: list[str]) -> str:
    """List editions, or the first and last of many: `2025-10 to 2026-07 (10 editions)`."""
    if len(editions) <= SHOWN:
        return ", ".join(editions)
    return f"{editions[0]} to {editions[-1]} ({len(editions)} editions)"
