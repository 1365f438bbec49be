"""Open DuckDB and SQLite files, and quote SQL text; the only place that connects to them, besides
Dagster's storage (`pipelines.instance`). Light, for commands that only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection


def open_mart(path: Path) -> Connection:
    """A mart to read: attached as `mart`, which is the current database.

    An in-memory connection that attaches sees the newest file; `duckdb.connect(path)` may hand
    back an older one that the process still has open. Raises duckdb.Error if it can't be read.
    """
    db = duckdb.connect()
    try:
        attach(db, path)
        db.execute("USE mart")
    except BaseException:
        db.close()
        raise
    return db


def open_file(path: Path, read_only: bool = False) -> Connection:
    """A mart opened on its own, so that views and macros name no other database."""
    return duckdb.connect(str(path), read_only=read_only)


def open_builder(path: Path, storage_version: str, limits: dict[str, str]) -> Connection:
    """A database in memory, with a new file attached as `mart` to be filled. `limits`: DuckDB's
    settings (`memory_limit`, `temp_directory`)."""
    db = duckdb.connect(config={**limits})
    db.execute(f"ATTACH {quoted(path.as_posix())} AS mart (STORAGE_VERSION '{storage_version}')")
    return db


def attach(db: Connection, path: Path, name: str = "mart") -> None:
    """Attach a mart read-only."""
    db.execute(f"ATTACH {quoted(path.as_posix())} AS {name} (READ_ONLY)")


def quoted(text: str) -> str:
    """A text as SQL writes it, in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def open_sqlite(path: Path, timeout: float) -> closing[sqlite3.Connection]:
    """A SQLite file, closed at the end; waits so many seconds for whoever has it locked."""
    return closing(sqlite3.connect(path, timeout=timeout))
