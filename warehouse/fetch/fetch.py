"""Look up editions at their publishers: find, download, archive, record. Not here: finding
(`find`), downloading (`download`), the schedule (`pipelines.schedules`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.errors import Refusal
from warehouse.base.home import Home
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.base.text import plural, unknown
from warehouse.base.web import plain
from warehouse.contract.model import Contract, contracts
from warehouse.contract.release_calendar import LONDON
from warehouse.editions.freshness import due_editions, held_editions, is_sample
from warehouse.fetch.candidates import Ambiguous, Found, NotFound, NotThePublisher, NotYet, Page
from warehouse.fetch.client import Client, Unreachable
from warehouse.fetch.download import Taken, Wanted, published_files, sweep, take
from warehouse.fetch.find import find
from warehouse.fetch.lookups import Lookup, Verdict, note
from warehouse.readers.refused import Refused

PAGES = 8  # cached, since several feeds or editions use the same page
SAMPLE = "This home holds SYNTHETIC sample data: the first real edition accepted replaces it."

Say = Callable[[str], None]
Get = Callable[[str, tuple[str, ...]], Page]

VERDICTS: dict[type[Exception], Verdict] = {
    NotYet: "not yet",
    NotFound: "not found",
    Ambiguous: "ambiguous",
    NotThePublisher: "unreachable",
    Unreachable: "unreachable",
    Refused: "refused",
}


def each_lookup(
    home: Home,
    feeds: Sequence[str] | None = None,
    since: str | None = None,
    editions: Sequence[str] | None = None,
    say: Say = lambda _: None,
    today: date | None = None,
    run_id: str | None = None,
    client: Client | None = None,
) -> Iterator[Lookup]:
    """Look up editions and archive what is new; yields one lookup per feed and edition.

    `feeds`: default all published ones; for one in another feed's zip that feed is looked up.
    `editions` (YYYY-MM): only these; by default those due and the newest imported one, which may
    have been reissued; with `since` all from that month on. Oldest editions come first, so that a
    killed run can be continued. A failure of one feed does not stop others; after an unreachable
    publisher its feed is skipped. Raises ValueError for a feed that is not published and for
    invalid settings, OSError for disk errors; what was archived before stays.
    """
    today = today or london_today()
    sweep(home)
    if is_sample(Archive(home).files()):
        say(SAMPLE)
    wanted = [
        (edition, contract)
        for contract in looked_up(feeds)
        for edition in editions_to_look_for(home, contract, since, editions, today)
    ]
    lost: set[str] = set()
    with client or Client(home, lambda seconds: _wait(seconds, say)) as asking:
        get = lru_cache(maxsize=PAGES)(asking.get)
        for edition, contract in sorted(wanted, key=lambda pair: pair[0]):
            if contract.feed in lost:
                continue
            say(f"Looking up {contract.feed} {edition}")
            look = _look(home, asking, get, contract, edition, say, today)
            look = look.model_copy(update={"run_id": run_id})
            note(home, look)
            if look.verdict == "unreachable":
                lost.add(contract.feed)
            yield look


def _wait(seconds: float, say: Say) -> None:
    say(f"Could not connect; retrying in {seconds:.0f} seconds")
    time.sleep(seconds)


def london_today() -> date:
    """Today's date in London, by which releases are due."""
    return datetime.now(LONDON).date()


def looked_up(feeds: Collection[str] | None = None) -> list[Contract]:
    """Contracts of the feeds with a lookup of their own, in the order of all contracts.

    Raises ValueError for an unknown feed, or one that is not published.
    """
    every = contracts()
    found: dict[str, Contract] = {}
    for feed in feeds or [name for name, one in every.items() if one.discovery]:
        if feed not in every:
            raise ValueError(" ".join(unknown("feed", feed, every)))
        discovery = every[feed].discovery
        if discovery is None:
            raise ValueError(
                f"`{feed}` is a local return, which is not published. Write it with "
                f"access-recovery template {feed}, then access-recovery import"
            )
        bearer = discovery.comes_with or feed
        found[bearer] = every[bearer]
    return [contract for feed, contract in every.items() if feed in found]


