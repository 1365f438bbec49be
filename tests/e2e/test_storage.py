"""Dagster's storage: one engine per file, whoever writes, and files closed when a refresh ends."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import dagster as dg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from sqlalchemy import event
from sqlalchemy.pool import Pool

from pipelines.instance.prepare import open_instance
from pipelines.instance.sqlite import ENGINES, MOST, EventLog, Runs, Schedules
from pipelines.operations.running import QUIET
from pipelines.resources import dagster_events
from warehouse.base.home import Home

PROJECT = Path(__file__).resolve().parents[2]
KEY = dg.AssetKey("anything")
WRITER = """import sys
from pathlib import Path
from tests.e2e.test_storage import write
from warehouse.base.home import Home
write(Home(Path(sys.argv[1])), "process", 20)
"""


def write(home: Home, name: str, times: int) -> None:
    """Materialise an asset without a run, as an event of its own each time."""
    with open_instance(home) as instance:
        for number in range(times):
            event = dg.AssetMaterialization(KEY, partition=f"{name}-{number}")
            instance.report_runless_asset_event(event)


def written(home: Home) -> int:
    with open_instance(home) as instance:
        return len(instance.get_materialized_partitions(KEY))


def logs(home: Home) -> list[str]:
    return sorted(path.name for path in home.dagster.rglob("*.db-wal"))


def test_the_instance_keeps_all_in_our_storage(home: Home) -> None:
    with open_instance(home) as instance:
        kinds = [instance.run_storage, instance.event_log_storage, instance.schedule_storage]
        assert [type(one) for one in kinds] == [Runs, EventLog, Schedules]
    assert (home.dagster / "history" / "runs" / "index.db").exists()


@pytest.mark.acceptance
def test_threads_and_processes_write_beside_each_other(home: Home) -> None:
    other = subprocess.Popen([sys.executable, "-c", WRITER, str(home.root)], cwd=PROJECT)
    with ENGINES.kept_open(), ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: write(home, name, 20), ["a", "b", "c", "d"]))
        assert "index.db-wal" in logs(home), "it stays open"
    assert other.wait(timeout=60) == 0
    assert written(home) == 100
    assert logs(home) == [], "nobody holds a file any more"


def test_a_run_keeps_its_connections_whoever_started_it(home: Home) -> None:
    """Not only those within a refresh: each event was written through a connection of its own."""
    made: list[object] = []
    opened: list[str] = []

    def count(connection: object, _: object) -> None:
        made.append(connection)

    @dg.asset(required_resource_keys={"dagster_events"})
    def told(context: dg.AssetExecutionContext) -> None:
        before = len(made)
        for number in range(20):
            context.log_event(dg.AssetObservation(KEY, description=str(number)))
        opened.extend(logs(home))
        del made[:before]

    a_job = dg.define_asset_job("a_job")
    place = {"dagster_events": dagster_events}
    definitions = dg.Definitions([told], jobs=[a_job], resources=place)
    event.listen(Pool, "connect", count)
    try:
        with open_instance(home) as instance:
            definitions.resolve_job_def("a_job").execute_in_process(
                instance=instance, run_config=QUIET
            )
    finally:
        event.remove(Pool, "connect", count)
    assert "index.db-wal" in opened, "it stays open"
    assert len(made) < 20, "not one an event, from the first of these to the end of the run"
    assert logs(home) == []


def test_leaving_what_is_within_closes_nothing_of_what_is_around(home: Home) -> None:
    with ENGINES.kept_open():
        with ENGINES.kept_open():
            write(home, "inner", 1)
        assert "index.db-wal" in logs(home)
    assert logs(home) == []


def test_a_file_has_one_engine_and_few_are_remembered(tmp_path: Path) -> None:
    urls = [create_db_conn_string(str(tmp_path), str(number)) for number in range(MOST + 1)]
    first = ENGINES.of(urls[0])
    assert ENGINES.of(urls[0]) is first
    for url in urls[1:]:
        ENGINES.of(url)
    assert ENGINES.of(urls[0]) is not first


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as file:
        made = file.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        revision = file.execute("SELECT version_num FROM alembic_version").fetchall()
        return [*made, *revision, *file.execute("PRAGMA journal_mode").fetchall()]


def test_a_file_of_a_run_is_made_as_dagster_makes_it(tmp_path: Path) -> None:
    for kind in (SqliteEventLogStorage, EventLog):
        with kind(str(tmp_path / kind.__name__)).run_connection("run"):
            pass
    own, ours = (
        schema(tmp_path / kind / "run.db") for kind in ("SqliteEventLogStorage", "EventLog")
    )
    assert ours == own and ("wal",) in own and len(own) > 20


def test_a_file_that_was_left_half_made_is_completed(tmp_path: Path) -> None:
    with EventLog(str(tmp_path)).run_connection("run"):
        pass
    with closing(sqlite3.connect(tmp_path / "half.db")) as file:
        file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    with EventLog(str(tmp_path)).run_connection("half"):
        pass
    assert ("event_logs",) in [row[1:2] for row in schema(tmp_path / "half.db")]
    assert schema(tmp_path / "run.db")[-2] in schema(tmp_path / "half.db"), "stamped"


def test_a_file_is_made_once_however_many_ask(tmp_path: Path) -> None:
    begun, asked = Barrier(4), [EventLog(str(tmp_path)) for _ in range(4)]

    def ask(log: EventLog) -> None:
        begun.wait()
        with log.run_connection("run"):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, asked))
    with asked[0].run_connection("other"):
        pass
    assert schema(tmp_path / "run.db") == schema(tmp_path / "other.db")


def test_migrations_are_read_for_the_first_file_of_a_run_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_instance(home):
        pass
    read: list[object] = []
    own = ScriptDirectory.from_config

    def count(config: Config) -> ScriptDirectory:
        read.append(config)
        return own(config)

    monkeypatch.setattr(ScriptDirectory, "from_config", count)
    with open_instance(home):
        assert read == [], "the files of a home that was opened before"
    with open_instance(home) as instance:
        for number in range(3):
            instance.report_engine_event("begun", run_id=str(number), job_name="a_job")
    assert len(read) == 2, "its tables, and its revision"
