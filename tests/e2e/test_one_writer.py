"""One writer of a home at a time, whoever started it: runs of Dagster's own, and the command."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dagster as dg
import pytest

from assets.mart_assets import PUBLISHED
from pipelines.definitions import build_definitions
from pipelines.instance.editions import know_editions
from pipelines.instance.prepare import open_instance
from pipelines.job_names import PUBLISH_JOB, feed_job_name
from pipelines.operations.refresh import refresh
from pipelines.resources import HomeResource
from tests.support import write_regional
from warehouse.archive.source_files import Archive
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.base.lock import Busy, alone, writing
from warehouse.publication.publish import published_by

NOV = {"APPOINTMENT_MONTH": "NOV2025"}
FEED_JOB = feed_job_name("gp_appointments_sub_icb")


def launched(home: Home, job: str = PUBLISH_JOB, **how: object) -> dg.ExecuteInProcessResult:
    """A job as a run that Dagster launches: without the lock of a refresh around it."""
    definitions = build_definitions(HomeResource(root=str(home.root)))
    with open_instance(home) as instance:
        know_editions(instance, home)
        return definitions.resolve_job_def(job).execute_in_process(
            instance=instance,
            raise_on_error=False,
            **how,  # type: ignore[arg-type]
        )


def parts(home: Home) -> list[str]:
    return sorted(path.name for path in home.root.rglob("*.part*"))


def why(result: dg.ExecuteInProcessResult) -> str:
    [failure] = [e.step_failure_data for e in result.all_events if e.is_step_failure]
    assert failure.user_failure_data
    return str(failure.user_failure_data.description)


def test_the_lock_belongs_to_one_thread_and_is_reentrant(home: Home) -> None:
    told: list[str] = []
    with alone(home, print, wait=False):
        with writing(home, told.append):
            pass
        other = threading.Thread(target=lambda: _write(home, told))
        other.start()
        time.sleep(0.2)
        assert told == ["Another refresh is running; waiting for it to end"]
    other.join(timeout=30)
    assert told[1:] == ["written"]
    with alone(home, print, wait=False), pytest.raises(Busy), alone(home, print, wait=False):
        pass


def _write(home: Home, told: list[str]) -> None:
    with writing(home, told.append):
        told.append("written")


@contextmanager
def meanwhile(home: Home, *what: str) -> Iterator[None]:
    """Another process that does these, one after another, while the block runs."""
    other = multiprocessing.get_context("spawn").Process(target=_do, args=(home.root, what))
    other.start()
    yield
    other.join(timeout=300)
    assert other.exitcode == 0


def _do(root: Path, what: tuple[str, ...]) -> None:
    """Not `assert`: its message would be lost with the process's terminal."""
    home = Home(root)
    for one in what:
        if one == "refresh":
            problems = refresh(home).failures
        else:
            done = launched(home, one, partition_key="2025-11" if one == FEED_JOB else None)
            problems = [] if done.success else [why(done)]
        if problems:
            raise SystemExit(f"{one}: {problems}")


@pytest.mark.acceptance  # two processes load all of Dagster, and eight runs wait for each other
def test_runs_and_commands_at_once_run_one_after_another(october: Home) -> None:
    """Command beside the mart's run, run of a feed beside another, command beside command."""
    write_regional(october.landing / "november.csv", NOV)
    with meanwhile(october, PUBLISH_JOB, FEED_JOB, "refresh"):
        assert refresh(october).failures == []
        assert launched(october, FEED_JOB, partition_key="2025-11").success
        assert refresh(october).failures == []
        assert launched(october).success
    assert refresh(october).nothing_to_do
    assert parts(october) == []


@pytest.mark.acceptance
def test_a_run_publishes_the_mart_that_it_has_built_and_no_other(october: Home) -> None:
    alone_in_its_run = launched(october, asset_selection=[PUBLISHED])
    assert "has built no mart" in why(alone_in_its_run) and "publish_mart" in why(alone_in_its_run)
    done = launched(october)
    assert done.success and published_by(october) == done.run_id
    assert parts(october) == []


@pytest.mark.acceptance
def test_a_mart_built_before_another_was_published_does_not_take_its_place(
    october: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two steps of a run another process imports November and publishes."""
    write_regional(october.landing / "november.csv", NOV)
    with _between_the_steps(monkeypatch, lambda: refresh(october)):
        older = launched(october)
    assert older.success
    assert published_by(october) not in (None, older.run_id)
    assert refresh(october).nothing_to_do and parts(october) == []


def test_a_mart_that_shows_what_was_withdrawn_since_is_not_published(
    october: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published_by(october)
    [file] = Archive(october).files()

    def take_out() -> None:
        withdraw(october, file.sha256, "mistaken", "A. Person")

    with _between_the_steps(monkeypatch, take_out):
        done = launched(october)
    assert not done.success and "Launch publish_mart again" in why(done)
    assert published_by(october) == before and parts(october) == []


@contextmanager
def _between_the_steps(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> Iterator[None]:
    """Do something once, when the lock was given back after building and before publishing."""
    from assets import mart_assets as mart

    real, taken = mart.writing, []

    def then_do(home: Home, say: Callable[[str], None]) -> AbstractContextManager[None]:
        taken.append(True)
        if len(taken) == 2:
            do()
        return real(home, say)

    monkeypatch.setattr(mart, "writing", then_do)
    yield
    assert len(taken) > 1
