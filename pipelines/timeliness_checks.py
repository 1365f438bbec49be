"""Dagster checks: whether each feed's newest edition was imported by the release calendar, and the
evidence of a plan's actions is recent.

Does not: what is overdue (`warehouse.editions.freshness`), what is too old (`warehouse.plan`).
Dagster's own freshness policies use the time of the last materialisation, which processing an old
edition again renews.
"""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg
import duckdb

from assets.asset_keys import keys
from assets.feed_assets import NOT_RUN_SHOWN
from assets.mart_assets import PUBLISHED
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.contract.model import Contract, contracts
from warehouse.contract.release_calendar import LONDON, TIMEZONE
from warehouse.editions.freshness import Freshness, freshness, is_sample
from warehouse.plan.watched_plan import Row, evidence_on

CHECK, JOB = "edition_in_time", "check_timeliness"
EVIDENCE = "plan_evidence_recent"
CRON = "0 10 * * *"
DESCRIPTION = (
    "The newest edition was imported by the release calendar (timeliness). Warns when the next one "
    f"is overdue, fails when the one after that is overdue, too. {NOT_RUN_SHOWN}"
)


def timeliness_key(feed: str) -> dg.AssetCheckKey:
    """Return the key of a feed's check."""
    return dg.AssetCheckKey(keys(feed)[0], CHECK)


@dg.multi_asset_check(
    name=CHECK,
    specs=[
        dg.AssetCheckSpec(CHECK, asset=keys(feed)[0], description=DESCRIPTION)
        for feed in contracts()
    ],
    can_subset=True,
    required_resource_keys={"home"},
)
def timeliness_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Yield a verdict for each feed, as at today; none where there is no day to compare with."""
    files = Archive(context.resources.home.get()).active_files()
    today = datetime.now(LONDON).date()
    for feed, contract in contracts().items():
        if timeliness_key(feed) in context.selected_asset_check_keys:
            own = [file for file in files if file.feed == feed]
            newest = max((file.edition for file in own), default=None)
            found = freshness(contract, newest, is_sample(own), today)
            if found.verdict == "skipped":
                context.log.info(f"Not run for {feed}: {found.words}")
            else:
                yield result(contract, own, found)


def result(contract: Contract, files: list[SourceFile], found: Freshness) -> dg.AssetCheckResult:
    """Return a feed's check result, which blocks nothing."""
    return dg.AssetCheckResult(
        asset_key=keys(contract.feed)[0],
        check_name=CHECK,
        passed=found.verdict == "pass",
        severity=dg.AssetCheckSeverity.ERROR
        if found.verdict == "fail"
        else dg.AssetCheckSeverity.WARN,
        description=found.words,
        metadata={
            "verdict": found.verdict,
            "newest_edition": max((file.edition for file in files), default="none"),
            "next_edition": found.next_edition or "-",
            "next_due": str(found.due or "-"),
            "days_overdue": found.days_overdue,
        },
    )


@dg.multi_asset_check(
    name=EVIDENCE,
    specs=[
        dg.AssetCheckSpec(
            EVIDENCE,
            asset=PUBLISHED,
            description="Every KPI that is evidence of a plan's action has a figure that is recent "
            f"enough today (timeliness). Warns; lists those that have none. {NOT_RUN_SHOWN}",
        )
    ],
    can_subset=True,  # else no result is an error
    required_resource_keys={"home"},
)
def plan_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Yield a verdict on the published plan's evidence, as at today; none if it has none."""
    place: Home = context.resources.home.get()
    evidence = _evidence(place) if place.has_mart else []
    if not evidence:
        context.log.info("Not run: no action of the published plan names a KPI as evidence")
        return
    stale = [row for row in evidence if row["stale_because"]]
    yield dg.AssetCheckResult(
        asset_key=PUBLISHED,
        check_name=EVIDENCE,
        passed=not stale,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"No recent figure: {len(stale)} of {len(evidence)} KPIs named as evidence",
        metadata={
            f"{row['icb_code']} {row['action_id']} {row['kpi_id']}": row["stale_because"]
            for row in stale
        },
    )


def _evidence(place: Home) -> list[Row]:
    with open_mart(place.mart) as db:
        try:
            return evidence_on(db, datetime.now(LONDON).date())
        except duckdb.CatalogException:
            return []  # a mart of a version without plans


timeliness_job = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.checks(timeliness_checks, plan_checks),
    description="Check what is overdue by the release calendar today, and a plan's evidence.",
)

timeliness_schedule = dg.ScheduleDefinition(
    name=JOB,
    job=timeliness_job,
    cron_schedule=CRON,
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Each day at 10:00: check what is overdue by the release calendar, and the "
    "evidence of a plan's actions.",
)
