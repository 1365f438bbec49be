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
# What people choose for the charts of KPIs.
TARGETS, BASELINES = "targets.yaml", "baselines.yaml"
# Published statements that the home checks beside those shipped for its place.
CLAIMS = "claims.yaml"
# All that people write in the home: beside the archive, what only a backup has.
BY_PEOPLE = (SETTINGS, TARGETS, BASELINES, CLAIMS)
# Pages made from the published mart: for governance, the access report, and those on other places.
SITE = "site"
PAGES = ("docs", SITE, "reports")
WRITTEN = (
    "lake",
    "quarantine",
    "mart",
    "archive",
    "gx",
)  # a killed process may leave partial files here


class NoMart(Refusal):
    """No mart is published yet."""


@dataclass(frozen=True)
class Home:
    """The folders of one installation. Nothing outside `root` is written."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home named by `ACCESS_RECOVERY_HOME`, else `./data`."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve())

    @property
    def store(self) -> Store:
        """Access to what is kept in it."""
        return Store(self.root)

    @property
    def landing(self) -> Path:
        """Where people put files to import; emptied as they are archived."""
        return self.root / "landing"

    @property
    def archive(self) -> Path:
        """Files as published, their provenance, and journals: never overwritten or pruned."""
        return self.root / "archive"

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
        """HTML pages made from the published mart."""
        return self.root / "docs"

    @property
    def site(self) -> Path:
        """The access report made from the published mart."""
        return self.root / SITE

    @property
    def dagster(self) -> Path:
        """Dagster's instance: runs and their events."""
        return self.root / "dagster"

    @property
    def settings(self) -> Path:
        """The owner's settings; optional."""
        return self.root / SETTINGS

    @property
    def state(self) -> Path:
        """State that may be lost: alerts sent, result of the last refresh, locks of hosts."""
        return self.root / "state"

    @property
    def lock(self) -> Path:
        """The lock that a refresh holds."""
        return self.root / "refresh.lock"
