"""The jobs of feeds and of the mart, with the assets that they run.

Does not: their names (`job_names`), what starts them (`schedules`, `sensors`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from assets.asset_keys import keys
from assets.feed_assets import feed_assets
from assets.mart_assets import build, published
from assets.presentation import MART_GROUP
from assets.site_asset import SITE, site
from pipelines.job_names import PUBLISH_JOB, REPORT_JOB, feed_job_name
from pipelines.resources import HomeResource, dagster_events
from pipelines.timeliness_checks import plan_checks, timeliness_checks, timeliness_key
from warehouse.contract.model import contracts


def job_definitions(home: HomeResource, **more: Any) -> dg.Definitions:
    """Return definitions of every feed's assets and job, and of the mart's.

    `more`: assets, jobs, schedules and sensors to add, as `dg.Definitions` takes them.
    """
    with _quiet():
        definitions = dg.Definitions(
            assets=[
                *[feed_assets(contract) for contract in contracts().values()],
                *more.pop("assets", ()),
                build,
                published,
                site,
            ],
            jobs=[*_jobs(), *more.pop("jobs", ())],
            asset_checks=[timeliness_checks, plan_checks],
            resources={"home": home, "dagster_events": dagster_events},
            executor=dg.in_process_executor,
            **more,
        )
        definitions.get_repository_def()
        return definitions


def _jobs() -> Iterator[Any]:
    for feed, contract in contracts().items():
        yield dg.define_asset_job(
            feed_job_name(feed),
            # The timeliness check is about today, not about these editions.
            selection=dg.AssetSelection.assets(*keys(feed))
            - dg.AssetSelection.checks(timeliness_key(feed)),
            description=f"Process editions of {contract.title}, from archive to measures.",
        )
    yield dg.define_asset_job(
        PUBLISH_JOB,
        selection=dg.AssetSelection.groups(MART_GROUP)
        | dg.AssetSelection.checks(timeliness_checks),
        description="Build the mart from all accepted editions, check it and publish it.",
    )
    yield dg.define_asset_job(
        REPORT_JOB,
        selection=dg.AssetSelection.assets(SITE),
        description="Write the access report: pages made from the published mart.",
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Dagster's warnings about beta and preview features: backfill policies and partitioned
    checks, which allow one run for many editions, and features of sensors that are not used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        yield
