"""Three months of releases without intervention: the daemon fetches, checks, publishes.

It takes some minutes, because Dagster's schedules tick once a minute; run by `make soak`.
"""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.instance.prepare import WORKSPACE, prepare
from tests.e2e.command import environment, run
from tests.e2e.reading import read_on
from tests.local_server import LocalServer
from tests.replay import APP, BEFORE, MONTHS, Publishers, replay_files
from tests.support import write_text
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.fetch.addresses import ADDRESSES_VARIABLE

pytestmark = pytest.mark.soak
EVERY_MINUTE = 'look: {cron: "* * * * *", poll_seconds: 10}\n'
TIMEOUT = 600.0  # seconds for one month; it says that something is stuck, not how fast it is
ANALYSTS = 8
THOUGHT = 1.0  # seconds of an analyst between connections; without, they take all of the machine
MONTHLY = (
    "gp_appointments_practice",
    "gp_appointments_sub_icb",
    "gp_appointments_coverage",
    "gp_appointments_mapping",
    "nhs_app",
    "registered_patients",
    "pharmacy_first",
)


@contextmanager
def daemon(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """Dagster's daemon on a home, as `workspace.yaml` and the service files start it."""
    prepare(home)
    program = str(Path(sys.executable).with_name("dagster-daemon"))
    log = (home.root / "daemon.log").open("wb")
    process = subprocess.Popen(
        [program, "run", "-w", str(WORKSPACE)],
        env={**environment(home.root), "DAGSTER_HOME": str(home.dagster)},
        cwd=WORKSPACE.parent,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def editions_in_mart(home: Home) -> dict[str, str]:
    """Feed -> newest edition that the published mart shows."""
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{home.mart.as_posix()}' AS mart (READ_ONLY)")
        rows = db.execute(
            "SELECT feed, max(edition) FROM mart.governance.source_file WHERE in_mart GROUP BY feed"
        ).fetchall()
    return dict(rows)


def wait_for(home: Home, edition: str, process: subprocess.Popen[bytes]) -> float:
    """Wait until the mart shows an edition of every monthly feed; returns the seconds it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < TIMEOUT:
        assert process.poll() is None, (home.root / "daemon.log").read_text(encoding="utf-8")
        found = editions_in_mart(home)
        if all(found.get(feed) == edition for feed in MONTHLY):
            return time.monotonic() - begun
        time.sleep(1)
    tail = (home.root / "daemon.log").read_text(encoding="utf-8")[-8000:]
    raise AssertionError(f"{edition} is not in the mart: {editions_in_mart(home)}\n{tail}")


def test_the_daemon_alone_brings_the_mart_up_to_date_month_by_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    write_text(home.settings, EVERY_MINUTE)
    with LocalServer() as server:
        publishers = Publishers(server, replay_files(tmp_path / "files"))
        monkeypatch.setenv(ADDRESSES_VARIABLE, publishers.addresses)
        publishers.release(BEFORE)
        publishers.publish(APP, MONTHS[0], publishers.files[APP, MONTHS[0]])  # none was before
        assert run(home.root, "fetch", "--since", BEFORE).returncode in (0, 1)
        assert run(home.root, "refresh").returncode == 0
        context = multiprocessing.get_context("spawn")
        stop, told = context.Event(), context.Queue()
        analysts = [
            context.Process(target=read_on, args=(str(home.mart), stop, told, THOUGHT))
            for _ in range(ANALYSTS)
        ]
        for analyst in analysts:
            analyst.start()
        with daemon(home) as process:
            for month in MONTHS:
                publishers.release(month)
                took = wait_for(home, month, process)
                with capsys.disabled():
                    sys.stderr.write(f"{month} in the mart after {took:.0f} s\n")
        stop.set()
        results = [told.get(timeout=60) for _ in analysts]
        for analyst in analysts:
            analyst.join(timeout=30)
    assert [error for _, errors in results for error in errors] == []
    assert all(queries > 0 for queries, _ in results)
