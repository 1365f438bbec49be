"""The refresh: run the jobs of pending editions and of the mart, in process, as Dagster runs.

Belongs here: what to run, in which order, and the result. Does not: printing (`pipelines.cli`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipelines.job_names import PUBLISH_JOB, feed_job_name
from pipelines.operations.landing import take_landing
from pipelines.operations.last_refresh import remember
from pipelines.operations.refresh_report import RefreshReport
from pipelines.operations.refresh_run import one_refresh
from pipelines.operations.requested import check_held
from pipelines.operations.running import execute, running_instance, settle
from warehouse.archive.snapshot import one_snapshot
from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import tombstones
from warehouse.base.errors import plain
from warehouse.base.home import WRITTEN, Home
from warehouse.base.keys import EditionKey
from warehouse.base.lock import Say, alone
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import contracts
from warehouse.editions.status import all_statuses, status_of
from warehouse.outputs.page_paths import are_whole
from warehouse.publication.remembered import forget
from warehouse.transform.lake import read_again

if TYPE_CHECKING:
    import dagster as dg

BRIDGED = 3  # months between editions of a quarterly list
ABANDONED = timedelta(hours=2)  # longer than copying a file, or building a mart


@dataclass(frozen=True)
class Batch:
    """Neighbouring editions of one feed that one run processes."""

    feed: str
    editions: tuple[str, ...]

    @property
    def span(self) -> str:
        """First and last edition: `2025-01 to 2025-03`."""
        first, last = self.editions[0], self.editions[-1]
        return first if first == last else f"{first} to {last}"


def refresh(
    home: Home,
    feeds: list[str] | None = None,
    editions: list[str] | None = None,
    say: Say = lambda _: None,
    wait: bool = True,
    still_for: float = 0,
    full: bool = False,
    again: bool = True,
    within: str | None = None,
) -> RefreshReport:
    """Import the landing folder, process pending editions, and publish the mart.

    `feeds`, `editions`: process only these; `again`: even if they are not pending. `still_for`:
    files changed within so many seconds stay in the landing folder. `full`: make the whole mart
    anew, even if it is up to date. `within`: the id of the run of the job `refresh` that this is;
    None: a person's. Raises Busy if another refresh is
    running and `wait` is False, NotHeld for a feed or an edition without a file, ValueError for
    settings, or a register of claims, that can't be read.
    """
    from warehouse.claims.home_register import claims_of

    claims_of(home)  # fail fast on bad settings or a bad register
    report = RefreshReport()
    with alone(home, say, wait), one_snapshot(), remembered(home, report):
        clean_up(home)
        report.imported.extend(take_landing(home, say, still_for))
        check_held(home, feeds, editions)
        bring_up_to_date(home, report, say, feeds, editions, full, again, within)
    return report


@contextmanager
def remembered(home: Home, report: RefreshReport) -> Iterator[None]:
    """Record the result of a refresh for alerts, even if it is interrupted."""
    broke: list[str] = []
    try:
        yield
    except Exception as error:
        broke.append(plain(error))
        raise
    finally:
        refused = [
            (one.path.relative_to(home.landing).as_posix(), one.name, one.message, one.remedy)
            for one in report.refused
        ]
        remember(home, [*report.failures, *broke], refused, report.published)


def bring_up_to_date(
    home: Home,
    report: RefreshReport,
    say: Say,
    feeds: list[str] | None = None,
    editions: list[str] | None = None,
    full: bool = False,
    again: bool = True,
    within: str | None = None,
) -> None:
    """Process archived files and publish the mart, if `full` even an unchanged one. The caller
    holds the home's lock. Other arguments: as of `refresh`."""
    retired_before, _ = retired_editions(home)
    batches = plan(home, feeds, editions, again)
    if again and (feeds or editions):
        _read_again(home, batches)
    if full:
        forget(home)
    if batches or full or not mart_is_current(home):
        from warehouse.outputs.headline import published_headlines

        report.before = published_headlines(home)
        _run(home, batches, report, say, full, within)
    else:
        report.nothing_to_do = True
    if not are_whole(home):
        from warehouse.site.trust.home_pages import build_pages

        say("Updating the pages about the mart")
        build_pages(home)
        report.nothing_to_do, report.pages = False, True
    statuses = all_statuses(home)
    report.held = [one for one in statuses if one.undecided]
    report.held_months = [one for one in statuses if one.held_months]
    report.decided = [one for one in statuses if one.decision]
    retired, report.kept_sample = retired_editions(home)
    report.retired = max(retired - retired_before, 0)  # those of earlier refreshes were told of
    report.unfinished = [one for one in tombstones(home) if one.erased_at is None]


def clean_up(home: Home) -> None:
    """Mark Dagster runs of a killed process as failed, and remove its files: those begun hours ago,
    because imports and runs started in the UI may be writing now."""
    from warehouse.publication.pending_mart import drop_lost

    settle(home)
    for prefix in WRITTEN:
        home.store.sweep(prefix, older_than=ABANDONED)
    drop_lost(home)


