"""Tombstones: the record of a purged file, which prevents it from being imported again.

Belongs here: `archive/tombstones`, one small JSON per purged file and edition. A tombstone has
no file name, no headings and no content, because those may be the personal data. Does not: erasing
(`pipelines.operations.purge_files`).
"""

from __future__ import annotations

from datetime import datetime

from warehouse.archive.snapshot import outdated
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.strict import Strict

PLACE = "archive/tombstones"


class Tombstone(Strict):
    """A purged file. `containers`: SHA-256 of all stored containers of it. `erased_at`: when the
    last trace was erased; None while that is under way, or was interrupted."""

    sha256: str
    container_sha256: str
    containers: tuple[str, ...]
    feed: str
    edition: str
    bytes: int
    rows: int
    synthetic: bool
    imported_at: datetime
    reason: str
    decided_by: str
    decided_at: datetime
    erased_at: datetime | None = None

    @property
    def words(self) -> str:
        """Describe when, by whom and why it was purged."""
        return f"purged by {self.decided_by} on {self.decided_at:%Y-%m-%d}: {self.reason}"


def _key(home: Home, sha256: str, feed: str, edition: str) -> str:
    """Where the tombstone of a file is kept; a file of several editions has one for each."""
    first = f"{PLACE}/{sha256}.json"
    if not home.store.exists(first):
        return first
    kept = _read(home, first)
    same = EditionKey.of(kept) == (feed, edition)
    return first if same else f"{PLACE}/{sha256}.{feed}.{edition}.json"


def _read(home: Home, key: str) -> Tombstone:
    return Tombstone.model_validate_json(home.store.read_text(key))


def write(home: Home, tombstone: Tombstone) -> None:
    """Write a tombstone, replacing an existing one."""
    key = _key(home, tombstone.sha256, tombstone.feed, tombstone.edition)
    home.store.replace(key, tombstone.model_dump_json(indent=1) + "\n")
    outdated(home)


def tombstones(home: Home) -> list[Tombstone]:
    """All tombstones, by hash."""
    return [_read(home, key) for key in home.store.list_keys(PLACE, ".json")]


def tombstone_of(home: Home, sha256: str) -> Tombstone | None:
    """The tombstone of a purged file or of a container that held one, None if there is none."""
    for one in tombstones(home):
        if sha256 in (one.sha256, *one.containers):
            return one
    return None
