"""Views, macros and comments: the same whether made in the mart or copied from an earlier one."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.support_mart import Mart
from warehouse.base.sql import attach
from warehouse.publication import mart_views
from warehouse.publication.mart_views import Tables, finish, mart_tables

CATALOG = (
    "SELECT schema_name, view_name, sql, comment FROM duckdb_views() WHERE NOT internal",
    "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal",
    """SELECT schema_name, table_name, column_name, column_index, data_type, comment
    FROM duckdb_columns() WHERE NOT internal""",
    """SELECT schema_name, function_name, parameters, macro_definition, comment
    FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal""",
)


def bare(llr: Mart, path: Path) -> tuple[Path, Tables]:
    """A copy of a mart as it is before it is finished, and its tables."""
    shutil.copyfile(llr.path, path)
    with duckdb.connect(str(path)) as db:
        for schema, view in db.execute(
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall():
            db.execute(f"DROP VIEW {schema}.{view}")
        for (macro,) in db.execute(
            """SELECT DISTINCT function_name FROM duckdb_functions()
            WHERE function_type = 'table_macro' AND NOT internal"""
        ).fetchall():
            db.execute(f"DROP MACRO TABLE {macro}")
        db.execute("COMMENT ON TABLE kpi_monthly IS NULL")
        db.execute("COMMENT ON COLUMN governance.edition.status IS NULL")
    with duckdb.connect() as db:
        attach(db, path)
        return path, mart_tables(db)


def shown(path: Path) -> list[set[tuple[object, ...]]]:
    """What a mart opened on its own has beside its rows, and that its views can be read."""
    with duckdb.connect(str(path), read_only=True) as db:
        found = [{tuple(map(str, row)) for row in db.execute(sql).fetchall()} for sql in CATALOG]
        for schema, view, *_ in found[0]:
            db.execute(f"SELECT * FROM {schema}.{view} LIMIT 1").fetchall()
    return found


def test_a_later_mart_has_the_views_and_comments_of_the_first(
    llr: Mart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart_views._keeper.cache_clear()
    finished = []
    for name in ("first", "second", "third"):
        path, tables = bare(llr, tmp_path / f"{name}.duckdb")
        assert not {name for _, name, *_ in shown(path)[0]}
        if name == "third":
            monkeypatch.setattr(mart_views, "open_file", None)  # it is not made anew
        finish(path, tables, False, {})
        finished.append(shown(path))
    assert finished[0] == finished[1] == finished[2] == shown(llr.path)


def test_marts_of_other_columns_or_of_sample_data_are_made_anew(llr: Mart, tmp_path: Path) -> None:
    mart_views._keeper.cache_clear()
    for name in ("first", "second"):
        path, tables = bare(llr, tmp_path / f"{name}.duckdb")
        finish(path, tables, False, {})
    path, tables = bare(llr, tmp_path / "sample.duckdb")
    finish(path, tables, True, {})
    said = {comment for _, _, _, comment in shown(path)[0]}
    assert said and all("SYNTHETIC" in comment for comment in said)
    path, _ = bare(llr, tmp_path / "other.duckdb")
    with duckdb.connect(str(path)) as db:
        db.execute("ALTER TABLE organisation ADD COLUMN other_name VARCHAR")
    with duckdb.connect() as db:
        attach(db, path)
        tables = mart_tables(db)
    finish(path, tables, False, {})
    columns = {name for _, table, name, *_ in shown(path)[2] if table == "organisation_current"}
    assert "other_name" in columns
