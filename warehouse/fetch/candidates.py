"""Choose the links to download for an edition, or explain why there is none; values and exceptions
that finding and downloading share. Not here: where links come from (`html`, `ckan`), requests
(`client`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from warehouse.base.errors import Refusal
from warehouse.contract.discovery import Pattern, at_hosts
from warehouse.contract.names_of_editions import compiled, edition_of, editions_in, is_again

GATEWAY = (
    "A proxy or a gateway of the network has answered in the publisher's place. Open the address "
    "in a browser on this machine, sign in or have it allowed, then fetch again."
)
NAMES_SHOWN = 60  # names in one message; no page of one edition has as many
WAIT = "There is nothing to do: it is looked for again on the next working day."


@dataclass(frozen=True)
class Page:
    """A publisher's answer. `url`: its final address, after redirects."""

    url: str
    status: int
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Link:
    """A file to download. `bytes`: as the page states, often rounded; None if it does not.

    `modified`: when the publisher last changed it, or the page it is on (UTC), if stated.
    `members`: names of the wanted members of a zip, a regular expression; None for all.
    """

    url: str
    text: str
    file_name: str
    bytes: int | None = None
    modified: datetime | None = None
    members: str | None = None


@dataclass(frozen=True)
class Found:
    """A published edition. `page`: where its links are; `published_on`: as stated there.

    `links`: those of one file in the order of issue: a reissue comes after the first.
    """

    page: str
    published_on: date | None
    links: tuple[Link, ...]


class NothingToDownload(Refusal):
    """There is nothing to download: what was found, and what the person can do about it."""


class NotYet(NothingToDownload):
    """The publisher has nothing of that edition yet: wait."""


class NotFound(NothingToDownload):
    """The page exists but the file does not: a person must check."""


class Ambiguous(NothingToDownload):
    """Two files match and only one is expected: a person must choose."""


class NotThePublisher(NothingToDownload):
    """Something else answered, such as a login form: the publisher was not reached."""


@dataclass(frozen=True)
class Search:
    """What to search for, on which page, and which hosts its links may point to."""

    feed: str
    edition: str
    page: str
    hosts: tuple[str, ...]

    @property
    def remedy(self) -> str:
        """Return what to do about a file that is missing, or not the only match."""
        return (
            f"Open {self.page} and see how the file is named. If it is there, import it by hand "
            f"(`access-recovery import`), and put its name into `discovery:` of "
            f"assets/feeds/{self.feed}/contract.yaml, first among the patterns."
        )

    @property
    def not_yet(self) -> NotYet:
        """Nothing of the edition is there."""
        return NotYet(f"{self.feed} {self.edition} is not published yet at {self.page}.", WAIT)


@dataclass(frozen=True)
class _Match:
    link: Link
    edition: str | None
    reissue: bool


def chosen(
    links: Iterable[Link], label: str, patterns: Iterable[Pattern], search: Search
) -> tuple[Link, ...]:
    """Return the links of the first pattern that matches any: one, and its reissues.

    Raises NotFound if no pattern matches, Ambiguous if two addresses match and neither is a
    reissue.
    """
    seen = list(links)
    strayed: list[Link] = []
    for pattern in patterns:
        fitting = [one for one in _matches(pattern, seen) if _is_of(one, search.edition)]
        strayed += [one.link for one in fitting if not may_lead(one.link.url, search)]
        fitting = [one for one in fitting if may_lead(one.link.url, search)]
        if fitting:
            return _in_order(fitting, label, search)
    raise _not_found(seen, strayed, label, search)


def editions_listed(links: Iterable[Link], patterns: Iterable[Pattern]) -> set[str]:
    """Return the editions (YYYY-MM) of all links that any pattern matches."""
    seen = list(links)
    matches = [match for pattern in patterns for match in _matches(pattern, seen)]
    return {match.edition for match in matches if match.edition}


