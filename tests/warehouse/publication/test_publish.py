"""Publishing: whole or not at all, readers undisturbed, and knowing whether there is work."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support import write_regional
from tests.warehouse.support_mart import Mart, accept_all, bring, build_aside
from tests.warehouse.worlds import area
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.mart.governance import publications
from warehouse.publication import publish as publishing
from warehouse.publication.build import Built, build_mart
from warehouse.publication.publish import SwapBlocked, is_current, publish

Make = Callable[[str], Built]


@pytest.fixture
def make(home: Home, llr: Mart) -> Make:
    """Makes a built mart in the home: a copy of one, marked so that it can be recognised."""
    home.mart.parent.mkdir(parents=True)

    def built(mark: str) -> Built:
        path = home.mart.with_name(f"building-{mark}.duckdb.part")
        shutil.copyfile(llr.path, path)
        with duckdb.connect(str(path)) as db:
            db.execute(f"CREATE TABLE mark AS SELECT '{mark}' AS mark")
        return Built(
            path=path, fingerprint=mark, publication={"run_id": mark}, synthetic=False, figures=1
        )

    return built


def mark_of(path: Path) -> str:
    with duckdb.connect() as db:
        attach(db, path)
        [(mark,)] = db.execute("SELECT mark FROM mart.mark").fetchall()
    return str(mark)


def beside(home: Home) -> set[str]:
    return {path.name for path in home.mart.parent.iterdir()} - {"publish.lock"}


def test_built_mart_takes_the_place_whole(home: Home, make: Make) -> None:
    assert publish(home, make("one")) == home.mart
    publish(home, make("two"))
    assert mark_of(home.mart) == "two"
    assert beside(home) == {"access_recovery.duckdb"}
    journal = publications(home).entries()
    assert [json.loads(entry)["run_id"] for entry in journal] == ["one", "two"]


def test_open_reader_keeps_the_old_mart_and_a_new_one_sees_the_new(home: Home, make: Make) -> None:
    publish(home, make("one"))
    with duckdb.connect() as reader:
        attach(reader, home.mart)
        publish(home, make("two"))
        assert reader.execute("SELECT mark FROM mart.mark").fetchall() == [("one",)]
        [(figures,)] = reader.execute("SELECT count(*) FROM mart.kpi_monthly").fetchall()
        assert figures > 100
        assert mark_of(home.mart) == "two"


def test_stale_log_beside_the_mart_is_removed(home: Home, make: Make) -> None:
    publish(home, make("one"))
    log = home.mart.with_name(home.mart.name + ".wal")
    log.write_bytes(b"left by something that wrote the published path")
    publish(home, make("two"))
    assert not log.exists()
    assert mark_of(home.mart) == "two"


def test_blocked_swap_keeps_both_marts_and_says_what_to_do(
    home: Home, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, make("one"))
    replace = os.replace

    def blocked(source: Path, target: Path) -> None:
        if target == home.mart:
            raise PermissionError("in use")
        replace(source, target)

    monkeypatch.setattr(publishing, "SWAP_SECONDS", 0.0)
    monkeypatch.setattr(os, "replace", blocked)
    with pytest.raises(SwapBlocked, match="close the program and run `access-recovery refresh`"):
        publish(home, make("two"))
    assert mark_of(home.mart) == "one"
    assert beside(home) == {"access_recovery.duckdb", "access_recovery.duckdb.next"}
    assert mark_of(home.mart.with_name("access_recovery.duckdb.next")) == "two"
    monkeypatch.setattr(os, "replace", replace)
    publish(home, make("three"))
    assert mark_of(home.mart) == "three"
    assert beside(home) == {"access_recovery.duckdb"}


def test_publishing_retries_until_a_reader_closes(
    home: Home, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, tries = os.replace, []

    def blocked_once(source: Path, target: Path) -> None:
        tries.append(target)
        if len(tries) == 1:
            raise PermissionError("in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", blocked_once)
    publish(home, make("one"))
    assert tries == [home.mart, home.mart]
    assert mark_of(home.mart) == "one"


def test_mart_is_current_until_something_new_is_accepted(home: Home, tmp_path: Path) -> None:
    bring(home, write_regional(tmp_path / "oct.csv", area("04C", "OCT2025", 10)))
    accept_all(home)
    assert not is_current(home)
    publish(home, build_aside(home))
    assert is_current(home)
    bring(home, write_regional(tmp_path / "nov.csv", area("04C", "NOV2025", 11)))
    assert not is_current(home)


def test_unreadable_mart_is_not_current(home: Home) -> None:
    home.mart.parent.mkdir(parents=True)
    home.mart.write_bytes(b"no database")
    assert not is_current(home)


def test_nothing_accepted_builds_nothing_and_touches_nothing(home: Home, make: Make) -> None:
    publish(home, make("one"))
    with pytest.raises(ValueError, match="No edition is accepted"):
        build_mart(home, "run")
    assert mark_of(home.mart) == "one"
