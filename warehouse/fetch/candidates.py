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
    "A proxy or a gateway of the network has answered instead of the publisher. Open the address "
    "in a browser on this machine, sign in or have it allowed, then fetch again."
)
NAMES_SHOWN = 60  # names in one message; pages of one edition have fewer
WAIT = "No action is needed: it is looked up again on the next working day."


@dataclass(frozen=True)
class Page:
    """A publisher's answer. `url`: its final address, after redirects."""

    url: str
    status: int
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Link:
    """A file to download. `bytes`: as stated on the page, often rounded.

    `modified`: when the file, or its page, was last changed (UTC), if stated. `members`: a regular
    expression for the members of a zip to import; None for all. `position`: in the portal's list.
    """

    url: str
    text: str
    file_name: str
    bytes: int | None = None
    modified: datetime | None = None
    members: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class Found:
    """A published edition. `page`: where its links are; `published_on`: as stated there; `links`:
    in the order of issue."""

    page: str
    published_on: date | None
    links: tuple[Link, ...]


class NothingToDownload(Refusal):
    """There is nothing to download."""


class NotYet(NothingToDownload):
    """The edition is not published yet: wait."""


class NotFound(NothingToDownload):
    """The page exists but the file does not: a person must check."""


class Ambiguous(NothingToDownload):
    """Two files match and only one is expected: a person must choose."""


class NotThePublisher(NothingToDownload):
    """Something else answered, such as a login form: the publisher was not reached."""


@dataclass(frozen=True)
class Search:
    """What to search for, on which page, and the hosts that its links may lead to."""

    feed: str
    edition: str
    page: str
    hosts: tuple[str, ...]

    @property
    def remedy(self) -> str:
        """What to do about a missing file."""
        return (
            f"Open {self.page} and see how the file is named. If it is there, import it by hand "
            f"(`access-recovery import`), and add its name to `discovery:` of "
            f"assets/feeds/{self.feed}/contract.yaml, as the first pattern."
        )

    @property
    def not_yet(self) -> NotYet:
        """The exception for an edition that is not published yet."""
        return NotYet(f"{self.feed} {self.edition} is not published yet at {self.page}.", WAIT)


@dataclass(frozen=True)
class _Match:
    link: Link
    edition: str | None
    reissue: bool


def chosen(
    links: Iterable[Link], label: str, patterns: Iterable[Pattern], search: Search
) -> tuple[Link, ...]:
    """The links of the first pattern that matches any: one, and its reissues.

    Raises NotFound if no pattern matches, Ambiguous for two matches that are not reissues.
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


def listed(
    links: Iterable[Link], label: str, patterns: tuple[Pattern, ...], search: Search
) -> tuple[Link, ...]:
    """As `chosen`, for a place that lists all editions.

    Raises NotYet for an edition later than all listed, and for an empty list; NotFound for another
    missing one; Ambiguous as `chosen`.
    """
    seen = list(links)
    matches = [match for pattern in patterns for match in _matches(pattern, seen)]
    editions = {match.edition for match in matches if match.edition}
    if not seen or (editions and search.edition > max(editions)):
        raise search.not_yet
    return chosen(seen, label, patterns, search)


def answered(page: Page, search: Search) -> Page:
    """The page, if the publisher sent it. Raises NotThePublisher for another host or status."""
    if not may_lead(page.url, search):
        raise NotThePublisher(f"{search.page} was redirected to {page.url}.", GATEWAY)
    if page.status != 200:
        raise NotThePublisher(f"{page.url} answered with status {page.status}.", GATEWAY)
    return page


def may_lead(url: str, search: Search) -> bool:
    """Whether an address is at one of the source's hosts, or its page's."""
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
    """Whether a match is of the edition: it names it, or no other month."""
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
            f"import`), or narrow the patterns in `discovery:` of assets/feeds/{search.feed}/"
            "contract.yaml, so that they match that one alone.",
        )

    dated = all(match.link.modified for match in fitting)

    def issued(match: _Match) -> tuple[str, bool, str, int, str, str]:
        # A name such as `NEW` does not tell which is newer, if all say when they were changed.
        link = match.link
        when = link.modified.isoformat() if link.modified else ""
        first, then = (when, "") if dated else ("", when)
        place = link.position or 0
        return (first, match.reissue, then, place, _natural(link.file_name), link.url)

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
            "If the publisher keeps files there, add the host to `hosts:` of `discovery:` in "
            f"assets/feeds/{search.feed}/contract.yaml.",
        )
    names = sorted({link.file_name for link in seen})
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    told = f"{', '.join(names[:NAMES_SHOWN])}{more}" if names else "none"
    return NotFound(f"{where}. Files seen: {told}.", search.remedy)
