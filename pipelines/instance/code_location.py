"""Where Dagster looks for the jobs of runs that our own processes make. Without it the timeline and
the pages of jobs leave these runs out.

Does not: what the code location has (`pipelines.definitions`). Its name is in `workspace.yaml`."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.instance.prepare import WORKSPACE

if TYPE_CHECKING:
    import dagster as dg
    from dagster._core.remote_origin import RemoteJobOrigin, RemoteRepositoryOrigin


def job_origin(job: str) -> RemoteJobOrigin:
    """Return the origin of a job, as the web server and the daemon have it."""
    from dagster._core.remote_origin import RemoteJobOrigin

    return RemoteJobOrigin(_location(), job)


@cache
def _location() -> RemoteRepositoryOrigin:
    from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
    from dagster._core.remote_origin import (
        ManagedGrpcPythonEnvCodeLocationOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    [entry] = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))["load_from"]
    module = entry["python_module"]
    target = LoadableTargetOrigin(
        executable_path=sys.executable, module_name=module["module_name"], working_directory=None
    )
    place = ManagedGrpcPythonEnvCodeLocationOrigin(target, module["location_name"])
    return RemoteRepositoryOrigin(place, SINGLETON_REPOSITORY_NAME)


def make_runs_known(instance: dg.DagsterInstance) -> None:
    """Give every run that this instance makes in process its origin; Dagster itself does not."""
    made = instance.create_run_for_job

    def create(job_def: dg.JobDefinition, **more: Any) -> dg.DagsterRun:
        return made(job_def, **{"remote_job_origin": job_origin(job_def.name), **more})

    vars(instance)["create_run_for_job"] = create