def plan(
    home: Home,
    feeds: list[str] | None = None,
    editions: list[str] | None = None,
    again: bool = True,
) -> list[Batch]:
    """Return what to process, feed by feed in the order in which their checks depend on each other.
    `feeds`, `editions`: only these, if `again` pending or not."""
    from assets.ingest import pending_editions

    files = Archive(home).active_files()
    batches: list[Batch] = []
    for feed in contracts():
        if feeds and feed not in feeds:
            continue
        held = sorted({file.edition for file in files if file.feed == feed})
        asked = again and (feeds or editions)
        due = held if asked else pending_editions(home, feed, files)
        due = [edition for edition in due if not editions or edition in editions]
        batches += [Batch(feed, run) for run in neighbours(due, held)]
    return batches


def neighbours(due: list[str], held: list[str]) -> list[tuple[str, ...]]:
    """Cut sorted editions into runs of neighbours: with no other edition between them, and at most
    a quarter apart, because a run costs Dagster an event for each that is missing between them."""
    runs: list[list[str]] = []
    for edition in due:
        before = held[held.index(edition) - 1]
        near = month_text(add_months(parse_month(edition), -BRIDGED)) <= before
        if runs and runs[-1][-1] == before and near:
            runs[-1].append(edition)
        else:
            runs.append([edition])
    return [tuple(run) for run in runs]


def mart_is_current(home: Home) -> bool:
    """Whether the published mart uses all accepted editions, or there is neither."""
    from warehouse.publication.publish import is_current

    return is_current(home) or (_all_is_decided(home) and not home.has_mart)


def _read_again(home: Home, batches: list[Batch]) -> None:
    """Have the files of these editions read again, as a person requested."""
    wanted = {(batch.feed, edition) for batch in batches for edition in batch.editions}
    for file in Archive(home).active_files():
        if EditionKey.of(file) in wanted:
            read_again(home, file)


def _all_is_decided(home: Home) -> bool:
    """Whether there is nothing to publish or decide: everything imported, if anything, is
    withdrawn, purged or held by decision."""
    return all(one.verdict == "held" and not one.undecided for one in all_statuses(home))


def _run(
    home: Home,
    batches: list[Batch],
    report: RefreshReport,
    say: Say,
    full: bool,
    within: str | None,
) -> None:
    from pipelines.jobs import job_definitions
    from pipelines.resources import HomeResource
    from warehouse.outputs.openlineage.emit import forget_trouble, trouble_of
    from warehouse.publication.build import accepted_files
    from warehouse.publication.publish import is_current, shows_withdrawn_files, take_down

    forget_trouble(home)
    definitions = job_definitions(HomeResource(root=str(home.root)))
    with (
        running_instance(home) as instance,
        one_refresh(instance, home, within, say) as refreshing,
    ):
        for batch in batches:
            refreshing.say(f"Processing {batch.feed} {batch.span}")
            job = definitions.resolve_job_def(feed_job_name(batch.feed))
            problem = _take_in(job, instance, home, batch, refreshing.tags)
            statuses = [status_of(home, batch.feed, edition) for edition in batch.editions]
            known = [one for one in statuses if one.state]
            report.taken_in += known
            if problem and not any(one.undecided for one in known):
                report.failures.append(f"{batch.feed} {batch.span}: {problem}")
        if not accepted_files(home) and (_all_is_decided(home) or shows_withdrawn_files(home)):
            report.taken_down = take_down(home)
        elif (accepted_files(home) and full) or not is_current(home):
            refreshing.say("Building, checking and publishing the mart")
            job = definitions.resolve_job_def(PUBLISH_JOB)
            problem = execute(job, instance, home, tags=refreshing.tags)
            report.published = problem is None
            if problem:
                report.failures.append(f"mart: {problem}")
        refreshing.faults = report.faults
    report.lineage = trouble_of(home)


def _take_in(
    job: Any, instance: dg.DagsterInstance, home: Home, batch: Batch, tags: dict[str, str]
) -> str | None:
    """Run the job of a feed for neighbouring editions; returns its failure, or None."""
    from assets.partitions import RANGE_END, RANGE_START

    if len(batch.editions) == 1:
        return execute(job, instance, home, key=batch.editions[0], tags=tags)
    span = {RANGE_START: batch.editions[0], RANGE_END: batch.editions[-1]}
    return execute(job, instance, home, tags=tags | span)


def retired_editions(home: Home) -> tuple[int, list[str]]:
    """Return the number of sample editions that the mart does not use because own ones replace
    them, and the feeds of which it still uses the sample: no own edition is accepted yet."""
    from warehouse.publication.kept_sample import kept_sample

    kept = kept_sample(home)
    out = {EditionKey.of(file) for file in Archive(home).replaced_sample()}
    return len(out - {*map(EditionKey.of, kept)}), sorted({file.feed for file in kept})
