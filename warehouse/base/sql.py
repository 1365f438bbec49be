"""Open DuckDB and SQLite files, and quote SQL text; the only place that connects to them, besides
Dagster's storage (`pipelines.instance`). Light, for commands that only read."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection


def open_mart(path: Path) -> Connection:
    """A mart to read, attached as the current database `mart`.

    Attaching sees the newest file; `duckdb.connect(path)` may return an older one that the process
    still has open. Raises duckdb.Error if it can't be read.
    """
    db = duckdb.connect()
    try:
        attach(db, path)
        db.execute("USE mart")
    except BaseException:
        db.close()
        raise
    return db


def open_file(
    path: Path, read_only: bool = False, limits: Mapping[str, str] | None = None
) -> Connection:
    """A mart opened directly, so that views and macros name no database. `limits`: DuckDB's
    settings (`memory_limit`, `temp_directory`)."""
    db = duckdb.connect(str(path), read_only=read_only)
    # Not as `config`: the process may have the file open with other settings, which is an error.
    for name, value in (limits or {}).items():
        db.execute(f"SET {name} = {quoted(value)}")
    return db


def open_builder(limits: dict[str, str]) -> Connection:
    """An in-memory database. `limits`: DuckDB's settings (`memory_limit`, `temp_directory`)."""
    return duckdb.connect(config={**limits})


def attach_to_write(
    db: Connection, path: Path, name: str, storage_version: str | None = None
) -> None:
    """Attach a file to write, new or not. `storage_version`: of a new one."""
    version = f"(STORAGE_VERSION '{storage_version}')" if storage_version else ""
    db.execute(f"ATTACH {quoted(path.as_posix())} AS {name} {version}")


def attach(db: Connection, path: Path, name: str = "mart") -> None:
    """Attach a mart read-only."""
    db.execute(f"ATTACH {quoted(path.as_posix())} AS {name} (READ_ONLY)")


def attach_empty(db: Connection, name: str) -> None:
    """Attach a new database in memory."""
    db.execute(f"ATTACH ':memory:' AS {name}")


def rows(db: Connection, sql: str, **parameters: object) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    answer = db.execute(sql, parameters or None)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def is_synthetic(db: Connection) -> bool:
    """Whether the mart attached as `mart` has sample data."""
    [(found,)] = db.execute(
        "SELECT arg_max(synthetic, rowid) FROM mart.governance.publication"
    ).fetchall()
    return bool(found)


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def as_query(sql: str, parameters: Mapping[str, str]) -> str:
    """SQL of a table macro that names parts of its query (WITH), to be read by DuckDB when called.

    DuckDB 1.4.0 and 1.4.1 lose those names from macros in a file; a text keeps them. `parameters`:
    name -> SQL of the text to put in its place (`as_constant`). Arguments may be constants,
    variables and prepared parameters, not subqueries.
    """
    return f"SELECT * FROM query({as_text(sql, parameters)})"


def as_text(sql: str, parameters: Mapping[str, str]) -> str:
    """SQL of a text that has `sql`, with what `parameters` give in the place of their names."""
    text = quoted(sql)
    for name, given in parameters.items():
        text = f"' || {given} || '".join(re.split(rf"\b{name}\b", text))
    return text


def as_constant(name: str) -> str:
    """SQL: the value of a macro's parameter, as it is written in SQL."""
    return f"coalesce('''' || replace({name}::VARCHAR, '''', '''''') || '''', 'NULL')"


def unlogged(db: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> None:
    """Run a statement that moves rows without changing how they are made, so that lineage, which
    reads logged statements by their first word, takes no notice of it."""
    db.execute(f"/* kept */ {sql}", parameters)


def open_sqlite(path: Path, timeout: float) -> closing[sqlite3.Connection]:
    """A SQLite file, closed by the `with` block. `timeout`: seconds to wait for its lock."""
    return closing(sqlite3.connect(path, timeout=timeout))
