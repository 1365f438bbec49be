"""Comments for every table, view, column and macro of the mart, from `describe.yaml` and the
catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from warehouse.base.sql import quoted
from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection

DESCRIPTIONS = Path(__file__).with_name("describe.yaml")
STATUS_OF = "_status"  # suffix of the status column beside a KPI's in a wide view
SYNTHETIC_NOTE = "SYNTHETIC: invented sample data, not published statistics. "


@cache
def descriptions() -> dict[str, Any]:
    """Return the shipped descriptions: `shared` columns, `tables`, named `views`, `macros`, and the
    text for the wide view of each theme (`themes`)."""
    loaded: dict[str, Any] = read_yaml(DESCRIPTIONS)
    return loaded


def describe(db: Connection, kpis: dict[str, Kpi], themes: list[str], synthetic: bool) -> None:
    """Comment every table, view, column and macro of the database that `db` has open. `themes`: the
    wide views, whose columns are KPIs."""
    db.begin()
    words, columns = descriptions(), _columns(db)
    mark = SYNTHETIC_NOTE if synthetic else ""
    for kind, entries in (("TABLE", words["tables"]), ("VIEW", words["views"])):
        for name, entry in entries.items():
            _comment(db, kind, name, mark + entry["comment"])
            comments = column_comments(name)
            for column in columns[name]:
                _comment(db, "COLUMN", f"{name}.{column}", comments.get(column))
    for view in themes:
        _comment(db, "VIEW", view, mark + words["themes"]["comment"])
        for column in columns[view]:
            _comment(db, "COLUMN", f"{view}.{column}", _of_theme(column, kpis))
    for macro, text in words["macros"].items():
        _comment(db, "MACRO TABLE", macro, text)
    db.commit()


def _of_theme(column: str, kpis: dict[str, Kpi]) -> str | None:
    """Return the comment of a wide view's column: a KPI, its status, or a shared column."""
    if kpi := kpis.get(column):
        return f"{kpi.title} ({kpi.unit}). {kpi.description}"
    if kpi := kpis.get(column.removesuffix(STATUS_OF)):
        return f"Status of {kpi.kpi_id}, as in kpi_monthly; NULL if it has no row."
    return str(descriptions()["shared"][column])


def column_comments(name: str) -> dict[str, str]:
    """Column -> comment of a described table or view. A view that is `like` a table also has that
    table's columns."""
    words = descriptions()
    entry = {**words["tables"], **words["views"]}[name]
    like = column_comments(entry["like"]) if "like" in entry else words["shared"]
    return {**like, **entry.get("columns", {})}


def table_columns(db: Connection, table: str) -> dict[str, str]:
    """Column -> type of a table of the database that `db` has open, in table order."""
    schema, _, name = table.rpartition(".")
    rows = db.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $name "
        "AND schema_name = $schema ORDER BY column_index",
        {"name": name, "schema": schema or "main"},
    ).fetchall()
    return dict(rows)


def _columns(db: Connection) -> dict[str, list[str]]:
    """Return the columns of every table and view from one query: a query each takes
    milliseconds."""
    rows = db.execute(
        "SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name, "
        "column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _comment(db: Connection, kind: str, name: str, text: str | None) -> None:
    """Set one comment, quoted here because COMMENT takes no parameters. Without text it is not
    set, and the mart check `tables_described` fails."""
    if text is not None:
        db.execute(f"COMMENT ON {kind} {name} IS {quoted(text)}")
