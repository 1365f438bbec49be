"""One refresh in Dagster's pages: a run of the job `refresh`, whose id is a tag of the runs that it
makes. The daemon's is Dagster's own; that of the command is recorded here.

Does not: refreshing (`refresh`), the daemon's job (`refresh_job`), runs of jobs (`running`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.job_names import REFRESH_JOB
from pipelines.operations.running import heartbeat, tags_of_process
from warehouse.base.errors import plain
from warehouse.base.home import Home
from warehouse.base.lock import Say

if TYPE_CHECKING:
    import dagster as dg

REFRESH = "refresh"  # a tag of the runs that a refresh makes: the beginning of its own run's id
BY = "started_by"  # a tag: the command or the daemon
SHORT = 8  # letters of a run's id, as Dagster's pages show it


@dataclass
class RefreshRun:
    """A refresh under way. `tags`: of the runs that it makes. `say`: tells the person, and the run.
    `faults`: why it fails, to be set by its end."""

    tags: dict[str, str]
    say: Say
    faults: list[str] = field(default_factory=list)


@contextmanager
def one_refresh(
    instance: dg.DagsterInstance, home: Home, within: str | None, say: Say
) -> Iterator[RefreshRun]:
    """Give the refresh whose runs are made. `within`: the id of the daemon's run of the job, which
    Dagster ends itself; None: of the command, whose run begins and ends here."""
    if within:
        yield RefreshRun({REFRESH: within[:SHORT], BY: "daemon"}, say)
        return
    run = _begin(instance, home)

    def tell(words: str) -> None:
        say(words)
        instance.report_engine_event(words, run)

    refreshing = RefreshRun({REFRESH: run.run_id[:SHORT], BY: "command"}, tell)
    with heartbeat(instance, run.run_id):
        try:
            yield refreshing
        except BaseException as error:
            refreshing.faults.append(plain(error) if isinstance(error, Exception) else "Stopped")
            raise
        finally:
            _end(instance, run, refreshing.faults)


def _begin(instance: dg.DagsterInstance, home: Home) -> dg.DagsterRun:
    import dagster as dg

    from pipelines.instance.code_location import job_origin

    # Without a plan, if an empty one, the page of the run says that it can't build one.
    job = dg.GraphDefinition(name=REFRESH_JOB, node_defs=[]).to_job()
    tags = {BY: "command", **tags_of_process(home)}
    run = instance.create_run_for_job(job, tags=tags, remote_job_origin=job_origin(REFRESH_JOB))
    _report(instance, run, dg.DagsterEventType.RUN_START)
    return run


def _end(instance: dg.DagsterInstance, run: dg.DagsterRun, faults: list[str]) -> None:
    import dagster as dg

    if faults:
        instance.report_run_failed(run, " | ".join(faults))
    else:
        _report(instance, run, dg.DagsterEventType.RUN_SUCCESS)


def _report(instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType) -> None:
    import dagster as dg

    event = dg.DagsterEvent(event_type_value=kind.value, job_name=run.job_name)
    instance.report_dagster_event(event, run.run_id)