def editions_to_look_for(
    home: Home, contract: Contract, since: str | None, editions: Sequence[str] | None, today: date
) -> list[str]:
    """Editions (YYYY-MM) of a feed to look up, oldest first; see `each_lookup`."""
    if editions is not None:
        return sorted(editions)
    files = Archive(home).files(contract.feed)
    held = set() if is_sample(files) else held_editions(home, contract.feed)
    if contract.discovery and contract.discovery.is_made_on_request:
        # It has the state of the day: one a month, and none of the past.
        present = month_text(today)
        return [] if present in held else [present]
    newest = sorted(held)[-1:]
    wanted = [*newest, *due_editions(contract, held, today)]
    if since:
        last = max([*newest, *due_editions(contract, (), today)], default=since)
        wanted = _from(since, last, contract.cadence.months or 1)
    discovery = contract.discovery
    return [edition for edition in wanted if discovery and discovery.sources_of(edition)]


def _from(since: str, last: str, every: int) -> list[str]:
    found, month = [], parse_month(last)
    while month >= parse_month(since):
        found.append(month_text(month))
        month = add_months(month, -every)
    return found[::-1]


def _look(
    home: Home, client: Client, get: Get, contract: Contract, edition: str, say: Say, today: date
) -> Lookup:
    """Look one edition up: find it, download each of its files, and return the result."""
    discovery, feed = contract.discovery, contract.feed
    hosts = discovery.hosts_of(edition) if discovery else ()
    try:
        found = find(contract, edition, lambda url: get(url, hosts), today)
    except tuple(VERDICTS) as error:
        return _failed(feed, edition, error)
    wanted = Wanted(feed, edition, plain(found.page), found.published_on, hosts)
    again = any(file.edition == edition for file in published_files(home, feed))
    taken: list[Taken] = []
    failure: Lookup | None = None
    for link in found.links:
        say(f"Requesting {link.file_name} ({feed} {edition})")
        try:
            taken.append(take(home, client, wanted, link))
        except tuple(VERDICTS) as error:
            failure = failure or _failed(feed, edition, error, link.url)
            if isinstance(error, Unreachable):
                break
    if not failure:
        return _lookup(wanted, found, taken, again)
    got = tuple(one.name for one in taken)
    told = failure.message + (f" Archived: {', '.join(got)}." if got else "")
    return failure.model_copy(update={"page": wanted.page, "files": got, "message": told})


def _failed(feed: str, edition: str, error: Exception, url: str | None = None) -> Lookup:
    """The lookup that ends with an exception of `VERDICTS`."""
    verdict = VERDICTS[type(error)]
    reason = error.reason if isinstance(error, Refusal) else str(error)
    remedy = getattr(error, "remedy", "") if verdict != "not yet" else ""
    if isinstance(error, Unreachable):
        url = error.address
    at = plain(url) if url else None
    return Lookup(
        feed=feed, edition=edition, verdict=verdict, message=reason, remedy=remedy, url=at
    )


def _lookup(wanted: Wanted, found: Found, taken: list[Taken], again: bool) -> Lookup:
    """The lookup of a published edition. `again`: part of it was archived before."""
    outcomes = [outcome for one in taken for outcome in one.outcomes]
    fresh = [one.file for one in outcomes if one.verdict == "imported" and one.file]
    refused = [one for one in outcomes if one.verdict == "refused"]
    told = [*_news(wanted, fresh, again), *(one.note for one in taken if one.note)]
    told += [f"{one.name} refused: {one.message}" for one in refused]
    return Lookup(
        feed=wanted.feed,
        edition=wanted.edition,
        verdict="new" if fresh else "unchanged",
        message="; ".join(told),
        remedy=refused[0].remedy if refused else "",
        page=wanted.page,
        url=plain(found.links[0].url) if found.links else None,
        files=tuple(one.name for one in taken),
    )


def _news(wanted: Wanted, fresh: list[SourceFile], again: bool) -> list[str]:
    """What was archived, in words."""
    if not fresh:
        return []
    told = f"{plural(len(fresh), 'file')}, {plural(sum(file.rows for file in fresh), 'row')}"
    brought = {f"{file.feed} {file.edition}" for file in fresh}
    others = ", ".join(sorted(brought - {f"{wanted.feed} {wanted.edition}"}))
    return ["issued again"] * again + [told] + ([f"with {others}"] if others else [])
