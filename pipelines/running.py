"""Runs of Dagster in our own process: executing a job, and settling what a killed process left.

Belongs here: how a job is run in process and what went wrong in it, in a sentence. Does not: which
jobs and in which order (`pipelines.refresh`), runs that Dagster's daemon launched.

Dagster can't see that a process it did not start was killed: such a run would stay under way for
ever, and take a place in the queue of runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.faults import keep_trace, plain
from warehouse.home import Home, write_text

if TYPE_CHECKING:
    import dagster as dg

IN_PROCESS = "access-recovery/in_process_of"  # a tag: the home whose lock its process held
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
CUT_SHORT = (
    "The process that ran this was ended before it was done (killed, or the machine went down). "
    "Nothing half-done is visible, and the next refresh does it again."
)


@contextmanager
def running_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance to run jobs on, with what a killed process left on it settled.

    The caller holds the home's lock.
    """
    from pipelines.instance import open_instance
    from pipelines.postgres import database, keep_connections
    from pipelines.storage import ENGINES

    with ENGINES.kept_open(), open_instance(home) as instance:
        if database():
            keep_connections(instance)
        settle_abandoned(instance, home)
        write_text(_under_way(home), "")
        yield instance  # what breaks off here leaves the mark, so that the next one settles
    _under_way(home).unlink(missing_ok=True)


def settle(home: Home) -> int:
    """Settle what a killed process left, if one was killed; returns how many runs.

    The caller holds the home's lock. Costs nothing as a rule: Dagster is not even loaded.
    """
    if not _under_way(home).exists():
        return 0
    from pipelines.instance import open_instance

    with open_instance(home) as instance:
        settled = settle_abandoned(instance, home)
    _under_way(home).unlink(missing_ok=True)
    return settled


def settle_abandoned(instance: dg.DagsterInstance, home: Home) -> int:
    """Mark runs as failed that a process of this home began and never ended; returns how many.

    The caller holds the home's lock, so no such process lives. Runs that Dagster's daemon launched
    are not ours, that of the job `refresh` around us among them.
    """
    from dagster import DagsterRunStatus as Status
    from dagster import RunsFilter
    from dagster._core.storage.tags import GRPC_INFO_TAG

    under_way = [Status.NOT_STARTED, Status.STARTING, Status.STARTED, Status.CANCELING]
    ours = RunsFilter(tags={IN_PROCESS: str(home.root)}, statuses=under_way)
    # Whoever runs one of ours again in the UI copies its tags: that run is the daemon's.
    left = [
        run
        for run in instance.get_runs(ours)
        if run.parent_run_id is None and GRPC_INFO_TAG not in run.tags
    ]
    for run in left:
        instance.report_run_failed(run, CUT_SHORT)
    return len(left)


def _under_way(home: Home) -> Path:
    """There while a process runs jobs: one that was killed can't take it away."""
    return home.state / "runs_under_way"


def execute(
    job: Any,
    instance: dg.DagsterInstance,
    home: Home,
    key: str | None = None,
    tags: dict[str, str] | None = None,
) -> str | None:
    """Run one job in process; None if it succeeded, else what went wrong in a sentence."""
    result = job.execute_in_process(
        instance=instance,
        partition_key=key,
        tags={**(tags or {}), IN_PROCESS: str(home.root)},
        run_config=QUIET,
        raise_on_error=False,
    )
    if result.success:
        return None
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            failure = data.user_failure_data
            if failure and failure.description:
                return str(failure.description)
            cause = data.error
            if cause is None:
                return "the run failed"
            keep_trace(cause.to_string())
            while cause.cause is not None and (cause.cls_name or "").startswith("Dagster"):
                cause = cause.cause
            return plain(cause.message)
    return "the run failed"
