"""What counts as a mart's content, and what does not."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.publication.content import (
    CLOCKS,
    JOURNALS,
    LEFT_OUT,
    mart_content,
    whole_content,
)

FIGURES = """CREATE TABLE kpi_monthly AS
    FROM (VALUES ('04C', 0.1::DOUBLE, 'a'), ('03W', NULL, 'b')) AS t (org_code, value, note)"""
HELD = """CREATE TABLE {} AS
    FROM (VALUES ('a-run', DATE '2025-11-01', 'fail')) AS t (run_id, edition, verdict)"""


def hashed(path: Path, *statements: str) -> dict[str, str]:
    """Table -> content of a file made by these statements."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE SCHEMA governance")
        for statement in statements:
            db.execute(statement)
    return {table: told.content for table, told in mart_content(path).items()}


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ("SELECT 1", False),
        ("CREATE OR REPLACE TABLE kpi_monthly AS FROM kpi_monthly ORDER BY org_code", False),
        ("ALTER TABLE kpi_monthly ADD COLUMN run_id VARCHAR DEFAULT 'another'", False),
        ("ALTER TABLE kpi_monthly ADD COLUMN imported_at TIMESTAMP DEFAULT now()", False),
        ("UPDATE kpi_monthly SET value = nextafter(value, 1)", True),
        ("UPDATE kpi_monthly SET value = 0 WHERE value IS NULL", True),
        ("UPDATE kpi_monthly SET note = NULL WHERE note = 'a'", True),
        ("UPDATE kpi_monthly SET note = CASE note WHEN 'a' THEN 'b' ELSE 'a' END", True),
        ("INSERT INTO kpi_monthly FROM kpi_monthly LIMIT 1", True),
        ("DELETE FROM kpi_monthly", True),
        ("ALTER TABLE kpi_monthly RENAME note TO caveat", True),
    ],
)
def test_content_is_values_under_their_names(change: str, shows: bool, tmp_path: Path) -> None:
    before = hashed(tmp_path / "a.duckdb", FIGURES)
    after = hashed(tmp_path / "b.duckdb", FIGURES, change)
    assert (before != after) == shows


def test_a_repeated_journal_entry_does_not_change_the_content(tmp_path: Path) -> None:
    [name, *_] = sorted(JOURNALS)
    once = hashed(tmp_path / "a.duckdb", HELD.format(name))
    again = f"INSERT INTO {name} VALUES ('b-run', DATE '2025-11-01', '{{}}')"
    assert hashed(tmp_path / "b.duckdb", HELD.format(name), again.format("fail")) == once
    assert hashed(tmp_path / "c.duckdb", HELD.format(name), again.format("pass")) != once


def test_clocks_run_ids_and_a_factor_are_left_out_and_nothing_else(llr: Mart) -> None:
    kinds = {
        row["column_name"]: row["data_type"]
        for row in llr.rows(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "SEMI JOIN duckdb_tables() USING (database_oid, table_oid) "
            "WHERE database_name = 'mart'"
        )
    }
    # Whoever adds a time of day to the mart says here whether it is content.
    assert {name for name, kind in kinds.items() if kind.startswith("TIME")} == CLOCKS
    of_runs = LEFT_OUT - CLOCKS - {"value_per"}
    assert {kinds[name] for name in of_runs} == {"VARCHAR"}
    # The key of a validation result has the run's time in it, and is in check_result alone.
    for name in of_runs - {"validation_result"}:
        [told] = llr.rows(f"SELECT count(DISTINCT {name}) AS runs FROM governance.publication")
        assert told["runs"] == 1


def test_two_people_compare_their_marts(llr: Mart, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = mart_content(llr.path)
    monkeypatch.setenv(HOME_VARIABLE, str(llr.path.parent.parent))
    told = CliRunner().invoke(app, ["content"])
    assert told.exit_code == 0 and tables["main.kpi_monthly"].content in told.stdout
    assert f"schema main): {whole_content(tables, 'main.')}" in told.stdout
    assert f"journals:    {whole_content(tables)}" in told.stdout
    as_json = json.loads(CliRunner().invoke(app, ["content", "--json"]).stdout)
    assert as_json["content"] == whole_content(tables)
    assert as_json["analysts"] == whole_content(tables, "main.") != as_json["content"]
    assert {name for name, one in as_json["tables"].items() if one["journal"]} == JOURNALS


def test_without_a_mart_there_is_nothing_to_compare(home: Home) -> None:
    told = CliRunner().invoke(app, ["content"])
    assert told.exit_code == 2 and "refresh first" in told.stderr and not home.root.exists()
