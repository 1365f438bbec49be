"""Refuse files that were purged. Not here: purging (`pipelines.operations.purge`)."""

from __future__ import annotations

from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import tombstone_of
from warehouse.readers.refused import Refused


def refuse_purged(archive: Archive, sha256: str, member: str | None = None) -> None:
    """Refuse what was purged, even in another container."""
    if tombstone := tombstone_of(archive.home, sha256):
        what = f"It contains {member}, which was" if member else "It was"
        raise Refused(
            f"{what} {tombstone.words}.",
            "It is not imported again: delete this copy, and ask the publisher for a file without "
            "what had to be erased.",
        )
