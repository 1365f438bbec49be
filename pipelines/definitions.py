"""The Dagster code location: every feed found, and the mart.

Belongs here: putting the pieces together, shortly. `build_definitions` takes overrides, so that
tests replace resources by argument.
"""

import warnings

import dagster as dg

from assets.contract import contracts
from assets.factory import feed_assets
from assets.mart import build, published
from pipelines.partitions import EDITIONS
from pipelines.resources import HomeResource

PUBLISH_JOB = "publish_mart"


def feed_job_name(feed: str) -> str:
    """The job that takes in editions of one feed."""
    return f"take_in_{feed}"


def build_definitions(home: HomeResource | None = None) -> dg.Definitions:
    """All definitions of the project."""
    with warnings.catch_warnings():
        # Backfill policies and partitioned checks are what makes one run of many editions, each
        # with its own verdicts, possible; Dagster still calls the two beta and preview.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return _definitions(home or HomeResource())


def _definitions(home: HomeResource) -> dg.Definitions:
    jobs = [
        dg.define_asset_job(
            feed_job_name(feed),
            selection=dg.AssetSelection.groups(feed),
            description=f"Archive to measures of {contract.title}, for the editions chosen.",
        )
        for feed, contract in contracts().items()
    ]
    jobs.append(
        dg.define_asset_job(
            PUBLISH_JOB,
            selection=dg.AssetSelection.groups("mart"),
            description="Build the mart from all accepted editions, check it, publish it.",
        )
    )
    return dg.Definitions(
        assets=[*[feed_assets(c, EDITIONS) for c in contracts().values()], build, published],
        jobs=jobs,
        resources={"home": home},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
