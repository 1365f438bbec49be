"""The Dagster code location: every feed found, and the mart.

Belongs here: putting the pieces together, shortly. `build_definitions` takes overrides, so that
tests replace resources by argument.
"""

import warnings
from typing import Any

import dagster as dg

from assets.contract import contracts
from assets.factory import feed_assets, keys
from assets.mart import build, published
from pipelines.fetching import fetch_job, fetched_asset
from pipelines.housekeeping_job import housekeeping_job, housekeeping_schedule
from pipelines.jobs import PUBLISH_JOB, feed_job_name
from pipelines.partitions import EDITIONS
from pipelines.refreshing import refresh_job
from pipelines.resources import HomeResource, kept_connections
from pipelines.schedules import look_schedule
from pipelines.sensors import alerts_sensor, landing_sensor, new_editions_sensor
from pipelines.timeliness import (
    timeliness_checks,
    timeliness_job,
    timeliness_key,
    timeliness_schedule,
)
from warehouse.home import Home
from warehouse.settings import Looking, Unreadable, read_settings

LANDING_SECONDS, POLL_SECONDS = 30, 60  # between two looks
STILL = 0.7  # of the time between two looks at the landing folder: the next one finds it still


def build_definitions(home: HomeResource | None = None) -> dg.Definitions:
    """All definitions of the project."""
    with warnings.catch_warnings():
        # Backfill policies and partitioned checks are what makes one run of many editions, each
        # with its own verdicts, possible; Dagster still calls the two beta and preview. It copies
        # sensors when it puts the pieces together, and warns of what we do not use.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        definitions = _definitions(home or HomeResource())
        definitions.get_repository_def()
        return definitions


def _definitions(home: HomeResource) -> dg.Definitions:
    look = _look(home.get())
    seconds = look.poll_seconds or LANDING_SECONDS
    refreshing = refresh_job(seconds * STILL)
    looked_up = [one for one in contracts().values() if one.discovery and one.discovery.looked_up]
    fetching = {contract.feed: fetch_job(contract) for contract in looked_up}
    jobs: list[Any] = [
        dg.define_asset_job(
            feed_job_name(feed),
            # A check of today is not of these editions, nor lost with a run that fails.
            selection=dg.AssetSelection.assets(*keys(feed))
            - dg.AssetSelection.checks(timeliness_key(feed)),
            description=f"Archive to measures of {contract.title}, for the editions chosen.",
        )
        for feed, contract in contracts().items()
    ]
    jobs.append(
        dg.define_asset_job(
            PUBLISH_JOB,
            selection=dg.AssetSelection.groups("mart")
            | dg.AssetSelection.checks(timeliness_checks),
            description="Build the mart from all accepted editions, check it, publish it.",
        )
    )
    return dg.Definitions(
        assets=[
            *[feed_assets(c, EDITIONS) for c in contracts().values()],
            *[fetched_asset(c) for c in looked_up],
            build,
            published,
        ],
        jobs=[*jobs, *fetching.values(), refreshing, housekeeping_job, timeliness_job],
        asset_checks=[timeliness_checks],
        schedules=[
            *[look_schedule(c, fetching[c.feed], look.cron) for c in looked_up if c.cadence.due],
            housekeeping_schedule,
            timeliness_schedule,
        ],
        sensors=[
            landing_sensor(refreshing, seconds, seconds * STILL),
            new_editions_sensor(refreshing, look.poll_seconds or POLL_SECONDS),
            alerts_sensor(look.poll_seconds or POLL_SECONDS),
        ],
        resources={"home": home, "kept_connections": kept_connections},
        executor=dg.in_process_executor,
    )


def _look(home: Home) -> Looking:
    """When to look. Settings that can't be read keep nobody from the UI: the defaults hold, and
    each command and run that needs the settings says what is wrong with them."""
    try:
        return read_settings(home).look
    except Unreadable:
        return Looking()


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads. Importing this module makes nothing, and reads no home."""
    return build_definitions()
