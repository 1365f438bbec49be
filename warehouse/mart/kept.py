"""What a build may keep of the published mart: the places at which it is added to what is made.

Belongs here: a build that keeps nothing. Does not: keeping figures (`kept_figures`), finding what
may be kept (`input_digests`).
"""

from __future__ import annotations

from warehouse.mart.hierarchy import Connection
from warehouse.mart.made_since import Since, everything


class Kept:
    """Nothing is kept: every figure is made anew. Each method is called once, by the function that
    makes the tables named."""

    def narrow(self, db: Connection) -> None:
        """Before roll-ups: leave in `stage.reported_*` only the months to be made."""

    def widen(self, db: Connection) -> None:
        """After roll-ups: restore `stage.reported_*`, and drop figures that are kept."""

    def add_vintages(self, db: Connection) -> None:
        """Add to `kpi_vintage` what is kept of it."""

    def lend_neighbours(self, db: Connection) -> None:
        """Add to `stage.latest` figures of a year before and after those made."""

    def add(self, db: Connection, table: str) -> None:
        """Add to a table of the working database, one of `REMEMBERED`, what is kept of it."""

    def add_changes(self, db: Connection) -> None:
        """Add to `stage.change_on_year` what is kept of it."""

    def lend_months(self, db: Connection) -> None:
        """Add to `stage.latest` figures whose comparisons or status may change, and to
        `stage.year_before` those with which they are compared."""

    def add_months(self, db: Connection) -> None:
        """Add to `kpi_monthly` what is kept of it."""

    def add_revisions(self, db: Connection) -> None:
        """Add to `kpi_revision` what is kept of it."""

    def add_members(self, db: Connection) -> None:
        """Add to `governance.figure_member` what is kept of it."""

    def since(self, db: Connection, table: str) -> Since:
        """Return from which month on a table of statistics is made anew."""
        return everything(db)

    def add_statistics(self, db: Connection, table: str, since: Since) -> None:
        """Add to a table of statistics what is kept of it: the rows before `since`."""

    def narrow_sources(self, db: Connection) -> None:
        """Before `governance.figure_source`: leave in `stage.reported_*` only what it lacks."""

    def add_sources(self, db: Connection) -> None:
        """Add to `governance.figure_source` what is kept of it."""


# Working tables that are remembered from build to build, because the mart does not contain what
# they count. Each has the columns `kpi_id, org_level, month`.
REMEMBERED = ("later_revision", "issue", "restatement")
