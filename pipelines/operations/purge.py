"""Purge: erase a file, delete Dagster's runs about it, and publish the mart without it.

Belongs here: the order of the steps. Does not: the steps (`purge_files`, `purge_runs`, `refresh`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from checks.feed_rules import lookback_months
from pipelines.job_names import feed_job_name
from pipelines.operations.purge_files import (
    Plan,
    bury,
    editions_touched,
    erase,
    finish,
    plan_purge,
    runs_touched,
)
from pipelines.operations.purge_runs import forget_runs
from pipelines.operations.refresh import bring_up_to_date, remembered
from pipelines.operations.refresh_report import RefreshReport
from warehouse.archive.tombstones import Tombstone
from warehouse.base.home import Home
from warehouse.base.lock import Say, alone
from warehouse.publication.publish import shows_any, take_down
from warehouse.settings import read_settings
from warehouse.site.trust.home_pages import build_pages


@dataclass(frozen=True)
class Purged:
    """The result of a purge. `runs`: number of Dagster runs deleted; `taken_down`: the published
    mart was removed, because it could not be rebuilt without the file."""

    plan: Plan
    stones: list[Tombstone]
    runs: int
    report: RefreshReport
    taken_down: bool


def purge(
    home: Home,
    typed: list[str],
    reason: str,
    by: str | None,
    confirm: Callable[[Plan], bool],
    say: Say = lambda _: None,
) -> Purged | None:
    """Erase the files of these hashes; None if `confirm` returns False.

    If interrupted, it can be run again. Raises NotPossible for hashes that match nothing, several
    files, or a container with other files, and for a blank reason; ValueError for settings that
    can't be read.
    """
    read_settings(home)  # fail fast: without them no mart can be published
    with alone(home, say, wait=True):
        plan = plan_purge(home, typed)
        if not confirm(plan):
            return None
        stones = bury(home, plan, reason, by)
        touched = editions_touched(home, stones, lookback_months)
        runs = runs_touched(home, touched)
        say("Erasing")
        began = datetime.now(UTC)
        erase(home, plan, stones, touched)
        report = RefreshReport()
        with remembered(home, report):
            bring_up_to_date(home, report, say)
        taken_down = report.taken_down
        if shows_any(home, {stone.sha256 for stone in stones}):
            taken_down = take_down(home)
        elif home.has_mart and not report.published:
            build_pages(home)  # they were erased; the mart stays, as it has no data of the file
        say("Deleting Dagster's runs about it")
        jobs = {feed_job_name(feed) for feed, _ in touched}
        forgotten = forget_runs(home, runs, jobs, min(touched.values()), began)
        finish(home, stones)
        report.unfinished = []
    return Purged(plan, stones, forgotten, report, taken_down)
