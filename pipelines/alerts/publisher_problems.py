"""Problems with publications: not reachable, not found, wrong content, overdue.

Does not: looking up (`warehouse.fetch`), problems of this installation (`housekeeping_alerts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby

from pipelines.alerts.problem import LONDON, HomeState, Problem, begin_with, moment
from warehouse.base.keys import EditionKey
from warehouse.base.text import plural
from warehouse.base.web import host_of, without_passwords
from warehouse.contract.model import Contract, contracts
from warehouse.editions.freshness import freshness, is_sample
from warehouse.fetch.lookups import Lookup

# Sites may be busy on release days, and editions a few days late: neither needs a person.
PASSES_BY_ITSELF = timedelta(minutes=10)
LATE_BY_DAYS = 3
RELEASED = time(9, 30)  # London time, on release days

NAMES = {
    "not found": "its page exists, but its file is missing",
    "ambiguous": "two files match where one is expected",
    "refused": "the download was refused",
    "new": "part of the download was refused",
}
IMPORT = "Or download it yourself, then: access-recovery import PATH --feed {feed}"


def failed_lookups(home_state: HomeState) -> Iterator[Problem]:
    """Report editions whose newest lookup needs a person, and publishers that can't be reached."""
    brought: dict[EditionKey, datetime] = {}
    for file in sorted(home_state.everything, key=lambda file: file.imported_at):
        brought[EditionKey.of(file)] = file.imported_at
    newest: dict[str, str] = {}
    for file in home_state.active:
        newest[file.feed] = max(newest.get(file.feed, ""), file.edition)
    runs = _latest_runs(home_state.lookups)
    yield from _unreachable(home_state, runs)
    for key, run in runs.items():
        (feed, edition), look = key, run[-1]
        if look.verdict not in NAMES or not look.wants_a_person:
            continue
        if edition < newest.get(feed, ""):
            continue  # an old edition, requested by a person, who saw the result
        if look.verdict != "new" and brought.get(key, look.at) > look.at:
            continue  # imported since
        yield Problem(
            key=f"look {feed} {edition}",
            title=f"{feed} {edition}: {NAMES[look.verdict]}",
            what=_lookup_text(look),
            since=run[0].at,
            still_see=home_state.seen.of(feed),
            to_do=f"{look.remedy} {IMPORT.format(feed=feed)}".strip(),
        )


def _latest_runs(every: list[Lookup]) -> dict[EditionKey, list[Lookup]]:
    """For each feed and edition, return the last lookups with the same result, oldest first."""
    ordered = sorted(every, key=EditionKey.of)
    found = {}
    for key, own in groupby(ordered, key=EditionKey.of):
        found[key] = [list(same) for _, same in groupby(own, key=lambda look: look.verdict)][-1]
    return found


def _lookup_text(look: Lookup) -> str:
    where = without_passwords(look.url or look.page or "")
    message = without_passwords(look.message)
    return message if not where or where in message else f"{message} [{where}]"


def _unreachable(home_state: HomeState, runs: dict[EditionKey, list[Lookup]]) -> Iterator[Problem]:
    """Report one problem per host that could not be reached and was not reached since."""
    reached = {_host(look): look.at for look in home_state.lookups if look.verdict != "unreachable"}
    failed: dict[str, list[list[Lookup]]] = {}
    for run in runs.values():
        host, last = _host(run[-1]), run[-1].at
        if run[-1].verdict == "unreachable" and reached.get(host, last) <= last:
            failed.setdefault(host, []).append(run)
    for host, own in sorted(failed.items()):
        newest = max((run[-1] for run in own), key=lambda look: look.at)
        since = min(run[0].at for run in own)
        wanted = begin_with(sorted({f"{run[-1].feed} {run[-1].edition}" for run in own}))
        yield Problem(
            key=f"unreachable {host}",
            title=f"{host or 'A publisher'} could not be reached",
            what=f"{_lookup_text(newest)} Looked up: {wanted}. Last tried: {moment(newest.at)}.",
            since=since,
            still_see=home_state.seen.mart,
            to_do=newest.remedy or "Try again: access-recovery fetch",
            alert_from=since + PASSES_BY_ITSELF,
        )


def _host(look: Lookup) -> str:
    return host_of(look.url or look.page or "")


def late(home_state: HomeState) -> Iterator[Problem]:
    """Report editions that are overdue by the release calendar."""
    today = home_state.now.astimezone(LONDON).date()
    newest_lookups = {EditionKey.of(look): look for look in home_state.lookups}
    for feed, contract in contracts().items():
        own = [file for file in home_state.active if file.feed == feed]
        newest = max((file.edition for file in own), default=None)
        awaited = freshness(contract, newest, is_sample(own), today)
        if contract.discovery and contract.discovery.comes_with:
            continue  # reported with the feed that it comes with
        if not awaited.days_overdue or awaited.due is None or awaited.next_edition is None:
            continue
        since = datetime.combine(awaited.due, RELEASED, LONDON)
        look = newest_lookups.get(EditionKey(feed, awaited.next_edition))
        if look and look.verdict in NAMES and look.wants_a_person:
            continue  # another problem explains why it is missing
        by = plural(awaited.days_overdue, "day")
        yield Problem(
            key=f"late {feed} {awaited.next_edition}",
            title=f"{feed} {awaited.next_edition} is overdue by {by}",
            what=f"{awaited.words}. {_last_look(look)}",
            since=since,
            still_see=home_state.seen.of(feed),
            to_do=_bring(contract),
            alert_from=since + timedelta(days=LATE_BY_DAYS),
        )


def _last_look(look: Lookup | None) -> str:
    if look is None:
        return "It has not been looked up yet."
    return f"Last lookup on {moment(look.at)}: {look.verdict}. {look.message}".rstrip()


def _bring(contract: Contract) -> str:
    """Return what to do about an overdue edition."""
    if contract.discovery is None:
        return f"When you have it: access-recovery import PATH --feed {contract.feed}"
    return (
        "If the publisher has not released it yet, wait. Once it is published: "
        f"access-recovery fetch {contract.feed}, then access-recovery refresh. "
        + IMPORT.format(feed=contract.feed)
    )
