"""Which of Dagster's runs a purge has forgotten: those that may quote the file."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance.prepare import open_instance
from pipelines.job_names import PUBLISH_JOB, REFRESH_JOB, feed_job_name
from pipelines.operations.purge_runs import forget_runs
from warehouse.base.home import Home

Status = dg.DagsterRunStatus
FEED_JOB = feed_job_name("nhs_app_practice")


@pytest.fixture
def home(home: Home, empty_instance: Path) -> Home:
    """A home in which Dagster has run nothing yet."""
    shutil.copytree(empty_instance, home.dagster)
    return home


@dg.op
def nothing() -> None:
    """A step."""


def job(name: str) -> dg.JobDefinition:
    @dg.job(name=name)
    def made() -> None:
        nothing()

    return made


@pytest.mark.parametrize(
    ("name", "status", "goes"),
    [
        (FEED_JOB, Status.SUCCESS, True),
        (PUBLISH_JOB, Status.SUCCESS, False),
        (PUBLISH_JOB, Status.FAILURE, True),
        (REFRESH_JOB, Status.FAILURE, True),
        (REFRESH_JOB, Status.STARTED, False),
        ("housekeeping", Status.SUCCESS, False),
    ],
)
def test_runs_that_may_quote_a_file_go(home: Home, name: str, status: Status, goes: bool) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    with open_instance(home) as instance:
        run = instance.create_run_for_job(job(name), status=status).run_id
    until = datetime.now(UTC) + timedelta(minutes=1)
    assert forget_runs(home, set(), [FEED_JOB], began, until) == goes
    with open_instance(home) as instance:
        assert instance.has_run(run) is not goes


def test_a_run_is_purged_if_it_ended_after_the_file_was_imported(home: Home) -> None:
    """A refresh of the daemon imports the file and then records in its run why it is held."""
    with open_instance(home) as instance:
        early, late = (
            instance.create_run_for_job(job(REFRESH_JOB), status=Status.STARTED) for _ in range(2)
        )
        instance.report_run_failed(early, "an earlier one")
        came = datetime.now(UTC) + timedelta(seconds=1)
        time.sleep(1.2)
        instance.report_run_failed(late, "7,654,321 of 1,000 patients")
    until = datetime.now(UTC) + timedelta(minutes=1)
    assert forget_runs(home, set(), [], came, until) == 1
    with open_instance(home) as instance:
        assert instance.has_run(early.run_id) and not instance.has_run(late.run_id)
