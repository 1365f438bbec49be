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
from warehouse.publication.memory_limits import (
    FEW_ROWS,
    NOT_WORTH_IT,
    SPILL,
    limits_of,
    suit_few_rows,
)
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


def planned_without(db: duckdb.DuckDBPyConnection) -> set[str]:
    """The steps of planning that are left out."""
    [(said,)] = db.execute("SELECT current_setting('disabled_optimizers')").fetchall()
    return set(said.split(",")) - {""}


@pytest.mark.parametrize(
    ("rows", "threads", "without"), [(FEW_ROWS - 1, "1", {*NOT_WORTH_IT}), (FEW_ROWS, "2", set())]
)
def test_few_rows_are_worked_on_by_one_thread_and_planned_less(
    rows: int, threads: str, without: set[str]
) -> None:
    with open_builder({"threads": "2"}) as db:
        db.execute(f"CREATE TABLE held AS FROM range({rows})")
        suit_few_rows(db)
        assert settings_of(db)["threads"] == threads
        assert planned_without(db) == without


def test_nothing_held_is_few() -> None:
    with open_builder({"threads": "2"}) as db:
        suit_few_rows(db)
        assert settings_of(db)["threads"] == "1"


def test_every_step_left_out_is_one_that_duckdb_has() -> None:
    with open_builder({}) as db:
        known = {name for (name,) in db.execute("FROM duckdb_optimizers()").fetchall()}
    assert set(NOT_WORTH_IT) < known


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
