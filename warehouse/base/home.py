"""Where data lives: the paths under `ACCESS_RECOVERY_HOME`. Not here: contents."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from warehouse.base.errors import Refusal
from warehouse.store import Store

HOME_VARIABLE = "ACCESS_RECOVERY_HOME"
DEFAULT_HOME = Path("data")
MART = "mart/access_recovery.duckdb"
SETTINGS = "settings.yaml"
WRITTEN = ("lake", "quarantine", "mart", "archive")  # where a killed process leaves halves


class NoMart(Refusal):
    """Nothing is published yet."""


@dataclass(frozen=True)
class Home:
    """The folders of one installation. Nothing outside `root` is ever written."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home named by `ACCESS_RECOVERY_HOME`, else `./data`."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve())

    @property
    def store(self) -> Store:
        """The door to what is kept in it."""
        return Store(self.root)

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
        return self.store.local_copy(MART)

    @property
    def has_mart(self) -> bool:
        """Whether a mart is published."""
        return self.store.exists(MART)

    def require_mart(self) -> Path:
        """The published mart. Raises NoMart if there is none."""
        if not self.has_mart:
            raise NoMart(
                f"There is no mart at {self.mart} yet.", "Run access-recovery refresh first."
            )
        return self.mart

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
    def state(self) -> Path:
        """State kept between runs that may be lost: alerts sent, the result of the last refresh,
        locks of publishers' hosts."""
        return self.root / "state"

    @property
    def lock(self) -> Path:
        """The lock that a refresh holds."""
        return self.root / "refresh.lock"
