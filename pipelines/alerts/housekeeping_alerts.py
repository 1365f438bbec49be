"""Problems of this installation: a failed refresh, held editions, refused files, a full disk.

Does not: problems with publications (`publisher_problems`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipelines.alerts.problem import HomeState, Problem, PublishedMart, moment
from pipelines.operations.last_refresh import last_refresh, still_refused
from warehouse.archive.decisions import decisions
from warehouse.archive.source_files import SourceFile
from warehouse.archive.tombstones import tombstones
from warehouse.base.home import MART, SETTINGS, Home
from warehouse.editions.status import all_statuses
from warehouse.publication.publish import is_current

REFRESH_BY = timedelta(hours=1)  # a working refresh has published new data by then
PURGE_TAKES = timedelta(minutes=10)
MOST_FAILURES = 5
# Measured space of a refresh: the new mart beside the old one, DuckDB's temporary files, and the
# largest file unpacked and tidied.
TIMES_MART, TIMES_FILE, SPARE = 3, 1.5, 200e6
GB = 1e9
REVIEW = "Review with access-recovery status and diff; then import a corrected file, or "
ACCEPT = 'access-recovery accept {feed} {edition} --reason "..." '
DECIDE = f"{REVIEW}decide: {ACCEPT}(or hold)."
ACCEPT_MONTHS = f"{REVIEW}accept them: {ACCEPT}(--org CODE, --month YYYY-MM for one)."


def unreadable(error: Exception, now: datetime) -> Problem:
    """Report records or settings of the home that can't be read."""
    return Problem(
        key="unreadable",
        title="The state of this installation can't be read",
        what=str(error),
        since=now,
        still_see="the mart that was published last, if any",
        to_do="Correct the file named above, or restore it from backup.",
    )


def disk(
    home: Home, files: list[SourceFile], now: datetime, seen: PublishedMart
) -> Iterator[Problem]:
    """Report less free space than the next refresh needs."""
    free, needed = home.store.free_space(), _room_needed(home, files)
    if free >= needed:
        return
    yield Problem(
        key="disk",
        title=f"The disk is nearly full: {free / GB:.1f} GB free",
        what=f"{home.root} has {free / GB:.1f} GB free, and the next refresh may need "
        f"{needed / GB:.1f} GB (three times the mart, one and a half times the largest file "
        "unpacked, and 0.2 GB in reserve). If it fails, nothing is lost.",
        since=now,
        still_see=seen.mart,
        to_do="List unused files with access-recovery housekeeping --dry-run, free some space, or "
        "move the home to a larger disk.",
    )


def _room_needed(home: Home, files: list[SourceFile]) -> float:
    mart = home.store.size(MART) if home.has_mart else 0
    return TIMES_MART * mart + TIMES_FILE * max((file.bytes for file in files), default=0) + SPARE


def refresh_failed(home_state: HomeState) -> Iterator[Problem]:
    """Report that the last refresh failed, in whole or in part."""
    last = last_refresh(home_state.home)
    if last is None or last.failing_since is None:
        return
    yield Problem(
        key="refresh",
        title="The last refresh failed",
        what=f"{_listed(last.failures)} (last tried: {moment(last.at)})",
        since=last.failing_since,
        still_see=home_state.seen.mart,
        to_do="Correct the cause named above, then: access-recovery refresh. Nothing is lost "
        "meanwhile. For details of a program error: access-recovery --debug refresh",
    )


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_FAILURES
    return "; ".join([*texts[:MOST_FAILURES], *([f"and {more} more"] if more > 0 else [])])


def not_published(home_state: HomeState) -> Iterator[Problem]:
    """Report that the mart does not use the current inputs, and no refresh is under way."""
    if not home_state.active or is_current(home_state.home):
        return
    statuses = all_statuses(home_state.home, home_state.active)
    if not home_state.home.has_mart and not any(one.verdict != "held" for one in statuses):
        return  # nothing to publish
    since = _changed(home_state)
    if home_state.now - since < REFRESH_BY:
        return
    yield Problem(
        key="unpublished",
        title="The mart is not up to date",
        what="Files, decisions, settings or the program changed after it was built, and no "
        "refresh has processed the change.",
        since=since,
        still_see=home_state.seen.mart,
        to_do="Run access-recovery refresh, and check that the daemon runs (access-recovery ui, or "
        "its service).",
    )


def _changed(home_state: HomeState) -> datetime:
    """Return when an input of the mart last changed, as recorded; for settings, by file time."""
    came = [one.decided_at for one in decisions(home_state.home)]
    came += [file.imported_at for file in home_state.everything]
    if home_state.seen.published_at:
        came.append(home_state.seen.published_at)
    if edited := home_state.home.store.edited_at(SETTINGS):
        came.append(edited)
    return max(came)


def held_back(home_state: HomeState) -> Iterator[Problem]:
    """Report editions that failed their checks and are undecided."""
    for one in all_statuses(home_state.home, home_state.active):
        if one.undecided and one.state:
            yield Problem(
                key=f"held {one.feed} {one.edition}",
                title=f"{one.feed} {one.edition} is held by its checks",
                what=one.words,
                since=one.state.judged_at,
                still_see=home_state.seen.of(one.feed),
                to_do=DECIDE.format(feed=one.feed, edition=one.edition),
            )


def months_held(home_state: HomeState) -> Iterator[Problem]:
    """Report accepted editions with held months that are undecided."""
    for one in all_statuses(home_state.home, home_state.active):
        if (held := one.held_months) and one.state:
            yield Problem(
                key=f"month {one.feed} {one.edition}",
                title=f"{len(held)} month(s) of {one.feed} {one.edition} are held by the checks",
                what=_listed([month.words for month in held]),
                since=one.state.judged_at,
                still_see=f"{home_state.seen.of(one.feed)}; these months have no value "
                "there, and figures that use them are incomplete",
                to_do=ACCEPT_MONTHS.format(feed=one.feed, edition=one.edition),
            )


def refused_files(home_state: HomeState) -> Iterator[Problem]:
    """Report refused files that are still in the landing folder."""
    for one in still_refused(home_state.home):
        yield Problem(
            key=f"landing {one.name}",
            title=f"{one.name} in the landing folder was refused",
            what=one.reason,
            since=one.since,
            still_see=home_state.seen.mart,
            to_do=f"{one.remedy} Or remove it from {home_state.home.landing}.".strip(),
        )


def unfinished_purges(home_state: HomeState) -> Iterator[Problem]:
    """Report interrupted purges."""
    for stone in tombstones(home_state.home):
        if stone.erased_at is None and home_state.now - stone.decided_at >= PURGE_TAKES:
            short = stone.sha256[:12]
            yield Problem(
                key=f"purge {stone.sha256}",
                title=f"Purging {short} was interrupted",
                what=f"A file of {stone.feed} {stone.edition} that must not be kept may not be "
                "fully erased.",
                since=stone.decided_at,
                still_see=home_state.seen.mart,
                to_do=f'Run access-recovery purge {short} --reason "..." again.',
            )
