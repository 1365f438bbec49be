"""The guides are true: every query runs and finds something, every name in them exists."""

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.main import app
from warehouse.home import Home

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("analyst-guide.md", "governance-guide.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = "data/mart/access_recovery.duckdb"
LABELS = {"final", "provisional", "incomplete", "skipped", "pass", "warn", "fail"}


def blocks(guide: str, language: str) -> list[str]:
    text = (DOCS / guide).read_text(encoding="utf-8")
    return [block for kind, block in FENCE.findall(text) if kind == language]


QUERIES = [
    pytest.param(sql, id=f"{guide.partition('-')[0]}-{number}")
    for guide in GUIDES
    for number, sql in enumerate(blocks(guide, "sql"), start=1)
]


@pytest.mark.parametrize("sql", QUERIES)
def test_query_runs_and_finds_something(mart: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert mart.execute(sql).fetchall()


def test_the_analysts_guide_answers_at_least_ten_questions() -> None:
    assert len(blocks("analyst-guide.md", "sql")) >= 10


def test_every_table_column_and_kpi_named_exists(mart: duckdb.DuckDBPyConnection) -> None:
    rows = mart.execute(
        """SELECT table_name FROM information_schema.tables UNION
           SELECT column_name FROM information_schema.columns UNION
           SELECT table_schema || '.' || table_name FROM information_schema.tables UNION
           SELECT kpi_id FROM kpi"""
    ).fetchall()
    known = {name for (name,) in rows} | LABELS
    for guide in GUIDES:
        prose = FENCE.sub("", (DOCS / guide).read_text(encoding="utf-8"))
        named = set(re.findall(r"`([a-z][a-z0-9_]*(?:\.[a-z_]+)?)`", prose)) - {"governance"}
        assert named - known == set()


def test_every_command_named_exists() -> None:
    commands = {
        c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands
    }
    for guide in GUIDES:
        text = (DOCS / guide).read_text(encoding="utf-8")
        assert set(re.findall(r"access-recovery ([a-z]+)", text)) <= commands


def test_python_example_runs(published: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(published.root)
    [code] = blocks("analyst-guide.md", "python")
    names: dict[str, object] = {}
    exec(code.replace(PATH, published.mart.as_posix()), names)
    assert getattr(names["frame"], "height", 0) > 12
