"""Keep the published mart's figures of unchanged months, and add them to those made anew.

Belongs here: which rows are replaced, and what the tables made lack of the rest. Does not: finding
what changed (`input_digests`), what comparisons over time need (`lent_months`), preparing the file
(`publication.patch`).

The build is the same as one of the whole mart, on fewer months: a table of the mart is made with
the rows of the months to be made, `kept_<table>` has the published rows, and both together are the
new table. `stage.touched` (`kpi_id, org_level, month`): figures made anew; `stage.since` (`kpi_id,
org_level, month`): the month from which the rows of `kpi_monthly` are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.base.sql import unlogged
from warehouse.mart.figure_tables import stored
from warehouse.mart.hierarchy import Connection, measured_feeds
from warehouse.mart.input_digests import Changed, feeds_behind
from warehouse.mart.inputs import Inputs
from warehouse.mart.kept import REMEMBERED, Kept
from warehouse.mart.kept_statistics import STATISTICS, add_kept, since_of
from warehouse.mart.lent_months import kept_as_latest, lend_months, only
from warehouse.mart.made_since import Since
from warehouse.mart.renamed_and_moved import BEFORE, move, note_moved, note_renamed, rename
from warehouse.mart.revisions import SIZE, number_editions
from warehouse.reference.levels import DATED, sql_list

# Tables of which most rows are kept, and one that shows what has changed.
KEPT = {
    "kpi_vintage": "main",
    "kpi_monthly": "main",
    "kpi_revision": "main",
    "kpi_provisional": "main",
    **dict.fromkeys(STATISTICS, "main"),
    "figure_member": "governance",
    "figure_source": "governance",
}
FIGURE = ("kpi_id", "org_level", "month")


@dataclass(frozen=True)
class KeptFigures(Kept):
    """Figures of unchanged months are kept. `made`: the inputs, each with the months in which its
    figures are made anew; `changed`: the months in which what a feed counts differs."""

    made: Sequence[tuple[Inputs, frozenset[date]]]
    changed: Changed

    def narrow(self, db: Connection) -> None:
        """Leave in `stage.reported_*` only the months in which any figure that uses the feed is
        made. Roll-ups read no other month of it."""
        for feed in measured_feeds(db):
            months = {m for one, some in self.made if feed in feeds_behind(db, one) for m in some}
            unlogged(db, f"ALTER TABLE stage.reported_{feed} RENAME TO whole_{feed}")
            unlogged(
                db,
                f"""CREATE TABLE stage.reported_{feed} AS
                FROM stage.whole_{feed} WHERE month IN (SELECT unnest($months::DATE[]))""",
                {"months": sorted(months)},
            )

    def widen(self, db: Connection) -> None:
        """Restore `stage.reported_*`; drop figures, and members, that were made although unchanged,
        because another KPI uses the feed in the month."""
        for feed in measured_feeds(db):
            unlogged(db, f"DROP TABLE stage.reported_{feed}")
            unlogged(db, f"ALTER TABLE stage.whole_{feed} RENAME TO reported_{feed}")
        unlogged(db, f"CREATE TABLE stage.made AS FROM stage.figure {only('SEMI')}")
        unlogged(db, "DELETE FROM stage.figure")
        unlogged(db, "INSERT INTO stage.figure FROM stage.made")
        unlogged(db, "DROP TABLE stage.made")
        unlogged(
            db,
            """DELETE FROM stage.figure_member WHERE (summed_as, month) NOT IN (
                SELECT (summed_as, month) FROM stage.touched_inputs)""",
        )

    def add_vintages(self, db: Connection) -> None:
        """Replace the touched months of `kpi_vintage`."""
        _drop_touched(db, "kpi_vintage")
        _merge(db, "kpi_vintage")
        note_moved(db)
        move(db, "kpi_vintage")

    def lend_neighbours(self, db: Connection) -> None:
        """Add to `stage.latest` kept figures of the same month of the year before and after, for
        the change on the year."""
        unlogged(
            db,
            f"""INSERT INTO stage.latest BY NAME
            {kept_as_latest()}
            SEMI JOIN (SELECT kpi_id, org_level, month + INTERVAL 1 YEAR AS month
                       FROM stage.touched
                       UNION ALL SELECT kpi_id, org_level, month - INTERVAL 1 YEAR
                       FROM stage.touched) AS near USING (kpi_id, org_level, month)""",
        )

    def add(self, db: Connection, table: str) -> None:
        """Add the remembered rows of untouched figures, as often as they were counted."""
        assert table in REMEMBERED, table  # noqa: S101
        unlogged(
            db,
            f"""INSERT INTO stage.{table} BY NAME
            SELECT r.* EXCLUDE (times) FROM (FROM {BEFORE}.{table} {only("ANTI")}) AS r,
                unnest(range(r.times))""",
        )

    def add_changes(self, db: Connection) -> None:
        """Add changes on the year between two kept figures."""
        near = f"""(SELECT {", ".join(FIGURE)} FROM stage.touched
            UNION SELECT kpi_id, org_level, (month + INTERVAL 1 YEAR)::DATE FROM stage.touched)"""
        unlogged(
            db,
            f"""DELETE FROM stage.change_on_year WHERE (kpi_id, org_level, month) NOT IN (
                SELECT (kpi_id, org_level, month) FROM {near})""",
        )
        size = SIZE.format(unit="f.unit", new="k.value", old="k.previous_year_value")
        unlogged(
            db,
            f"""INSERT INTO stage.change_on_year BY NAME
            SELECT k.kpi_id, k.org_level, k.month, {size} AS size
            FROM mart.kept_kpi_monthly AS k JOIN stage.kpi_fact AS f USING (kpi_id, org_level)
            JOIN (SELECT DISTINCT kpi_id, org_level FROM stage.later_revision) AS r
                USING (kpi_id, org_level)
            ANTI JOIN {near} AS n USING (kpi_id, org_level, month)
            WHERE k.value IS NOT NULL AND k.previous_year_value IS NOT NULL""",
        )

    def lend_months(self, db: Connection) -> None:
        """Add to `stage.latest` all figures since the first that may differ, with what their
        statuses are made of, and to `stage.year_before` those of the year before."""
        lend_months(db)

    def add_months(self, db: Connection) -> None:
        """Replace the rows of `kpi_monthly` since the first that may differ, and the names of
        organisations; tell `stage.figure` the first and last month of kept figures."""
        unlogged(
            db,
            """DELETE FROM mart.kept_kpi_monthly AS k USING stage.since AS s
            WHERE s.kpi_id = k.kpi_id AND s.org_level = k.org_level AND k.month >= s.month""",
        )
        _merge(db, "kpi_monthly")
        unlogged(db, "DROP TABLE mart.kept_kpi_provisional")
        note_renamed(db)
        rename(db, "kpi_monthly")
        move(db, "kpi_monthly")
        unlogged(
            db,
            f"""INSERT INTO stage.figure BY NAME
            SELECT org_level, org_code, unnest(ends) AS month
            FROM (SELECT org_level, org_code, [min(month), max(month)] AS ends
                  FROM mart.kpi_monthly
                  WHERE edition IS NOT NULL AND org_level IN ({sql_list(DATED)}) GROUP BY ALL)""",
        )

    def add_revisions(self, db: Connection) -> None:
        """Replace the touched months of `kpi_revision`, and count the editions of the kept ones
        again: the edition with which a row compares is found by its number in the build before.
        Only the columns that differ are written."""
        _drop_touched(db, "kpi_revision")
        _number_again(db)
        unlogged(
            db,
            """UPDATE mart.kept_kpi_revision AS k
            SET editions_after = c.after_now, editions_ago = c.ago_now
            FROM stage.numbered_again AS c
            WHERE c.kpi_id = k.kpi_id AND c.org_level = k.org_level AND c.edition = k.edition
              AND c.editions_after = k.editions_after""",
        )
        rename(db, "kept_kpi_revision")
        move(db, "kept_kpi_revision")
        _merge(db, "kpi_revision")

    def add_members(self, db: Connection) -> None:
        """Replace the touched months of `governance.figure_member`."""
        unlogged(
            db,
            """DELETE FROM mart.governance.kept_figure_member AS k USING stage.touched_inputs AS t
            WHERE t.summed_as = k.summed_as AND t.month = k.month""",
        )
        _merge(db, "figure_member")

    def since(self, db: Connection, table: str) -> Since:
        """Return from which month on a table of statistics differs."""
        return since_of(db, table, BEFORE)

    def add_statistics(self, db: Connection, table: str, since: Since) -> None:
        """Copy the kept rows of a table of statistics."""
        add_kept(db, table, since)

    def narrow_sources(self, db: Connection) -> None:
        """Leave in `stage.reported_*`, which nothing else needs any more, the changed months."""
        for feed in measured_feeds(db):
            unlogged(
                db,
                f"""DELETE FROM stage.reported_{feed}
                WHERE month NOT IN (SELECT unnest($months::DATE[]))""",
                {"months": sorted(self.changed.get(feed, ()))},
            )

    def add_sources(self, db: Connection) -> None:
        """Replace the changed months of `governance.figure_source`."""
        for feed, months in self.changed.items():
            unlogged(
                db,
                """DELETE FROM mart.governance.kept_figure_source
                WHERE feed = $feed AND month IN (SELECT unnest($months::DATE[]))""",
                {"feed": feed, "months": sorted(months)},
            )
        _merge(db, "figure_source")


def _number_again(db: Connection) -> None:
    """Create `stage.numbered_again`: what differs now of each edition and the one it is compared
    with, by their numbers in the build before. A table of its own: within the UPDATE the planner
    joins all rows with all pairs of editions."""
    number = number_editions(f"{BEFORE}.issue")
    unlogged(
        db,
        f"""CREATE TABLE stage.numbered_again AS
        WITH earlier AS ({number})
        SELECT x.kpi_id, x.org_level,
               x.issue // 100 || '-' || lpad((x.issue % 100)::VARCHAR, 2, '0') AS edition,
               x.number - y.number AS editions_after, e.number - f.number AS after_now,
               e.editions - e.number AS ago_now
        FROM earlier AS x JOIN earlier AS y USING (kpi_id, org_level)
        JOIN stage.edition_number AS e ON e.kpi_id = x.kpi_id
            AND e.org_level = x.org_level AND e.issue = x.issue
        JOIN stage.edition_number AS f ON f.kpi_id = x.kpi_id
            AND f.org_level = x.org_level AND f.issue = y.issue
        WHERE x.number >= y.number AND (x.number - y.number <> e.number - f.number
            OR x.editions - x.number <> e.editions - e.number)""",
    )


def _drop_touched(db: Connection, table: str) -> None:
    same = " AND ".join(f"t.{name} = k.{name}" for name in FIGURE)
    unlogged(db, f"DELETE FROM mart.kept_{table} AS k USING stage.touched AS t WHERE {same}")


def _merge(db: Connection, table: str) -> None:
    """Put the rows made after the kept ones, which become the table."""
    place = f"mart.{KEPT[table]}"
    unlogged(
        db, f"INSERT INTO {place}.kept_{table} BY NAME SELECT {stored(table)} FROM {place}.{table}"
    )
    unlogged(db, f"DROP TABLE {place}.{table}")
    unlogged(db, f"ALTER TABLE {place}.kept_{table} RENAME TO {table}")
