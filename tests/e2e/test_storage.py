"""Dagster's storage: one engine per file, whoever writes, and files closed when a refresh ends."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
from dagster._core.storage.sqlite import create_db_conn_string

from pipelines.instance import open_instance
from pipelines.storage import ENGINES, MOST, EventLog, Runs, Schedules
from warehouse.home import Home

PROJECT = Path(__file__).resolve().parents[2]
KEY = dg.AssetKey("anything")
WRITER = """import sys
from pathlib import Path
from tests.e2e.test_storage import write
from warehouse.home import Home
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


def test_threads_and_processes_write_beside_each_other(home: Home) -> None:
    other = subprocess.Popen([sys.executable, "-c", WRITER, str(home.root)], cwd=PROJECT)
    with ENGINES.kept_open(), ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: write(home, name, 20), ["a", "b", "c", "d"]))
        assert "index.db-wal" in logs(home), "it stays open"
    assert other.wait(timeout=60) == 0
    assert written(home) == 100
    assert logs(home) == [], "nobody holds a file any more"


def test_a_file_has_one_engine_and_few_are_remembered(tmp_path: Path) -> None:
    urls = [create_db_conn_string(str(tmp_path), str(number)) for number in range(MOST + 1)]
    first = ENGINES.of(urls[0])
    assert ENGINES.of(urls[0]) is first
    for url in urls[1:]:
        ENGINES.of(url)
    assert ENGINES.of(urls[0]) is not first
