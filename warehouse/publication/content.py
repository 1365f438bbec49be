"""What a mart says, table by table, as hashes: two marts with equal hashes say the same.

Belongs here: which columns and repeats don't count as content, and the hashing. Does not:
whether a mart is up to date (`build.mart_fingerprint`), printing (`pipelines.cli.content`).

Two people who built their marts from the same files, in whatever order, find the same hashes. A
row counts by its values (a DOUBLE by its shortest exact text, NULL as itself), with the names and
types of its columns; the order of rows and of columns does not matter, how often a row stands
there does. Only tables are hashed: views and macros read them, and the code decides how.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.base.sql import open_mart
from warehouse.mart.hierarchy import Connection

# Columns that say when or in which run something happened here: not content, in any table.
CLOCKS = frozenset(
    {
        "checked_at",
        "decided_at",
        "imported_at",
        "override_at",
        "published_at",
        "retrieved_at",
        "withdrawn_at",
    }
)
RUN_IDS = frozenset({"run_id"})
# Made from clocks among others (when each file was saved to disk).
MADE_FROM_CLOCKS = frozenset({"fingerprint"})
LEFT_OUT = CLOCKS | RUN_IDS | MADE_FROM_CLOCKS
# How this home came about: they travel with the archive, and get rows at each refresh. To judge or
# publish the same once more says nothing new, so that repeats count once; and since two people
# refresh at different stages, they are no part of the whole.
JOURNALS = frozenset({"governance.check_result", "governance.publication"})
ANALYSTS = "main."


@dataclass(frozen=True)
class TableContent:
    """How many rows a table has, and the hash of what they say (16 hexadecimal digits)."""

    rows: int
    content: str


def mart_content(path: Path) -> dict[str, TableContent]:
    """`schema.table` -> rows and content hash, of every table of a mart, sorted by name.

    Raises duckdb.Error if the file can't be read as a mart.
    """
    with open_mart(path) as db:
        return {table: _table_content(db, table, of) for table, of in _columns(db).items()}


def whole_content(tables: Mapping[str, TableContent], prefix: str = "") -> str:
    """One hash (16 hexadecimal digits) of all tables but the journals; with `prefix` of those whose
    `schema.table` begins so."""
    wanted = [name for name in sorted(tables) if name.startswith(prefix) and name not in JOURNALS]
    return _short(f"{name} {tables[name].content}" for name in wanted)


def _columns(db: Connection) -> dict[str, dict[str, str]]:
    """`schema.table` -> column -> type."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in db.execute(
        """SELECT t.schema_name || '.' || t.table_name, c.column_name, c.data_type
           FROM duckdb_tables() AS t JOIN duckdb_columns() AS c USING (database_oid, table_oid)
           WHERE t.database_name = 'mart' ORDER BY ALL"""
    ).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _table_content(db: Connection, table: str, columns: dict[str, str]) -> TableContent:
    """Rows are hashed one by one and the hashes added up, so that no order is needed; a sum over
    64-bit halves is exact in a HUGEINT."""
    [(rows,)] = db.execute(f"SELECT count(*) FROM mart.{table}").fetchall()
    kept = [column for column in columns if column not in LEFT_OUT]
    values = ", ".join(f'"{column}"' for column in kept)
    once = "DISTINCT " if table in JOURNALS else ""
    sums = db.execute(
        f"""SELECT sum(md5_number_lower(said)), sum(md5_number_upper(said))
            FROM (SELECT to_json(row)::VARCHAR AS said
                  FROM (SELECT {once}{values} FROM mart.{table}) AS row)"""
    ).fetchall()
    named = [f"{column} {columns[column]}" for column in kept]
    return TableContent(rows, _short([*named, str(sums)]))


def _short(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
