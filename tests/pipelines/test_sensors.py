"""What the daemon notices by itself: pending editions, refreshes under way, what failed."""

import shutil
import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType

from checks import runner
from pipelines.alerts.find_problems import problems
from pipelines.instance.prepare import open_instance
from pipelines.operations import pending
from pipelines.operations import refresh_job as refreshing
from pipelines.operations.pending import RememberedRefresh, Work, look_at, state_of
from pipelines.operations.refresh_job import refresh_job
from pipelines.operations.refresh_report import RefreshReport
from pipelines.operations.running import ALIVE, PROCESS, signs_of_life
from pipelines.resources import HomeResource
from pipelines.sensors import alerts_sensor, new_editions_sensor, settle_stranded
from tests.checks.support_gx import met
from tests.pipelines.records import record
from tests.support import imported, write_regional, write_text
from warehouse.base.home import Home
from warehouse.base.lock import alone
from warehouse.intake.importer import ImportOutcome

FEED = "gp_appointments_sub_icb"
HOUR = 3600


def ran(home: Home, cursor: str | None = None) -> dg.SensorResult:
    """An evaluation of the sensor on new editions, on an instance without runs."""
    sensor = new_editions_sensor(refresh_job(0), 60)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        return sensor(context, home=HomeResource(root=str(home.root)))


def test_a_refresh_for_an_edition_is_requested_once_and_again_after_an_hour(
    home: Home, tmp_path: Path
) -> None:
    imported(home, write_regional(tmp_path / "a.csv", {"APPOINTMENT_MONTH": "OCT2025"}))
    first = look_at(home, RememberedRefresh(), 0)
    assert first.why == f"{FEED} 2025-10 to be processed"
    assert look_at(home, first.remembered, HOUR - 1).run_key is None
    again = look_at(home, first.remembered, HOUR + 1)
    assert again.run_key not in (None, first.run_key)
    cut_short = look_at(home, first.remembered, 60, cut_short=True)
    assert cut_short.run_key not in (None, first.run_key)
    imported(home, write_regional(tmp_path / "b.csv", {"APPOINTMENT_MONTH": "NOV2025"}))
    more = look_at(home, first.remembered, 60)
    assert more.why == f"{FEED} 2025-10 and 1 more to be processed"
    assert more.run_key not in (None, first.run_key)


def test_nothing_is_worked_out_again_until_something_changes(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = look_at(home, RememberedRefresh(), 0)
    assert done.run_key is None and done.remembered.done
    monkeypatch.setattr(pending, "pending", lambda _: Work("asked", "digest"))
    assert look_at(home, done.remembered, 60).run_key is None
    record(home, FEED, "2025-10")
    assert look_at(home, done.remembered, 60).run_key


@pytest.mark.parametrize(
    "place", ["archive/decisions/d.json", "archive/tombstones/t.json", "lake/editions/f/e.json"]
)
def test_the_state_changes_with_the_inputs_of_a_plan(home: Home, place: str) -> None:
    before = state_of(home)
    write_text(home.root / place, "{}")
    after = state_of(home)
    assert before != after == state_of(home)


def test_one_refresh_at_a_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "pending", lambda _: Work("work", "digest"))
    assert len(ran(home).run_requests or []) == 1
    with alone(home, print, wait=False):
        assert _why(ran(home)) == "Another refresh of this home is running"
    sensor = new_editions_sensor(refresh_job(0), 60)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(dg.DagsterRun("refresh", status=dg.DagsterRunStatus.STARTED))
        context = dg.build_sensor_context(instance=instance)
        found = sensor(context, home=HomeResource(root=str(home.root)))
        assert _why(found) == "A refresh is queued or running"


def _why(result: Any) -> str:
    return str(result.skip_reason.skip_message)


def test_a_run_whose_machine_went_down_is_marked_as_failed() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.add_run(dg.DagsterRun("refresh", status=dg.DagsterRunStatus.STARTING))
        begun = DagsterEvent(DagsterEventType.RUN_START.value, "refresh")
        instance.report_dagster_event(begun, run_id=run.run_id)
        settle_stranded(instance, time.time() + 60)
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED
        instance.add_run_tags(run.run_id, signs_of_life() | {PROCESS: "another-machine:1"})
        settle_stranded(instance, time.time() + HOUR)
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED, "it is alive elsewhere"
        instance.add_run_tags(run.run_id, {ALIVE: "2025-11-01T09:30:00+00:00"})
        settle_stranded(instance, time.time() + HOUR)
        assert _status(instance, run) == dg.DagsterRunStatus.FAILURE


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    now = instance.get_run_by_id(run.run_id)
    assert now is not None
    return now.status


def test_a_run_fails_for_what_broke_and_not_for_a_stray_file() -> None:
    stray = ImportOutcome(
        Path("a.zip"), "a.zip", "refused", "It is a web page.", "Download it again."
    )
    assert RefreshReport(imported=[stray], published=True).faults == []
    assert RefreshReport(imported=[stray], failures=["mart: disk full"]).faults == [
        "mart: disk full"
    ]


def test_a_stray_file_in_landing_leaves_the_run_green_and_is_an_alert(
    home: Home, empty_instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "evaluate", met)  # judging is not what is tested here
    shutil.copytree(empty_instance, home.dagster)
    write_regional(home.landing / "october.csv", {})
    write_text(home.landing / "letter.txt", "Dear colleague")
    job = refresh_job(0)
    resources = {"home": HomeResource(root=str(home.root))}
    with open_instance(home) as instance:
        done = job.execute_in_process(instance=instance, resources=resources, raise_on_error=False)
    assert done.success and home.mart.exists()
    assert [path.name for path in home.landing.iterdir()] == ["letter.txt"]
    told = [one.title for one in problems(home)]
    assert "letter.txt in the landing folder was refused" in told


def test_the_job_says_what_failed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    report = RefreshReport(failures=["mart: disk full"])
    monkeypatch.setattr(refreshing, "refresh", lambda *_, **__: report)
    job = refresh_job(0)
    resources = {"home": HomeResource(root=str(home.root))}
    done = job.execute_in_process(resources=resources, raise_on_error=False)
    failed = done.failure_data_for_node("refresh_home")
    assert failed and failed.user_failure_data
    assert failed.user_failure_data.description == "mart: disk full"
    report.failures.clear()
    assert job.execute_in_process(resources=resources).success


def test_the_alerts_sensor_reports_what_it_sent(home: Home) -> None:
    with dg.build_sensor_context() as context:
        told = alerts_sensor(60)(context, home=HomeResource(root=str(home.root)))
    assert isinstance(told, dg.SkipReason)
    assert told.skip_message == "No open problems"
