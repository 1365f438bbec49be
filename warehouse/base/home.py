"""Where data lives: the folders under `ACCESS_RECOVERY_HOME`, and atomic writing into them.

Belongs here: paths and the rule that a file appears whole or not at all. Does not: contents.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

HOME_VARIABLE = "ACCESS_RECOVERY_HOME"
DEFAULT_HOME = Path("data")
PART_SUFFIX = ".part"


@dataclass(frozen=True)
class Home:
    """The folders of one installation. Nothing outside `root` is ever written."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home named by `ACCESS_RECOVERY_HOME`, else `./data`."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve())

    @property
    def landing(self) -> Path:
        """Where files are dropped; emptied as they are archived."""
        return self.root / "landing"

    @property
    def archive(self) -> Path:
        """Bytes as published, their provenance, and journals: never overwritten, never pruned."""
        return self.root / "archive"

    @property
    def lake(self) -> Path:
        """Parquet between the steps; can be rebuilt from the archive."""
        return self.root / "lake"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be accepted; can be rebuilt from the archive."""
        return self.root / "quarantine"

    @property
    def mart(self) -> Path:
        """The published DuckDB file."""
        return self.root / "mart" / "access_recovery.duckdb"

    @property
    def pages(self) -> Path:
        """Pages for people, made from the published mart."""
        return self.root / "docs"

    @property
    def dagster(self) -> Path:
        """Dagster's instance: runs and their events."""
        return self.root / "dagster"

    @property
    def settings(self) -> Path:
        """The owner's choices; none need be made."""
        return self.root / "settings.yaml"

    @property
    def looks(self) -> Path:
        """The journal of every look at a publisher's pages: never overwritten, never pruned."""
        return self.archive / "looks.jsonl"

    @property
    def state(self) -> Path:
        """What is remembered from one run to the next, and may be lost: alerts told, the outcome
        of the last refresh, locks of publishers' hosts."""
        return self.root / "state"

    @property
    def downloads(self) -> Path:
        """Downloads under way, a folder for each; one that was cut off is gone on with."""
        return self.state / "downloads"

    @property
    def lock(self) -> Path:
        """Held by whoever refreshes."""
        return self.root / "refresh.lock"


def free_space(home: Home) -> int:
    """Bytes that are free where the home is, or would be."""
    root = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    return shutil.disk_usage(root).free


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` that replaces it on success and vanishes on failure."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{uuid4().hex[:8]}{PART_SUFFIX}")
    try:
        yield part
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write a small UTF-8 file, whole or not at all."""
    with whole_file(target) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def sweep_parts(folder: Path, older_than: timedelta = timedelta(0)) -> int:
    """Remove what a killed process left half-written; returns how many files."""
    if not folder.exists():
        return 0
    latest = time.time() - older_than.total_seconds()
    # DuckDB keeps a log beside the file that it writes.
    halves = [p for end in ("", ".wal") for p in folder.rglob(f"*{PART_SUFFIX}{end}")]
    left = [part for part in halves if part.stat().st_mtime <= latest]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)