def listed(
    links: Iterable[Link], label: str, patterns: tuple[Pattern, ...], search: Search
) -> tuple[Link, ...]:
    """As `chosen`, of a place that lists all editions: one later than all of them is not out.

    Raises NotYet for it, and for an empty list; NotFound for one that is passed over, or if no
    name at all is understood; Ambiguous as `chosen`.
    """
    seen = list(links)
    editions = editions_listed(seen, patterns)
    if not seen or (editions and search.edition > max(editions)):
        raise search.not_yet
    return chosen(seen, label, patterns, search)


def answered(page: Page, search: Search) -> Page:
    """Page, if the publisher sent it. Raises NotThePublisher for another host or a refusal."""
    if not may_lead(page.url, search):
        raise NotThePublisher(f"{search.page} was sent on to {page.url}.", GATEWAY)
    if page.status != 200:
        raise NotThePublisher(f"{page.url} answered with status {page.status}.", GATEWAY)
    return page


def may_lead(url: str, search: Search) -> bool:
    """Whether an address is at one of the hosts of the source, or where its page is."""
    return at_hosts(url, (*search.hosts, urlsplit(search.page).netloc))


def _matches(pattern: Pattern, links: list[Link]) -> list[_Match]:
    name = compiled(pattern.name) if pattern.name else None
    text = compiled(pattern.text) if pattern.text else None
    found: list[_Match] = []
    for link in links:
        hits = [name.search(link.file_name)] if name else []
        hits += [text.search(link.text)] if text else []
        if all(hits):
            groups = [hit for hit in hits if hit]
            edition = next((said for hit in groups if (said := edition_of(hit))), None)
            found.append(_Match(link, edition, any(map(is_again, groups))))
    return found


def _is_of(match: _Match, edition: str) -> bool:
    """Whether a match is of the edition: it names it, or names no month but this one."""
    if match.edition:
        return match.edition == edition
    said = list(editions_in(match.link.file_name)) or list(editions_in(match.link.text))
    return not said or edition in said


def _in_order(fitting: list[_Match], label: str, search: Search) -> tuple[Link, ...]:
    firsts = sorted({match.link.url for match in fitting if not match.reissue})
    if len(firsts) > 1:
        raise Ambiguous(
            f"{search.page} has {len(firsts)} files that could be {label} of {search.edition}: "
            f"{', '.join(firsts)}.",
            f"Open {search.page} and choose: import the right one by hand (`access-recovery "
            f"import`), or make the patterns in `discovery:` of assets/feeds/{search.feed}/"
            "contract.yaml narrower, so that they fit that one alone.",
        )

    def issued(match: _Match) -> tuple[bool, str, str, str]:
        link = match.link
        when = link.modified.isoformat() if link.modified else ""
        return (match.reissue, when, _natural(link.file_name), link.url)

    once = {match.link.url: match.link for match in sorted(fitting, key=issued)}
    return tuple(once.values())


def _natural(name: str) -> str:
    """Sort key by which `v10` comes after `v9`."""
    return re.sub(r"\d+", lambda found: found[0].zfill(9), name)


def _not_found(seen: list[Link], strayed: list[Link], label: str, search: Search) -> NotFound:
    where = f"{search.page} has no {label} of {search.edition}"
    if strayed:
        hosts = ", ".join(sorted({urlsplit(link.url).netloc for link in strayed}))
        allowed = ", ".join(search.hosts)
        return NotFound(
            f"{where} at the publisher's hosts ({allowed}): a link with its name leads to {hosts} "
            "and was not followed.",
            "If the publisher does keep files there, name the host in `hosts:` of `discovery:` in "
            f"assets/feeds/{search.feed}/contract.yaml.",
        )
    names = sorted({link.file_name for link in seen})
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    told = f"{', '.join(names[:NAMES_SHOWN])}{more}" if names else "none"
    return NotFound(f"{where}. Files seen: {told}.", search.remedy)
