"""The mart's tables as sources of a dbt project (`sources:`), with their comments, and tests of
their keys. Not here: models and the profile, which are the project's own."""

from __future__ import annotations

from typing import Any

import duckdb
import yaml
from open_data_contract_standard.model import SchemaObject, SchemaProperty

from warehouse.outputs.odcs.mart_contract import tables_of

# The database by which dbt knows the mart: the `alias` under which a profile attaches it.
ALIAS = "access_recovery"


def dbt_sources(db: duckdb.DuckDBPyConnection, tables: list[str], title: str) -> str:
    """The sources file (YAML, version 2) of these tables, a source for each of their schemas; `db`
    has the mart attached as `mart`."""
    figures = (
        f"{title}: tables of the mart. Start with kpi_monthly; tables join by organisation_key, "
        "kpi_id and month."
    )
    plan = f"{title}: the plan's commitments and actions. Start with plan_commitment."
    about = (("main", ALIAS, "", figures), ("plan", f"{ALIAS}_plan", "plan.", plan))
    sources = [
        {
            "name": name,
            "database": ALIAS,
            "schema": schema,
            "description": told,
            "tables": own,
        }
        for schema, name, before, told in about
        if (own := _tables(db, [f"{before}{table}" for table in tables], before))
    ]
    written: str = yaml.safe_dump(
        {"version": 2, "sources": sources}, sort_keys=False, allow_unicode=True, width=100
    )
    return written


def _tables(db: duckdb.DuckDBPyConnection, named: list[str], before: str) -> list[dict[str, Any]]:
    found = [_table(one) for one in tables_of(db) if one.name in named]
    return [{**one, "name": one["name"].removeprefix(before)} for one in found]


def _table(table: SchemaObject) -> dict[str, Any]:
    columns = [_column(one) for one in table.properties or []]
    return {"name": table.name, "description": _text(table.description), "columns": columns}


def _column(column: SchemaProperty) -> dict[str, Any]:
    """A column, with tests if it is a key by itself; the mart was checked for the others before it
    was published, and dbt has no test of several columns of its own."""
    about = {"name": column.name, "description": _text(column.description)}
    return {**about, "data_tests": ["not_null", "unique"]} if column.unique else about


def _text(text: str | None) -> str:
    """A description; dbt would take doubled braces for a call."""
    return (text or "").replace("{{", "{ {").replace("{%", "{ %")
