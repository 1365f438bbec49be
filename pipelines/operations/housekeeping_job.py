"""The Dagster job and schedule `housekeeping`. Does not: what is removed (`housekeeping`)."""

import dagster as dg

from assets.feed_assets import POOL
from pipelines.operations.housekeeping import housekeep
from pipelines.resources import HomeResource
from warehouse.contract.release_calendar import TIMEZONE

NAME = "housekeeping"
CRON = "0 3 * * 0"


@dg.op(
    name="keep_house",
    pool=POOL,
    description="Remove unused files that can be rebuilt, old marts, and old runs.",
)
def _keep_house(context: dg.OpExecutionContext, home: HomeResource) -> None:
    done = housekeep(home.get(), say=context.log.info)
    context.log.info(
        f"{len(done.waste)} file(s) and {done.runs} old run(s) removed: {done.bytes:,} bytes"
    )


@dg.job(name=NAME, description="Remove unused files and old runs. The archive is never changed.")
def housekeeping_job() -> None:
    """Housekeeping."""
    _keep_house()


housekeeping_schedule = dg.ScheduleDefinition(
    name=NAME,
    job=housekeeping_job,
    cron_schedule=CRON,
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Sundays at 03:00, London time.",
)
