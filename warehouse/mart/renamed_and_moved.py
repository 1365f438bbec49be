"""Give kept rows the names and periods that organisations have now. Not here: which rows are kept
(`kept_figures`, `kept_statistics`)."""

from __future__ import annotations

from warehouse.base.sql import unlogged
from warehouse.mart.hierarchy import Connection
from warehouse.mart.organisation_periods import SPANS

# The working tables of the build before, attached.
BEFORE = "before"
NAMES = "organisation_name"


def note_renamed(db: Connection) -> None:
    """Create `stage.renamed`: organisations with another name than in the build before."""
    unlogged(
        db,
        f"""CREATE TABLE stage.renamed AS
        SELECT org_level, org_code, n.org_name
        FROM {BEFORE}.{NAMES} AS o
        FULL JOIN stage.{NAMES} AS n USING (org_level, org_code)
        WHERE n.org_name IS DISTINCT FROM o.org_name""",
    )


def rename(db: Connection, table: str) -> None:
    """Give the rows of renamed organisations their new name."""
    unlogged(
        db,
        f"""UPDATE mart.{table} AS m SET org_name = r.org_name FROM stage.renamed AS r
        WHERE r.org_level = m.org_level AND r.org_code = m.org_code
          AND m.org_name IS DISTINCT FROM r.org_name""",
    )


def note_moved(db: Connection) -> None:
    """Create `stage.moved`: the periods of organisations that have others than in the build
    before."""
    own = "org_level, org_code, organisation_since, first, last"
    unlogged(
        db,
        f"""CREATE TABLE stage.moved AS
        WITH differs AS (
            SELECT DISTINCT org_level, org_code
            FROM ((SELECT {own} FROM {BEFORE}.{SPANS} EXCEPT SELECT {own} FROM stage.{SPANS})
                  UNION ALL
                  (SELECT {own} FROM stage.{SPANS} EXCEPT SELECT {own} FROM {BEFORE}.{SPANS})))
        SELECT d.*, s.organisation_since, coalesce(s.first, DATE '0001-01-01') AS first,
               coalesce(s.last, DATE '9999-12-31') AS last
        FROM differs AS d LEFT JOIN stage.{SPANS} AS s USING (org_level, org_code)""",
    )


def move(db: Connection, table: str) -> None:
    """Give the rows of moved organisations the period in which they are now."""
    unlogged(
        db,
        f"""UPDATE mart.{table} AS k SET organisation_since = m.organisation_since
        FROM stage.moved AS m
        WHERE m.org_level = k.org_level AND m.org_code = k.org_code
          AND k.month BETWEEN m.first AND m.last
          AND k.organisation_since IS DISTINCT FROM m.organisation_since""",
    )
