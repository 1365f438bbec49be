"""Comments for every table, view, column and macro of the mart, from `describe.yaml` and the
catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from warehouse.base.sql import quoted
from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection

DESCRIPTIONS = Path(__file__).with_name("describe.yaml")
STATUS_OF = "_status"  # suffix of the status column beside a KPI's in a wide view
SYNTHETIC_NOTE = "SYNTHETIC: invented sample data, not published statistics. "
# A plan may be an ICB's own, beside the sample's figures.
BESIDE_NOTE = "SYNTHETIC figures, invented sample data; so are rows marked synthetic. "


@cache
def descriptions() -> dict[str, Any]:
    """Return the shipped descriptions: `shared` columns, `tables`, named `views`, `macros`, and the
    text for the wide view of each theme (`themes`)."""
    loaded: dict[str, Any] = read_yaml(DESCRIPTIONS)
    return loaded


def describe_tables(db: Connection, tables: Mapping[str, Iterable[str]], synthetic: bool) -> None:
    """Comment every table and its columns, of the current database. `tables`: their columns, by
    name."""
    db.execute(";\n".join(_entries("TABLE", descriptions()["tables"], tables, synthetic)))


def describe_views(
    db: Connection, kpis: dict[str, Kpi], themes: list[str], synthetic: bool
) -> None:
    """Comment every view, its columns, and every macro of the database that `db` has open.
    `themes`: the wide views, whose columns are KPIs."""
    words, columns = descriptions(), _view_columns(db)
    comments = list(_entries("VIEW", words["views"], columns, synthetic))
    for view in themes:
        comments.append(_comment("VIEW", view, _mark(synthetic) + words["themes"]["comment"]))
        comments += _of_columns(view, columns[view], partial(_of_theme, kpis))
    comments += (_comment("MACRO TABLE", macro, text) for macro, text in words["macros"].items())
    db.execute(";\n".join(comments))


def _mark(synthetic: bool, name: str = "") -> str:
    if not synthetic:
        return ""
    return BESIDE_NOTE if name.startswith("plan.") else SYNTHETIC_NOTE


def _entries(
    kind: str,
    entries: Mapping[str, dict[str, Any]],
    columns: Mapping[str, Iterable[str]],
    synthetic: bool,
) -> Iterator[str]:
    for name, entry in entries.items():
        yield _comment(kind, name, _mark(synthetic, name) + entry["comment"])
        yield from _of_columns(name, columns[name], column_comments(name).get)


def _of_columns(
    table: str, columns: Iterable[str], text_of: Callable[[str], str | None]
) -> Iterator[str]:
    """Yield the comments of columns. A column without text gets none, and the mart check
    `tables_described` fails."""
    for column in columns:
        if (text := text_of(column)) is not None:
            yield _comment("COLUMN", f"{table}.{column}", text)


def _of_theme(kpis: dict[str, Kpi], column: str) -> str | None:
    """Return the comment of a wide view's column: a KPI, its status, or a shared column."""
    if kpi := kpis.get(column):
        return f"{kpi.title} ({kpi.unit}). {kpi.description}"
    if kpi := kpis.get(column.removesuffix(STATUS_OF)):
        return (
            f"Status of {kpi.kpi_id}, as in kpi_monthly; where that has no row not_applicable "
            "(not published at this level, or not yet) or not_available. Why a value is NULL: "
            "status_reason of kpi_monthly (of years: kpi_other_period), by kpi_id and keys."
        )
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


def _view_columns(db: Connection) -> dict[str, list[str]]:
    """Return the columns of every view from one query: a query each takes milliseconds."""
    rows = db.execute(
        "SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name, "
        "column_name FROM duckdb_columns() WHERE NOT internal AND (schema_name, table_name) IN "
        "(SELECT (schema_name, view_name) FROM duckdb_views() WHERE NOT internal) ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for view, column in rows:
        found.setdefault(view, []).append(column)
    return found


def _comment(kind: str, name: str, text: str) -> str:
    """SQL: one comment, quoted here because COMMENT takes no parameters."""
    return f"COMMENT ON {kind} {name} IS {quoted(text)}"
