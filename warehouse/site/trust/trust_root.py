"""Addresses of the pages of trust: in the report's folder `trust/`, or in the home's `docs/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.outputs.page_paths import (
    LINEAGE,
    REFRESHES,
    SCORECARD,
    affected_csv,
    affected_name,
    refresh_name,
    table_lineage,
    theme_lineage,
)
from warehouse.site.site_paths import INDEX, TRUST, TRUST_FOLDER

SCORECARD_TITLE = "Data quality scorecard"
LINEAGE_TITLE = "Where every column comes from"


@dataclass(frozen=True)
class TrustRoot:
    """Where the pages are. `before`: what leads to them from the root; `scorecard`: the first of
    them; `trail`: the pages above that one; `has_files`: whether lists of figures are files too."""

    before: str
    scorecard: str
    trail: tuple[tuple[str, str], ...] = ()
    has_files: bool = False

    @property
    def lineage(self) -> str:
        """The page of the lineage."""
        return self.before + LINEAGE

    def theme_lineage(self, theme: str) -> str:
        """The page of the lineage of a theme's KPIs."""
        return self.before + theme_lineage(theme)

    def table_lineage(self, table: str) -> str:
        """The page of the lineage of a table's columns."""
        return self.before + table_lineage(table)

    @property
    def below(self) -> tuple[tuple[str, str], ...]:
        """The trail of all pages but the scorecard."""
        return (*self.trail, (self.scorecard, SCORECARD_TITLE))

    def refresh(self, publication: Mapping[str, Any]) -> str:
        """The page of a refresh."""
        return f"{self.before}{REFRESHES}/{refresh_name(publication)}"

    def affected(self, feed: str, edition: str) -> str:
        """The page of the figures that use an edition."""
        return self.before + affected_name(feed, edition)

    def affected_file(self, feed: str, edition: str) -> str:
        """The file of the figures that use an edition; blank where there is none."""
        return self.before + affected_csv(feed, edition) if self.has_files else ""


IN_SITE = TrustRoot(f"{TRUST_FOLDER}/", TRUST, ((INDEX, "Overview"),))
IN_HOME = TrustRoot("", SCORECARD, has_files=True)
