"""Tombstones: the record of a purged file, which prevents it from being imported again.

Belongs here: `archive/tombstones`, one small JSON per purged file and edition, without file name,
headings or content, which may be personal data. Does not: erasing
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
    """A purged file. `containers`: SHA-256 of all its containers. `erased_at`: when the last trace
    was erased; None until then."""

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
        """The purge in a line: by whom, when and why."""
        return f"purged by {self.decided_by} on {self.decided_at:%Y-%m-%d}: {self.reason}"


def _key(home: Home, sha256: str, feed: str, edition: str) -> str:
    """Return the key of a file's tombstone, of which there is one per edition."""
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
    """Return all tombstones, by hash."""
    return [_read(home, key) for key in home.store.list_keys(PLACE, ".json")]


def tombstone_of(home: Home, sha256: str) -> Tombstone | None:
    """Return the tombstone of a purged file, or of a container of one; None if there is none."""
    every = tombstones(home)
    return next((one for one in every if sha256 in (one.sha256, *one.containers)), None)
