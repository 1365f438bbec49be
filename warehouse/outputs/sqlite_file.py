"""A SQLite file of the mart's tables, for programs that read no DuckDB, such as Datasette. Not
here: which rows (`export_selection`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.base.sql import Connection, open_sqlite
from warehouse.mart.primary_keys import primary_key
from warehouse.outputs.export_selection import SCHEMAS
from warehouse.reference.levels import sql_list

TIMEOUT = 30.0
# Columns by which tables are searched; each has an index, where it is not the key's first.
SEARCHED = ("month", "org_code", "kpi_id", "organisation_key")
# Column -> the table and column of the row that it names; table -> the column people know a row by.
REFERS = {
    "organisation_key": ("organisation", "organisation_key"),
    "kpi_id": ("kpi", "kpi_id"),
    "funding_kpi_id": ("kpi", "kpi_id"),
    "month": ("calendar_month", "month"),
}
LABELS = {"organisation": "short_name", "kpi": "title"}


def referred_first(tables: Iterable[str]) -> list[str]:
    """The tables in the order in which they are written: those that others refer to first."""
    named = [table for table, _ in REFERS.values()]
    return sorted(tables, key=lambda table: table not in named)


def write_sqlite(path: Path, tables: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Write tables (`referred_first`) into a new SQLite file, with primary keys, indexes, and
    foreign keys where every value is in the table referred to: dates as ISO text, true and false as
    1 and 0."""
    known: dict[tuple[str, str], pl.Series] = {}
    with open_sqlite(path, TIMEOUT) as db:
        for name, frame in tables:
            key = primary_key(name)
            columns = [f'"{column}" {_kind(kind)}' for column, kind in frame.schema.items()]
            if key:
                columns.append(f"PRIMARY KEY ({', '.join(key)})")
            columns += _foreign_keys(name, frame, known)
            known |= {to: frame[to[1]] for to in REFERS.values() if to[0] == name}
            db.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
            places = ", ".join("?" * frame.width)
            db.executemany(f'INSERT INTO "{name}" VALUES ({places})', _plain(frame).iter_rows())
            for column in SEARCHED:
                if column in frame.columns and column not in key[:1]:
                    db.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
        db.commit()


def _foreign_keys(
    name: str, frame: pl.DataFrame, known: Mapping[tuple[str, str], pl.Series]
) -> Iterator[str]:
    """Yield SQL of the foreign keys of a table that hold, of those that it may have."""
    for column, to in REFERS.items():
        if column in frame.columns and to in known and name != to[0]:
            values = frame[column].drop_nulls().unique()
            if values.is_in(known[to].implode()).all():
                yield f'FOREIGN KEY ("{column}") REFERENCES "{to[0]}" ("{to[1]}")'


def _kind(kind: pl.DataType) -> str:
    if kind.is_integer() or kind == pl.Boolean:
        return "INTEGER"
    return "REAL" if kind.is_numeric() else "TEXT"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame of what SQLite can store."""
    return frame.with_columns(
        pl.col(pl.Boolean).cast(pl.Int8),
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"),
        pl.col(pl.Datetime).dt.to_string("%Y-%m-%d %H:%M:%S"),
        pl.col(pl.Decimal).cast(pl.Float64),
        pl.col(pl.List).cast(pl.List(pl.String)).list.join(", "),
    )


def datasette_metadata(db: Connection, tables: Iterable[str], database: str, title: str) -> str:
    """What Datasette shows of a file (`database`: its name without the ending), as JSON: the mart's
    comments on tables and columns, and by which column people
    know a row that others refer to. `db` has the mart attached as `mart`."""
    wanted = list(tables)
    about: dict[str, Any] = {name: {"columns": {}} for name in wanted}
    for name in wanted:
        if name in LABELS:
            about[name]["label_column"] = LABELS[name]
    shown = f"database_name = 'mart' AND schema_name IN ({sql_list(SCHEMAS)})"
    for table, comment in db.execute(
        f"""SELECT table_name, comment FROM duckdb_tables() WHERE {shown}
           UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE {shown}"""
    ).fetchall():
        if table in about:
            about[table]["description"] = comment
    for table, column, comment in db.execute(
        f"SELECT table_name, column_name, comment FROM duckdb_columns() WHERE {shown}"
    ).fetchall():
        if table in about:
            about[table]["columns"][column] = comment
            if column == "month":
                about[table]["sort_desc"] = column
    return json.dumps({"title": title, "databases": {database: {"tables": about}}}, indent=2)
