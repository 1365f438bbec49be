"""A mart's views and macros, and the comments on all that it has.

Belongs here: putting them into a file whose tables are made. Does not: their SQL and words (rooms
of `warehouse.mart`).

They are seven hundred statements that depend on the tables' columns alone. A process that makes its
second mart with the same columns keeps its views, macros and their comments in memory, and copies
them into later ones at once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from threading import Lock

from warehouse.base.sql import attach, attach_empty, attach_to_write, open_builder, open_file
from warehouse.kpi.catalogue import catalogue
from warehouse.lineage.edge_table import lineage_macros
from warehouse.mart.affected import affected_macros, affected_views
from warehouse.mart.analyst_tables import theme_views
from warehouse.mart.caveats import caveat_macros, caveat_views
from warehouse.mart.describe import describe_tables, describe_views, descriptions
from warehouse.mart.explain_macros import explain_macros
from warehouse.mart.hierarchy import Connection
from warehouse.mart.limits_macro import limits_macros
from warehouse.mart.other_periods import period_views
from warehouse.mart.revisions import revision_macros, revision_views
from warehouse.mart.special import register_macros, register_views
from warehouse.mart.timeliness import timeliness_views
from warehouse.plan.plan_views import plan_views

# Schema and name of a table -> its columns with their types, in the table's order.
Tables = dict[str, dict[str, str]]


def mart_views() -> dict[str, str]:
    """Return every view of a mart opened on its own, name -> SQL."""
    views = theme_views(catalogue()) | period_views() | revision_views() | affected_views()
    return views | caveat_views() | timeliness_views() | register_views() | plan_views()


def _macros() -> dict[str, str]:
    """Return every macro of a mart opened on its own, signature -> SQL."""
    macros = revision_macros() | affected_macros() | caveat_macros() | explain_macros()
    return macros | register_macros() | limits_macros() | lineage_macros()


def mart_tables(db: Connection) -> Tables:
    """Return the tables of the attached mart."""
    found: Tables = {}
    for table, column, kind in db.execute(
        "SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name, "
        "column_name, data_type FROM duckdb_columns() WHERE database_name = 'mart' "
        "ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def finish(target: Path, tables: Tables, synthetic: bool, limits: dict[str, str]) -> None:
    """Add views, macros and all comments to a file with these tables, detached. Views and macros
    must name no alias of the file."""
    if _keeper().has(digest := _digest(tables, synthetic)):
        _keeper().finish(target, tables, synthetic, digest)
        return
    with open_file(target, limits=limits) as db:
        db.begin()  # a transaction each would wait for the disk each time
        for sql in mart_views().values():
            db.execute(sql)
        for signature, sql in _macros().items():
            db.execute(f"CREATE MACRO {signature} AS TABLE {sql}")
        db.commit()
        db.begin()
        describe_tables(db, tables, synthetic)
        describe_views(db, catalogue(), list(theme_views(catalogue())), synthetic)
        db.commit()
        db.execute("CHECKPOINT")
    _keeper().keep(target, tables, digest)


def _digest(tables: Tables, synthetic: bool) -> str:
    """A hash of all on which views, macros and their comments depend."""
    told = [(kpi.kpi_id, kpi.title, kpi.unit, kpi.description) for kpi in catalogue().values()]
    depends = (tables, synthetic, mart_views(), _macros(), told, descriptions())
    return hashlib.sha256(repr(depends).encode()).hexdigest()


class _Keeper:
    """Views, macros and their comments in memory, by the digest of what they depend on. One thread
    at a time."""

    def __init__(self) -> None:
        self._db = open_builder({})
        self._seen: set[str] = set()
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def has(self, digest: str) -> bool:
        return digest in self._names

    def keep(self, made: Path, tables: Tables, digest: str) -> None:
        """Keep those of a finished mart, unless it is the first such: most processes make one."""
        with self._lock:
            if digest not in self._seen:
                self._seen.add(digest)
                return
            name = f"kept_{len(self._names)}"
            attach(self._db, made)
            attach_empty(self._db, name)
            self._db.execute(f"COPY FROM DATABASE mart TO {name} (SCHEMA)")
            self._db.execute("DETACH mart")
            for table in tables:
                schema, _, own = table.rpartition(".")
                self._db.execute(f"DROP TABLE {name}.{schema or 'main'}.{own}")
            self._names[digest] = name

    def finish(self, target: Path, tables: Tables, synthetic: bool, digest: str) -> None:
        """Copy what was kept into a mart with the same tables, and comment on these."""
        with self._lock:
            attach_to_write(self._db, target, "mart")
            self._db.execute(f"COPY FROM DATABASE {self._names[digest]} TO mart (SCHEMA)")
            self._db.execute("USE mart")
            try:
                self._db.begin()
                describe_tables(self._db, tables, synthetic)
                self._db.commit()
                self._db.execute("CHECKPOINT mart")
            finally:
                self._db.execute("USE memory")
                self._db.execute("DETACH mart")


@cache
def _keeper() -> _Keeper:
    return _Keeper()
