"""Tombstones: what is left of a file that was purged, so that it never comes back unnoticed.

Belongs here: `archive/tombstones`, one small JSON per purged file and edition. A tombstone has
no file name, no headings and no content, for those may be the personal data. Does not: erasing
(`pipelines.operations.erase`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from warehouse.archive.snapshot import outdated
from warehouse.base.home import Home, write_text


class Tombstone(BaseModel):
    """A purged file. `containers`: SHA-256 of everything kept that held it. `erased_at`: when the
    last trace was erased; None while that is under way, or was cut short."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        """When, by whom and why it was purged."""
        return f"purged by {self.decided_by} on {self.decided_at:%Y-%m-%d}: {self.reason}"


def tombstone_path(home: Home, sha256: str, feed: str, edition: str) -> Path:
    """Where the tombstone of a file lies; a file of several editions has one for each."""
    folder = home.archive / "tombstones"
    first = folder / f"{sha256}.json"
    if not first.exists():
        return first
    kept = read(first)
    return first if (kept.feed, kept.edition) == (feed, edition) else _beside(first, feed, edition)


def _beside(first: Path, feed: str, edition: str) -> Path:
    return first.with_name(f"{first.stem}.{feed}.{edition}.json")


def read(path: Path) -> Tombstone:
    """A tombstone."""
    return Tombstone.model_validate_json(path.read_text(encoding="utf-8"))


def write(home: Home, tombstone: Tombstone) -> None:
    """Keep a tombstone; one that is there already is replaced."""
    path = tombstone_path(home, tombstone.sha256, tombstone.feed, tombstone.edition)
    write_text(path, tombstone.model_dump_json(indent=1) + "\n")
    outdated(home)


def tombstones(home: Home) -> list[Tombstone]:
    """All tombstones, by hash."""
    return [read(path) for path in sorted((home.archive / "tombstones").glob("*.json"))]


def tombstone_of(home: Home, sha256: str) -> Tombstone | None:
    """The tombstone of a purged file or of a container that held one, None if there is none."""
    for one in tombstones(home):
        if sha256 in (one.sha256, *one.containers):
            return one
    return None
