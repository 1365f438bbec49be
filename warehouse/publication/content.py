"""Content hashes of a mart, table by table: marts with equal hashes have equal content.

Belongs here: which columns and repeats are not content, and the hashing. Does not: whether a mart
is up to date (`build.mart_fingerprint`), printing (`pipelines.cli.content`).

Marts built from the same files, imported in any order, have the same hashes. A row is hashed by its
values (a DOUBLE as its shortest exact text) with the names and types of their columns. The order of
rows and columns does not matter; the number of equal rows does. Views and macros are not hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.base.sql import open_mart
from warehouse.mart.hierarchy import Connection

# Columns that are not content, in any table: clocks, runs, and what is derived from clocks.
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
# `value_per` only says how `value`, which is content, is worked out.
LEFT_OUT = CLOCKS | {"run_id", "fingerprint", "validation_result", "value_per"}
# Journals belong to the home and get rows at each refresh. Checking or publishing again adds no
# content, so repeats count once; and because two homes are refreshed at different times, journals
# are not part of the hash of the whole mart.
JOURNALS = frozenset({"governance.check_result", "governance.publication"})
ANALYSTS = "main."


@dataclass(frozen=True)
class TableContent:
    """A table's number of rows, and the hash of its content (16 hexadecimal digits)."""

    rows: int
    content: str


def mart_content(path: Path) -> dict[str, TableContent]:
    """Return `schema.table` -> rows and content hash, of every table of a mart, sorted by name.

    Raises duckdb.Error if the file can't be read as a mart.
    """
    with open_mart(path) as db:
        return {table: _table_content(db, table, of) for table, of in _columns(db).items()}


def whole_content(tables: Mapping[str, TableContent], prefix: str = "") -> str:
    """Return one hash (16 hexadecimal digits) of all tables except journals; with `prefix` only of
    those whose `schema.table` begins with it."""
    wanted = [name for name in sorted(tables) if name.startswith(prefix) and name not in JOURNALS]
    return _short(f"{name} {tables[name].content}" for name in wanted)


def _columns(db: Connection) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in db.execute(
        """SELECT t.schema_name || '.' || t.table_name, c.column_name, c.data_type
           FROM duckdb_tables() AS t JOIN duckdb_columns() AS c USING (database_oid, table_oid)
           WHERE t.database_name = 'mart' ORDER BY ALL"""
    ).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _table_content(db: Connection, table: str, columns: dict[str, str]) -> TableContent:
    """Hash a table as the sum of its rows' hashes, whatever their order; a sum of 64-bit halves is
    exact in a HUGEINT."""
    [(rows,)] = db.execute(f"SELECT count(*) FROM mart.{table}").fetchall()
    kept = [column for column in columns if column not in LEFT_OUT]
    values = ", ".join(f'"{column}"' for column in kept)
    once = "DISTINCT " if table in JOURNALS else ""
    sums = db.execute(
        f"""SELECT sum(md5_number_lower(text)), sum(md5_number_upper(text))
            FROM (SELECT to_json(row)::VARCHAR AS text
                  FROM (SELECT {once}{values} FROM mart.{table}) AS row)"""
    ).fetchall()
    named = [f"{column} {columns[column]}" for column in kept]
    return TableContent(rows, _short([*named, str(sums)]))


def _short(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
