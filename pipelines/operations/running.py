"""Run jobs in our own process, and mark runs of killed processes as failed.

Does not: which jobs (`refresh`). Dagster can't see that a process it did not start was killed, so
each run has its process and a heartbeat as tags. The home's lock would not do: some shared disks
do not support locks, and two machines may have homes of the same name.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from warehouse.base.errors import keep_trace, plain
from warehouse.base.home import Home

if TYPE_CHECKING:
    import dagster as dg

UNDER_WAY = "state/runs_under_way"  # exists while a process runs jobs, or if it was killed
# Tags for programs, with the beginning of those that Dagster's pages do not show.
IN_PROCESS = ".dagster/access-recovery/in_process_of"  # the home that its process writes
PROCESS = ".dagster/access-recovery/process"  # machine and number of its process
ALIVE = ".dagster/access-recovery/alive_at"  # when that process was last alive, in UTC
SHOWN_BEFORE = ".dagster/"  # earlier releases had the same tags without it
HEARTBEAT = timedelta(minutes=1)
SILENT = timedelta(minutes=10)  # without a heartbeat: then the process counts as dead
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
CUT_SHORT = (
    "The process of this run ended before the run did (killed, or the machine went down). No "
    "partial result is visible, and the next refresh does the work again."
)


@contextmanager
def running_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Open Dagster's instance to run jobs, after marking runs of a killed process as failed and
    telling it of new editions.

    The caller holds the home's lock.
    """
    from pipelines.instance.code_location import make_runs_known
    from pipelines.instance.connections import kept_connections
    from pipelines.instance.editions import know_editions
    from pipelines.instance.prepare import open_instance

    with open_instance(home) as instance, kept_connections(instance):
        make_runs_known(instance)
        settle_abandoned(instance, home)
        know_editions(instance, home)
        home.store.replace(UNDER_WAY, "")
        yield instance  # an error here leaves the mark, so that the next process settles
        _unmark(instance, home)


def settle(home: Home) -> int:
    """Mark runs of a killed process as failed; returns their number. The caller holds the home's
    lock. Dagster is loaded only if needed."""
    if not home.store.exists(UNDER_WAY):
        return 0
    from pipelines.instance.prepare import open_instance

    with open_instance(home) as instance:
        settled = settle_abandoned(instance, home)
        _unmark(instance, home)
    return settled


def _unmark(instance: dg.DagsterInstance, home: Home) -> None:
    """Remove the mark, unless a run is left that may still be running."""
    if not _left(instance, home):
        home.store.delete(UNDER_WAY)


def settle_abandoned(instance: dg.DagsterInstance, home: Home) -> int:
    """Mark runs of this home as failed whose process is not alive; returns their number."""
    dead = [run for run in _left(instance, home) if not is_alive(run.tags)]
    for run in dead:
        instance.report_run_failed(run, CUT_SHORT)
    return len(dead)


def is_alive(tags: Mapping[str, str], now: datetime | None = None) -> bool:
    """Whether the process in a run's tags is alive: it had a heartbeat within `SILENT`, and exists
    if it is on this machine. Runs of an earlier release have no heartbeat."""
    try:
        at = datetime.fromisoformat(_own(tags, ALIVE))
        machine, _, number = _own(tags, PROCESS).rpartition(":")
        here = machine == socket.gethostname()
        return (now or datetime.now(UTC)) - at < SILENT and not (here and _is_gone(int(number)))
    except (KeyError, ValueError):
        return False


def _own(tags: Mapping[str, str], name: str) -> str:
    """Return the value of one of our tags. Raises KeyError."""
    return tags[name] if name in tags else tags[name.removeprefix(SHOWN_BEFORE)]


def _is_gone(number: int) -> bool:
    """Whether this machine has no such process; on Windows, where the check would end the process,
    always False."""
    if os.name == "nt":
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def signs_of_life() -> dict[str, str]:
    """Return the tags of a run in this process, with its heartbeat."""
    return {
        PROCESS: f"{socket.gethostname()}:{os.getpid()}",
        ALIVE: datetime.now(UTC).isoformat(timespec="seconds"),
    }


def tags_of_process(home: Home) -> dict[str, str]:
    """Return the tags of a run that this process makes for a home."""
    return {IN_PROCESS: str(home.root), **signs_of_life()}


@contextmanager
def heartbeat(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Record a run's heartbeat once a minute."""
    done = Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT.total_seconds()):
            with suppress(Exception):  # such as a busy database: the next is in a minute
                instance.add_run_tags(run_id, signs_of_life())

    thread = Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _left(instance: dg.DagsterInstance, home: Home) -> list[dg.DagsterRun]:
    """Return unfinished runs that processes of this home began, without those launched by Dagster's
    daemon, such as the job `refresh`."""
    from dagster import DagsterRunStatus as Status
    from dagster import RunsFilter
    from dagster._core.storage.tags import GRPC_INFO_TAG

    under_way = [Status.NOT_STARTED, Status.STARTING, Status.STARTED, Status.CANCELING]
    names = (IN_PROCESS, IN_PROCESS.removeprefix(SHOWN_BEFORE))
    filters = [RunsFilter(tags={name: str(home.root)}, statuses=under_way) for name in names]
    # A rerun from the UI has the same tags, but is the daemon's.
    return [
        run
        for one in filters
        for run in instance.get_runs(one)
        if run.parent_run_id is None and GRPC_INFO_TAG not in run.tags
    ]


def execute(
    job: Any,
    instance: dg.DagsterInstance,
    home: Home,
    key: str | None = None,
    tags: dict[str, str] | None = None,
) -> str | None:
    """Run one job in process; returns None if it succeeded, else its failure in a sentence."""
    run_id = str(uuid4())
    with heartbeat(instance, run_id):
        result = job.execute_in_process(
            instance=instance,
            partition_key=key,
            tags={**(tags or {}), **tags_of_process(home)},
            run_config=QUIET,
            raise_on_error=False,
            run_id=run_id,
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
