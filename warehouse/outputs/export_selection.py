"""What an export has: which tables of the mart, and which of their rows. Not here: the files
(`export`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from warehouse.base.errors import Refusal
from warehouse.base.sql import quoted
from warehouse.base.text import unknown
from warehouse.reference.levels import KEY_COLUMNS, sql_list
from warehouse.reference.organisations import ENGLAND


class NoTable(Refusal):
    """The mart has no such table; which it has."""


@dataclass(frozen=True)
class Selection:
    """Tables (all, if none is named), and their rows: of the `places` (level, code) and all that is
    within them, and of the places `beside` alone, since a month."""

    tables: Sequence[str] = ()
    places: Sequence[tuple[str, str]] = ()
    since: date | None = None
    beside: Sequence[tuple[str, str]] = ()


EVERYTHING = Selection()
# Schemas whose tables are exported; no two have a table of one name.
SCHEMAS = ("main", "plan")


def analyst_tables(db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name -> schema of the tables and views for analysts; `db` has the mart attached as `mart`."""
    rows = db.execute(
        "SELECT table_name, table_schema FROM information_schema.tables "
        f"WHERE table_catalog = 'mart' AND table_schema IN ({sql_list(SCHEMAS)}) "
        "ORDER BY table_name"
    ).fetchall()
    return dict(rows)


def chosen_tables(db: duckdb.DuckDBPyConnection, asked: Selection) -> list[str]:
    """The tables of an export, asked for with or without their schema. Raises NoTable naming
    similar ones."""
    every = analyst_tables(db)
    named = {f"{schema}.{name}": name for name, schema in every.items()}
    names = [named.get(name, name) for name in asked.tables]
    for name in names:
        if name not in every:
            raise NoTable(*unknown("table", name, dict.fromkeys(every, "")))
    return list(dict.fromkeys(names)) or list(every)


def chosen_rows(db: duckdb.DuckDBPyConnection, table: str, asked: Selection) -> pl.DataFrame:
    """The rows of a table that were asked for. Tables without organisations or months are whole."""
    columns = set(_columns(db, table))
    conditions, given = [], {}
    if asked.places and {"org_level", "org_code"} <= columns:
        db.execute("CREATE OR REPLACE TEMP TABLE asked_places AS " + _within(asked))
        conditions.append("(org_level, org_code) IN (FROM asked_places)")
    month = next((name for name in ("month", "period_end") if name in columns), None)
    if asked.since and month:
        conditions.append(f"{month} >= $since")
        given["since"] = asked.since
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    named = f"mart.{analyst_tables(db)[table]}.{table}"
    found: pl.DataFrame = db.sql(f"SELECT * FROM {named}{where}", params=given or None).pl()
    return found


def _columns(db: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    rows = db.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'mart' "
        f"AND schema_name IN ({sql_list(SCHEMAS)}) AND table_name = $table",
        {"table": table},
    ).fetchall()
    yield from (name for (name,) in rows)


def _within(asked: Selection) -> str:
    """SQL: the places themselves, all organisations that ever belonged to one of them, and those
    beside them."""
    parts = [
        f"(org_level = {quoted(level)} AND org_code = {quoted(code)})"
        for level, code in asked.beside
    ]
    for level, code in asked.places:
        belongs = [f"(org_level = {quoted(level)} AND org_code = {quoted(code)})"]
        if level in KEY_COLUMNS:
            belongs.append(f"{KEY_COLUMNS[level]} = {quoted(code)}")
        if code == ENGLAND:
            belongs.append("TRUE")
        parts.extend(belongs)
    return f"SELECT DISTINCT org_level, org_code FROM mart.organisation WHERE {' OR '.join(parts)}"
