"""What looking for an edition gives: the links that are wanted, or why there is none.

Belongs here: the values and the exceptions that finding and downloading share. Does not: reading
pages (`find` and the kinds beside it), asking for them (`client`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from warehouse.base.errors import Refusal


@dataclass(frozen=True)
class Page:
    """What a publisher answered. `url`: where it came from in the end, after redirects."""

    url: str
    status: int
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Link:
    """A file that is wanted. `bytes`: as the page states, often rounded; None if it does not.

    `modified`: when the publisher last touched it, or the page it is on (UTC), if that is told.
    `members`: names of what is wanted of a zip, a regular expression; None for all of it.
    """

    url: str
    text: str
    file_name: str
    bytes: int | None = None
    modified: datetime | None = None
    members: str | None = None


@dataclass(frozen=True)
class Found:
    """An edition that is out. `page`: where its links were seen; `published_on`: as stated there.

    `links`: those of one file in the order of issue: what is issued again comes after the first.
    """

    page: str
    published_on: date | None
    links: tuple[Link, ...]


class NothingToDownload(Refusal):
    """There is nothing to download: what was seen, and what the person can do about it."""


class NotYet(NothingToDownload):
    """The publisher has nothing of that edition yet: there is nothing to do but wait."""


class NotFound(NothingToDownload):
    """The page is there and the file is not: somebody must look."""


class Ambiguous(NothingToDownload):
    """Two files fit and only one is wanted: somebody must choose."""


class NotThePublisher(NothingToDownload):
    """Something else answered, such as a login form: the publisher was not reached."""
