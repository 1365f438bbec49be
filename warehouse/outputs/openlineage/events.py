"""Lineage events: a step started, completed or failed, with its inputs and outputs, as runs and
jobs of the standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from uuid import UUID

from openlineage.client.event_v2 import (
    InputDataset,
    Job,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
    set_producer,
)
from openlineage.client.facet_v2 import (
    JobFacet,
    RunFacet,
    documentation_job,
    error_message_run,
    job_type_job,
    nominal_time_run,
    parent_run,
    processing_engine_run,
)
from openlineage.client.uuid import generate_new_uuid

from warehouse.base.months import add_months, parse_month

PACKAGE = "access-recovery"
VERSION, ENGINE_VERSION = version(PACKAGE), version("dagster")
PRODUCER = f"urn:{PACKAGE}:{VERSION}"
set_producer(PRODUCER)  # otherwise every facet names the client as its producer


@dataclass(frozen=True)
class Caller:
    """The Dagster run that a step is part of."""

    run_id: str
    job: str


@dataclass(frozen=True)
class Step:
    """One run of one step. `edition`: its month, for a step about an edition."""

    namespace: str
    job: str
    description: str
    caller: Caller
    run_id: str
    edition: str | None = None


def step(
    namespace: str, job: str, description: str, caller: Caller, edition: str | None = None
) -> Step:
    """Return a step that is about to run, with an id of its own."""
    return Step(namespace, job, description, caller, str(generate_new_uuid()), edition)


def started(one: Step, inputs: Sequence[InputDataset] = ()) -> RunEvent:
    """Return the event that the step started."""
    return _event(one, RunState.START, inputs, ())


def completed(
    one: Step, inputs: Sequence[InputDataset], outputs: Sequence[OutputDataset]
) -> RunEvent:
    """Return the event that the step ended with all its outputs."""
    return _event(one, RunState.COMPLETE, inputs, outputs)


def failed(
    one: Step,
    why: str,
    inputs: Sequence[InputDataset] = (),
    outputs: Sequence[OutputDataset] = (),
) -> RunEvent:
    """Return the event that the step failed or lacks outputs. `why`: the reason, quoting no
    cell."""
    message = error_message_run.ErrorMessageRunFacet(message=why, programmingLanguage="PYTHON")
    return _event(one, RunState.FAIL, inputs, outputs, {"errorMessage": message})


def _event(
    one: Step,
    state: RunState,
    inputs: Sequence[InputDataset],
    outputs: Sequence[OutputDataset],
    facets: dict[str, RunFacet] | None = None,
) -> RunEvent:
    return RunEvent(
        eventType=state,
        eventTime=datetime.now(UTC).isoformat(),
        run=Run(one.run_id, facets={**_run_facets(one), **(facets or {})}),
        job=Job(one.namespace, one.job, facets=_job_facets(one)),
        inputs=list(inputs),
        outputs=list(outputs),
        producer=PRODUCER,
    )


def _run_facets(one: Step) -> dict[str, RunFacet]:
    found: dict[str, RunFacet] = {
        "processing_engine": processing_engine_run.ProcessingEngineRunFacet(
            version=ENGINE_VERSION, name="Dagster", openlineageAdapterVersion=VERSION
        )
    }
    if _is_uuid(one.caller.run_id):
        found["parent"] = parent_run.ParentRunFacet(
            run=parent_run.Run(one.caller.run_id),
            job=parent_run.Job(one.namespace, one.caller.job),
        )
    if one.edition:
        first = parse_month(one.edition)
        found["nominalTime"] = nominal_time_run.NominalTimeRunFacet(
            nominalStartTime=f"{first.isoformat()}T00:00:00Z",
            nominalEndTime=f"{add_months(first, 1).isoformat()}T00:00:00Z",
        )
    return found


def _job_facets(one: Step) -> dict[str, JobFacet]:
    return {
        "jobType": job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="DAGSTER", jobType="TASK"
        ),
        "documentation": documentation_job.DocumentationJobFacet(one.description),
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
