"""The job `refresh`: the command of that name, as a run that the daemon can start.

Belongs here: its op, and which results make its run fail. Does not: refreshing
(`pipelines.operations.refresh`), whose runs of feeds and of the mart appear as runs of their own.
"""

import dagster as dg

from assets.feed_assets import POOL
from pipelines.job_names import REFRESH_JOB
from pipelines.operations.refresh import RefreshReport, refresh
from pipelines.operations.running import heartbeat, signs_of_life
from pipelines.resources import HomeResource

LONGEST = 6 * 3600  # seconds


def refresh_job(still_for: float) -> dg.JobDefinition:
    """Return the job. Needs the resource `home`. `still_for`: files in the landing folder that were
    written to within so many seconds are left for the next one."""

    @dg.op(
        name="refresh_home",
        pool=POOL,
        description="Everything pending, from the landing folder to the published mart.",
    )
    def _refresh(context: dg.OpExecutionContext, home: HomeResource) -> None:
        place = home.get()
        context.instance.add_run_tags(context.run_id, signs_of_life())
        with heartbeat(context.instance, context.run_id):
            report = refresh(place, say=context.log.info, still_for=still_for)
        context.log.info(_summary(report))
        for one in report.refused:  # an alert until it is removed; the mart has the valid data
            context.log.warning(f"{one.name} was refused: {one.message} {one.remedy}")
        if failed := faults(report):
            raise dg.Failure(description=" | ".join(failed), allow_retries=False)

    @dg.job(
        name=REFRESH_JOB,
        description="Take everything pending from the landing folder to the published mart.",
        tags={"dagster/max_runtime": str(LONGEST)},
    )
    def _job() -> None:
        _refresh()

    return _job


def faults(report: RefreshReport) -> list[str]:
    """Return why a run fails, in words. A refused file in the landing folder is no reason: it
    changes nothing, and is an alert. Nor are editions that were held before."""
    held = [one for one in report.taken_in if one.undecided]
    return [
        *report.failures,
        *(f"{one.feed} {one.edition} is held back: {one.words}" for one in held),
    ]


def _summary(report: RefreshReport) -> str:
    if report.nothing_to_do:
        return "Nothing to do: everything archived is in the mart"
    mart = "published" if report.published else "taken down" if report.taken_down else "unchanged"
    counts = f"{len(report.imported)} file(s) read, {len(report.taken_in)} edition(s) processed"
    return f"{counts}, mart {mart}"
