"""One refresh as a run of the job `refresh`: of the command, and within the daemon's."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.operations.refresh_run import one_refresh
from pipelines.operations.running import (
    ALIVE,
    IN_PROCESS,
    PROCESS,
    SHOWN_BEFORE,
    is_alive,
    settle_abandoned,
    signs_of_life,
)
from warehouse.base.home import Home

Status = dg.DagsterRunStatus


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def test_a_refresh_of_the_command_is_a_run_that_tells_what_it_does(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    said: list[str] = []
    with one_refresh(instance, Home(tmp_path), None, said.append) as under_way:
        [run] = instance.get_runs()
        assert run.status is Status.STARTED and is_alive(run.tags)
        under_way.say("Processing nhs_app 2025-11")
    assert said == ["Processing nhs_app 2025-11"]
    [run] = instance.get_runs()
    assert (run.job_name, run.status) == ("refresh", Status.SUCCESS)
    assert said[0] in [entry.message for entry in instance.all_logs(run.run_id)]
    assert under_way.tags == {"refresh": run.run_id[:8], "started_by": "command"}
    [record] = instance.get_run_records()
    assert record.start_time and record.end_time, "else the timeline does not draw it"


def test_its_faults_and_errors_fail_it(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    with one_refresh(instance, Home(tmp_path), None, print) as under_way:
        under_way.faults = ["mart: disk full"]
    with (
        pytest.raises(KeyboardInterrupt),
        one_refresh(instance, Home(tmp_path), None, print),
    ):
        raise KeyboardInterrupt
    stopped, failed = instance.get_runs()
    assert {stopped.status, failed.status} == {Status.FAILURE}
    told = [entry.message for entry in instance.all_logs(failed.run_id)]
    assert any("mart: disk full" in one for one in told)
    told = [entry.message for entry in instance.all_logs(stopped.run_id)]
    assert any("Stopped" in one for one in told)


def test_the_daemons_refresh_has_a_run_already(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    with one_refresh(instance, Home(tmp_path), "0123456789", print) as under_way:
        assert under_way.tags == {"refresh": "01234567", "started_by": "daemon"}
    assert instance.get_runs() == []


def test_runs_of_the_release_before_are_settled_by_their_tags(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    home = Home(tmp_path)

    def tagged(alive: bool) -> str:
        signs = signs_of_life() | ({} if alive else {ALIVE: "2025-11-01T00:00:00+00:00"})
        tags = {IN_PROCESS: str(home.root), PROCESS: signs[PROCESS], ALIVE: signs[ALIVE]}
        before = {name.removeprefix(SHOWN_BEFORE): value for name, value in tags.items()}
        assert all(name.startswith("access-recovery/") for name in before)
        run = dg.DagsterRun(job_name="refresh", tags=before, status=Status.STARTED)
        return instance.add_run(run).run_id

    dead, alive = tagged(False), tagged(True)
    assert settle_abandoned(instance, home) == 1
    found = {run.run_id: run.status for run in instance.get_runs()}
    assert found == {dead: Status.FAILURE, alive: Status.STARTED}
