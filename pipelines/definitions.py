"""The Dagster code location: assets, jobs, schedules and sensors of every feed and of the mart."""

import dagster as dg

from assets.fetch_assets import fetch_job, fetched_asset
from pipelines.jobs import job_definitions
from pipelines.operations.housekeeping_job import housekeeping_job, housekeeping_schedule
from pipelines.operations.refresh_job import refresh_job
from pipelines.resources import HomeResource
from pipelines.schedules import look_schedule
from pipelines.sensors import alerts_sensor, landing_sensor, new_editions_sensor, report_sensor
from pipelines.timeliness_checks import timeliness_job, timeliness_schedule
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.settings import Looking, Unreadable, read_settings

LANDING_SECONDS, POLL_SECONDS = 30, 60  # between two evaluations of a sensor
STILL = 0.7  # share of that time for which files must not change


def build_definitions(home: HomeResource | None = None) -> dg.Definitions:
    """Return all definitions, for the home of the environment unless another is given."""
    resource = home or HomeResource()
    look = _look(resource.get())
    seconds = look.poll_seconds or LANDING_SECONDS
    refreshing = refresh_job(seconds * STILL)
    looked_up = [one for one in contracts().values() if one.discovery and one.discovery.looked_up]
    fetching = {contract.feed: fetch_job(contract) for contract in looked_up}
    return job_definitions(
        resource,
        assets=[fetched_asset(contract) for contract in looked_up],
        jobs=[*fetching.values(), refreshing, housekeeping_job, timeliness_job],
        schedules=[
            *[look_schedule(c, fetching[c.feed], look.cron) for c in looked_up if c.cadence.due],
            housekeeping_schedule,
            timeliness_schedule,
        ],
        sensors=[
            landing_sensor(refreshing, seconds, seconds * STILL),
            new_editions_sensor(refreshing, look.poll_seconds or POLL_SECONDS),
            alerts_sensor(look.poll_seconds or POLL_SECONDS),
            report_sensor(look.poll_seconds or POLL_SECONDS),
        ],
    )


def _look(home: Home) -> Looking:
    """Return when to evaluate; the defaults if the settings can't be read, so that the UI starts
    and the runs that need the settings report what is wrong with them."""
    try:
        return read_settings(home).look
    except Unreadable:
        return Looking()


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions for Dagster. Importing this module reads no home."""
    return build_definitions()
