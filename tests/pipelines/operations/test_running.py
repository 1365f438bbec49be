"""Runs in our own process: those a killed process left are settled, and no others."""

import os
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance.prepare import open_instance
from pipelines.operations.running import (
    ALIVE,
    IN_PROCESS,
    PROCESS,
    execute,
    heartbeat,
    is_alive,
    settle,
    settle_abandoned,
)
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.base.lock import alone

HERE = socket.gethostname()
MINE = 0

Status = dg.DagsterRunStatus


@dg.op
def breaks() -> None:
    raise dg.Failure("The disk is full.", allow_retries=False)


@dg.job
def a_job() -> None:
    breaks()


def begun(instance: dg.DagsterInstance, home: Home, **of: object) -> str:
    """A run that its process left under way."""
    tags = {IN_PROCESS: str(home.root)} | dict(of.pop("tags", {}))  # type: ignore[call-overload]
    run = instance.create_run_for_job(a_job, tags=tags, status=Status.STARTED, **of)  # type: ignore[arg-type]
    return run.run_id


def test_a_run_left_under_way_is_marked_as_failed_in_words(tmp_path: Path) -> None:
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    with dg.DagsterInstance.ephemeral() as instance:
        left = begun(instance, home)
        elsewhere = begun(instance, other)
        launched = begun(instance, home, tags={".dagster/grpc_info": "{}"})
        again = begun(instance, home, parent_run_id=left, root_run_id=left)
        around = instance.create_run_for_job(a_job, status=Status.STARTED).run_id
        assert settle_abandoned(instance, home) == 1
        found = {run.run_id: run.status for run in instance.get_runs()}
        assert found == {
            left: Status.FAILURE,
            **dict.fromkeys([elsewhere, launched, again, around], Status.STARTED),
        }
        told = [entry.message for entry in instance.all_logs(left)]
        assert any("killed" in one and "next refresh" in one for one in told)
        assert settle_abandoned(instance, home) == 0


def test_a_failed_run_returns_its_reason_and_is_tagged_as_ours(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        assert execute(a_job, instance, home) == "The disk is full."
        [run] = instance.get_runs()
        assert run.tags[IN_PROCESS] == str(home.root)
        assert run.tags[PROCESS] == f"{HERE}:{os.getpid()}" and is_alive(run.tags)


LATER = datetime(2025, 11, 28, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("machine", "number", "minutes", "alive"),
    [
        ("another-machine", 1, 0, True),
        ("another-machine", 1, 9, True),
        ("another-machine", 1, 11, False),
        (HERE, MINE, 0, True),
        (HERE, MINE, 11, False),
        (HERE, 2**22 + 1, 0, False),
    ],
)
def test_a_process_is_alive_by_its_own_sign_not_by_the_lock(
    machine: str, number: int, minutes: int, alive: bool
) -> None:
    at = LATER - timedelta(minutes=minutes)
    number = os.getpid() if number == MINE else number  # each of pytest's workers has its own
    tags = {PROCESS: f"{machine}:{number}", ALIVE: at.isoformat()}
    assert is_alive(tags, LATER) is alive


@pytest.mark.parametrize("tags", [{}, {ALIVE: "now"}, {ALIVE: LATER.isoformat()}])
def test_a_run_without_a_sign_of_life_is_not_taken_for_alive(tags: dict[str, str]) -> None:
    assert not is_alive({PROCESS: f"{HERE}:x"} | tags, LATER)


def test_a_live_refresh_on_another_machine_is_left_alone(home: Home) -> None:
    """The home has the same name there, and the instance is one: this machine's lock is free."""
    with open_instance(home) as instance, alone(home, print, wait=False):
        elsewhere = {PROCESS: "another-machine:7", ALIVE: datetime.now(UTC).isoformat()}
        live = begun(instance, home, tags=elsewhere)
        assert settle_abandoned(instance, home) == 0
    write_text(home.state / "runs_under_way", "")
    with alone(home, print, wait=False):
        assert settle(home) == 0
    assert (home.state / "runs_under_way").exists(), "to be looked at again"
    with open_instance(home) as instance:
        instance.add_run_tags(live, {ALIVE: "2025-11-01T00:00:00+00:00"})
    assert settle(home) == 1
    assert not (home.state / "runs_under_way").exists()


def test_a_run_says_that_it_is_alive(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.operations.running.HEARTBEAT", timedelta(milliseconds=20))
    with open_instance(home) as instance:
        run_id = begun(instance, home)
        with heartbeat(instance, run_id):
            deadline = time.monotonic() + 30
            while ALIVE not in tags_of(instance, run_id) and time.monotonic() < deadline:
                time.sleep(0.02)
        assert is_alive(tags_of(instance, run_id))


def tags_of(instance: dg.DagsterInstance, run_id: str) -> dict[str, str]:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return dict(run.tags)


def test_nothing_is_opened_where_no_process_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, opened = Home(tmp_path), []

    def ephemeral(one: Home) -> dg.DagsterInstance:
        opened.append(one)
        return dg.DagsterInstance.ephemeral()

    monkeypatch.setattr("pipelines.instance.prepare.open_instance", ephemeral)
    assert settle(home) == 0 and opened == []
    write_text(home.state / "runs_under_way", "")
    assert settle(home) == 0 and opened == [home]
    assert settle(home) == 0 and opened == [home], "once"
