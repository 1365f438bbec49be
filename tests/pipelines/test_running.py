"""Runs in our own process: those a killed process left are settled, and no others."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.running import IN_PROCESS, execute, settle, settle_abandoned
from warehouse.home import Home, write_text

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


def test_what_went_wrong_is_told_and_the_run_is_known_as_ours(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        assert execute(a_job, instance, home) == "The disk is full."
        [run] = instance.get_runs()
        assert run.tags[IN_PROCESS] == str(home.root)


def test_nothing_is_opened_where_no_process_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, opened = Home(tmp_path), []

    def ephemeral(one: Home) -> dg.DagsterInstance:
        opened.append(one)
        return dg.DagsterInstance.ephemeral()

    monkeypatch.setattr("pipelines.instance.open_instance", ephemeral)
    assert settle(home) == 0 and opened == []
    write_text(home.state / "runs_under_way", "")
    assert settle(home) == 0 and opened == [home]
    assert settle(home) == 0 and opened == [home], "once"
