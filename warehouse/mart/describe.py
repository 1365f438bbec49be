"""Comments: every table and column of the mart says what it is.

Belongs here: putting `describe.yaml` and the catalogue's words into DuckDB comments.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from warehouse.catalogue import Kpi
from warehouse.mart.places import Connection

DESCRIPTIONS = Path(__file__).with_name("describe.yaml")
SYNTHETIC_NOTE = "SYNTHETIC: invented sample data, not published statistics. "


@cache
def descriptions() -> dict[str, Any]:
    """The shipped descriptions: `shared` columns, `tables`, `views`."""
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTIONS.read_text(encoding="utf-8"))
    return loaded


def describe(db: Connection, kpis: dict[str, Kpi], views: list[str], synthetic: bool) -> None:
    """Comment every table, view and column of the database that `db` has open."""
    db.begin()
    words = descriptions()
    mark = SYNTHETIC_NOTE if synthetic else ""
    for table, entry in words["tables"].items():
        _comment(db, "TABLE", table, mark + entry["comment"])
        own = entry.get("columns", {})
        for column in table_columns(db, table):
            _comment(
                db, "COLUMN", f"{table}.{column}", own.get(column, words["shared"].get(column))
            )
    for view in views:
        _comment(db, "VIEW", view, mark + words["views"]["comment"])
        for column in table_columns(db, view):
            kpi = kpis.get(column)
            text = (
                f"{kpi.title} ({kpi.unit}). {kpi.description}" if kpi else words["shared"][column]
            )
            _comment(db, "COLUMN", f"{view}.{column}", text)
    db.commit()


def column_comments(table: str) -> dict[str, str]:
    """Column -> comment of a described table, for documentation elsewhere."""
    words = descriptions()
    own: dict[str, str] = words["tables"][table].get("columns", {})
    return {**words["shared"], **own}


def table_columns(db: Connection, table: str) -> dict[str, str]:
    """Column -> type of a table of the database that `db` has open, in their order."""
    schema, _, name = table.rpartition(".")
    rows = db.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $name "
        "AND schema_name = $schema ORDER BY column_index",
        {"name": name, "schema": schema or "main"},
    ).fetchall()
    return dict(rows)


def _comment(db: Connection, kind: str, name: str, text: str | None) -> None:
    """COMMENT takes no parameters: quote the text as SQL does. A missing text stays missing,
    and the mart check `tables_described` then refuses the mart."""
    if text is not None:
        quoted = text.replace("'", "''")
        db.execute(f"COMMENT ON {kind} {name} IS '{quoted}'")
