"""How much memory building and checking a mart may use."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from checks import mart_checks
from checks.mart_checks import gather_mart
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.base.sql import open_builder, open_file
from warehouse.publication.memory_limits import FEW_ROWS, SPILL, limits_of, suit_few_rows
from warehouse.settings import Unreadable


def settings_of(db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The settings that matter here."""
    names = ("memory_limit", "threads", "temp_directory")
    [row] = db.execute(f"SELECT {', '.join(f'current_setting({n!r})' for n in names)}").fetchall()
    return dict(zip(names, map(str, row), strict=True))


def test_the_owner_sets_the_limit(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert limits_of(home)["memory_limit"] == "700MB"
    assert limits_of(home)["threads"] == "2"
    write_text(home.settings, "memory_mb: 2000\n")
    assert limits_of(home)["memory_limit"] == "2000MB"
    assert limits_of(home)["threads"] == "8"
    write_text(home.settings, "memory_mb: 100\n")
    with pytest.raises(Unreadable, match="memory_mb"):
        limits_of(home)


def test_a_builder_and_a_file_are_opened_with_the_limits(home: Home, tmp_path: Path) -> None:
    limits = {**limits_of(home), "threads": "1"}
    expected = {"memory_limit": "667.5 MiB", "threads": "1"}
    expected["temp_directory"] = home.store.local_copy(SPILL).as_posix()
    with open_builder(limits) as db:
        assert settings_of(db) == expected
    with open_file(tmp_path / "a.duckdb", limits=limits) as db:
        assert settings_of(db) == expected


@pytest.mark.parametrize(("rows", "threads"), [(FEW_ROWS - 1, "1"), (FEW_ROWS, "2")])
def test_few_rows_are_worked_on_by_one_thread(rows: int, threads: str) -> None:
    with open_builder({"threads": "2"}) as db:
        db.execute(f"CREATE TABLE held AS FROM range({rows})")
        suit_few_rows(db)
        assert settings_of(db)["threads"] == threads


def test_what_is_newest_at_a_time_is_not_found_by_comparing_all_with_all(home: Home) -> None:
    """Without an estimate of rows DuckDB joins ASOF by a loop: quadratic in the rows."""
    with open_builder(limits_of(home)) as db:
        db.execute(
            "CREATE TABLE held AS SELECT range % 500 AS org, range AS vintage FROM range(5000)"
        )
        db.execute("CREATE TABLE place AS SELECT range AS org, range % 7 AS parent FROM range(500)")
        suit_few_rows(db)
        [(_, plan)] = db.execute(
            """EXPLAIN (FORMAT json) WITH child AS MATERIALIZED (FROM held JOIN place USING (org))
            FROM (SELECT DISTINCT parent, vintage FROM child) AS t
            JOIN (SELECT DISTINCT parent, org FROM child) AS m ON m.parent = t.parent
            ASOF JOIN child AS c ON c.org = m.org AND t.vintage >= c.vintage"""
        ).fetchall()
        assert "ASOF_JOIN" in plan and "NESTED_LOOP" not in plan


def test_nothing_held_is_few() -> None:
    with open_builder({"threads": "2"}) as db:
        suit_few_rows(db)
        assert settings_of(db)["threads"] == "1"


def test_the_checks_of_a_mart_have_the_limits(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "a.duckdb", {}
    duckdb.connect(str(path)).close()

    def opened(*args: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        db = open_file(*args, **named)
        seen.update(settings_of(db))
        return db

    monkeypatch.setattr(mart_checks, "open_file", opened)
    list(gather_mart(path, home))
    assert seen["memory_limit"] == "667.5 MiB"
    assert seen["temp_directory"] == home.store.local_copy(SPILL).as_posix()
