"""Schedules that look up each feed at 09:35 London time, five minutes after the usual release time.

Does not: the release calendar (`warehouse.editions.freshness`), the lookup (`assets.fetch_assets`).
"""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.fetch_assets import fetch_job_name, range_tags
from assets.partitions import RANGE_END, RANGE_START
from pipelines.instance.editions import add_editions
from pipelines.resources import HomeResource
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.months import day_words
from warehouse.base.working_days import is_bank_holiday, is_working_day
from warehouse.contract.model import Contract
from warehouse.contract.release_calendar import LONDON, TIMEZONE
from warehouse.editions.expected import known_editions
from warehouse.editions.freshness import due_editions, freshness, held_editions, is_sample
from warehouse.editions.status import status_of


def schedule_name(feed: str) -> str:
    """Return the name of the schedule that looks a feed up."""
    return f"look_for_{feed}"


def look_schedule(
    contract: Contract, job: UnresolvedAssetJobDefinition, cron: str
) -> dg.ScheduleDefinition:
    """Return the schedule of one feed. Needs the resource `home`; running by default."""

    @dg.schedule(
        name=schedule_name(contract.feed),
        job=job,
        cron_schedule=cron,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Look for {contract.title} from 09:35 on the day of its release "
        f"({contract.cadence.release}), and each working day after until it is imported.",
    )
    def _look(
        context: dg.ScheduleEvaluationContext, home: HomeResource
    ) -> dg.RunRequest | dg.SkipReason:
        came = decide(home.get(), contract, context.scheduled_execution_time, working_days(cron))
        if isinstance(came, dg.RunRequest) and under_way(context.instance, contract.feed):
            return dg.SkipReason(f"{contract.feed} is already being looked up")
        if isinstance(came, dg.RunRequest):
            day = context.scheduled_execution_time.astimezone(LONDON).date()
            editions = known_editions(home.get(), day)[contract.feed]
            add_editions(context.instance, contract.feed, [*editions, *requested(came)])
        return came

    return _look


def requested(run: dg.RunRequest) -> list[str]:
    """Return first and last edition of a request, which Dagster must know before it runs."""
    ends = [run.partition_key, run.tags.get(RANGE_START), run.tags.get(RANGE_END)]
    return [edition for edition in ends if edition]


def under_way(instance: dg.DagsterInstance, feed: str) -> bool:
    """Whether a lookup of this feed is queued or running. After an outage Dagster makes up for
    several ticks at once, and one lookup is enough."""
    unfinished = dg.RunsFilter(job_name=fetch_job_name(feed), statuses=UNFINISHED)
    return bool(instance.get_run_ids(unfinished, limit=1))


UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def working_days(cron: str) -> bool:
    """Whether a cron schedule names weekdays: then bank holidays are skipped, too."""
    return cron.rsplit(maxsplit=1)[-1] != "*"


def decide(
    home: Home, contract: Contract, tick: datetime, working_days_only: bool = True
) -> dg.RunRequest | dg.SkipReason:
    """Return a run for the editions that are due and not imported, or why there is none.

    An edition held by its checks is looked up again: the publisher may correct it. `tick`: its
    scheduled time with time zone, not the current time, so that a late tick decides the same.
    """
    here = tick.astimezone(LONDON)
    day = here.date()
    if working_days_only and not is_working_day(day):
        what = "a bank holiday" if is_bank_holiday(day) else f"a {day:%A}"
        return dg.SkipReason(f"{day_words(day)} is {what}: nothing is published")
    if is_sample(Archive(home).active_files()):
        return dg.SkipReason("Sample data only: import or fetch a real edition first")
    held = held_editions(home, contract.feed)
    newest = max(held, default=None)
    editions = due_editions(contract, held, day)
    if newest and status_of(home, contract.feed, newest).undecided:
        editions = (newest, *editions)
    if not editions:
        awaited = freshness(contract, newest, False, day)
        due = awaited.due
        return dg.SkipReason(
            f"{awaited.next_edition} is due on {day_words(due)}" if due else awaited.words
        )
    return request(contract.feed, editions, here, newest)


def request(feed: str, editions: Sequence[str], tick: datetime, again: str | None) -> dg.RunRequest:
    """Return one run for all editions to look up, and for the newest imported one `again`: it may
    have been revised."""
    span = editions[0] if len(editions) == 1 else f"{editions[0]} to {editions[-1]}"
    key = f"{feed} {span} {tick:%Y-%m-%d %H:%M}"
    first = again or editions[0]
    if first == editions[-1]:
        return dg.RunRequest(run_key=key, partition_key=first)
    return dg.RunRequest(run_key=key, tags=range_tags(first, editions[-1]))
