"""The job `refresh`, which the daemon runs. Does not: refreshing (`refresh`).

The jobs of feeds and of the mart appear as Dagster runs of their own.
"""

import dagster as dg
from pydantic import Field

from assets.feed_assets import POOL
from pipelines.job_names import REFRESH_JOB
from pipelines.operations.refresh import refresh
from pipelines.operations.refresh_report import RefreshReport
from pipelines.operations.requested import NotHeld
from pipelines.operations.running import heartbeat, signs_of_life
from pipelines.resources import HomeResource
from warehouse.base.home import Home
from warehouse.base.months import month_text, typed_month
from warehouse.base.text import unknown
from warehouse.contract.model import contracts

LONGEST = 6 * 3600  # seconds


class WantedRefresh(dg.Config):
    """What a run of the job `refresh` is asked for; without, all that is pending."""

    feed: str = Field("", description="Only this feed, by its name in `status`. Empty: all feeds.")
    editions: list[str] = Field(
        [], description="Only these editions, such as 2025-11. Empty: all editions."
    )
    again: bool = Field(
        False, description="Process them even if nothing has changed since they were processed."
    )


def refresh_job(still_for: float) -> dg.JobDefinition:
    """Return the job, which needs the resource `home`. `still_for`: files in the landing folder
    that changed within so many seconds are left for the next run."""

    @dg.op(
        name="refresh_home",
        pool=POOL,
        description="Import files, process pending editions and publish the mart.",
    )
    def _refresh(context: dg.OpExecutionContext, config: WantedRefresh, home: HomeResource) -> None:
        place, asked = home.get(), _asked(config)
        context.instance.add_run_tags(context.run_id, signs_of_life())
        with heartbeat(context.instance, context.run_id):
            report = _refreshed(place, context, asked, config.again, still_for)
        context.log.info(_summary(report))
        for one in report.refused:  # there is an alert for each until it is removed
            context.log.warning(f"{one.name} was refused: {one.message} {one.remedy}")
        if failed := report.faults:
            raise dg.Failure(description=" | ".join(failed), allow_retries=False)

    @dg.job(
        name=REFRESH_JOB,
        description="Import files, process pending editions and publish the mart.",
        tags={"dagster/max_runtime": str(LONGEST)},
    )
    def _job() -> None:
        _refresh()

    return _job


def _asked(config: WantedRefresh) -> dict[str, list[str]]:
    """Return feeds and editions as `refresh` takes them. Raises dg.Failure for what is none."""
    titles = {feed: contract.title for feed, contract in contracts().items()}
    if config.feed and config.feed not in titles:
        raise _refused(" ".join(unknown("feed", config.feed, titles)))
    if config.again and not (config.feed or config.editions):
        raise _refused("`again` needs `feed` or `editions`: say what to process again.")
    try:
        editions = [month_text(typed_month(one)) for one in config.editions]
    except ValueError as error:
        raise _refused(f"`editions`: {error}") from error
    return {"feeds": [config.feed] if config.feed else [], "editions": editions}


def _refreshed(
    home: Home,
    context: dg.OpExecutionContext,
    asked: dict[str, list[str]],
    again: bool,
    still_for: float,
) -> RefreshReport:
    try:
        return refresh(
            home,
            asked["feeds"],
            asked["editions"],
            context.log.info,
            still_for=still_for,
            again=again,
            within=context.run_id,
        )
    except NotHeld as error:
        raise _refused(str(error)) from error


def _refused(words: str) -> dg.Failure:
    return dg.Failure(description=words, allow_retries=False)


def _summary(report: RefreshReport) -> str:
    if report.nothing_to_do:
        return "Nothing to do: the mart is current"
    mart = "published" if report.published else "taken down" if report.taken_down else "unchanged"
    counts = f"{len(report.imported)} file(s) imported, {len(report.taken_in)} edition(s) processed"
    return f"{counts}, mart {mart}"
