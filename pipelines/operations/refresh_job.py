"""The job `refresh`, which the daemon runs. Does not: refreshing (`refresh`).

The jobs of feeds and of the mart appear as Dagster runs of their own.
"""

import dagster as dg

from assets.feed_assets import POOL
from pipelines.job_names import REFRESH_JOB
from pipelines.operations.refresh import RefreshReport, refresh
from pipelines.operations.running import heartbeat, signs_of_life
from pipelines.resources import HomeResource

LONGEST = 6 * 3600  # seconds


def refresh_job(still_for: float) -> dg.JobDefinition:
    """Return the job, which needs the resource `home`. `still_for`: files in the landing folder
    that changed within so many seconds are left for the next run."""

    @dg.op(
        name="refresh_home",
        pool=POOL,
        description="Import files, process pending editions and publish the mart.",
    )
    def _refresh(context: dg.OpExecutionContext, home: HomeResource) -> None:
        place = home.get()
        context.instance.add_run_tags(context.run_id, signs_of_life())
        with heartbeat(context.instance, context.run_id):
            report = refresh(place, say=context.log.info, still_for=still_for)
        context.log.info(_summary(report))
        for one in report.refused:  # there is an alert for each until it is removed
            context.log.warning(f"{one.name} was refused: {one.message} {one.remedy}")
        if failed := faults(report):
            raise dg.Failure(description=" | ".join(failed), allow_retries=False)

    @dg.job(
        name=REFRESH_JOB,
        description="Import files, process pending editions and publish the mart.",
        tags={"dagster/max_runtime": str(LONGEST)},
    )
    def _job() -> None:
        _refresh()

    return _job


def faults(report: RefreshReport) -> list[str]:
    """Return why a run fails. Not for refused files, which have an alert each, nor for editions
    that were held before."""
    held = [one for one in report.taken_in if one.undecided]
    return [
        *report.failures,
        *(f"{one.feed} {one.edition} is held: {one.words}" for one in held),
    ]


def _summary(report: RefreshReport) -> str:
    if report.nothing_to_do:
        return "Nothing to do: the mart is current"
    mart = "published" if report.published else "taken down" if report.taken_down else "unchanged"
    counts = f"{len(report.imported)} file(s) imported, {len(report.taken_in)} edition(s) processed"
    return f"{counts}, mart {mart}"
