"""Where a feed's files are published: the schema of `discovery:` in a contract. Not here: reading
pages (`warehouse.fetch`), when to look (`warehouse.contract.release_calendar`)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.contract.names_of_editions import DATED, MONTHS, compiled

ADDRESS = r"^https?://[^/]+(/.*[^/])?$"  # without a slash at its end
_PAGE_PARTS = re.compile(r"\{(month|mon|year|yy|mm)\}")


def at_hosts(url: str, hosts: Iterable[str]) -> bool:
    """Whether a web address is at one of the hosts, each perhaps with the beginning of a path."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https"):
        return False
    path = f"{posixpath.normpath(at.path)}/"  # `..` may not lead out of a path that is named
    for host in hosts:
        name, _, begin = host.partition("/")
        inside = not begin or path.startswith(f"/{begin.rstrip('/')}/")
        if name in (at.hostname, at.netloc) and inside:
            return True
    return False


class Pattern(Strict):
    """How one file is named: by the name in its address, by the link's text, or by both.

    Regular expressions, case aside. `{edition}` stands for the edition's month in any form,
    `{quarter}` for a financial year and quarter, `{again}` for the mark of what is issued again
    (`v2`, `revised`), if there is one.
    """

    name: str | None = None
    text: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, said: Any) -> Any:
        return {"name": said} if isinstance(said, str) else said

    @model_validator(mode="after")
    def _sound(self) -> Pattern:
        if self.name is None and self.text is None:
            raise ValueError("a pattern is of a file's `name`, of a link's `text`, or of both")
        for part in (self.name, self.text):
            try:
                compiled(part or "")
            except re.error as error:
                raise ValueError(f"`{part}` is no regular expression: {error}") from error
        return self

    @property
    def says_when(self) -> bool:
        """Whether what it matches names its edition."""
        return any(key in f"{self.name} {self.text}" for key in DATED)


class WantedFile(Strict):
    """One file that an edition consists of, and its names in order, the newest first.

    The first pattern that fits anything decides. `members`: of a zip only members with such names
    (a regular expression, case aside) are of the feed; the rest is not even looked at.
    """

    label: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    members: str | None = None

    @model_validator(mode="after")
    def _members_sound(self) -> WantedFile:
        try:
            re.compile(self.members or "")
        except re.error as error:
            raise ValueError(f"`{self.members}` is no regular expression: {error}") from error
        return self


class _Source(Strict):
    """A place, and the editions (YYYY-MM) that are to be found there.

    `hosts`: where its links may lead beside its own host, a host or a host with the beginning of a
    path.
    """

    first_edition: str | None = Field(default=None, pattern=MONTH)
    last_edition: str | None = Field(default=None, pattern=MONTH)
    hosts: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        """The web address from which all of its own follow."""
        raise NotImplementedError

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Where its links and redirects may lead, as `at_hosts` reads it."""
        return (urlsplit(self.start).netloc, *self.hosts)

    def covers(self, edition: str) -> bool:
        """Whether to look an edition (YYYY-MM) up here."""
        return (self.first_edition or "") <= edition <= (self.last_edition or "9999")


class Publication(_Source):
    """A series with a page per edition, which has the files of that edition.

    `series`: web address of the series, under which its editions have their pages. `pages`: names
    of the page, tried in order until one is there: `{month}` november, `{mon}` nov, `{mm}` 11,
    `{year}` 2025, `{yy}` 25.
    """

    kind: Literal["publication"]
    series: str = Field(pattern=ADDRESS)
    pages: tuple[str, ...] = ("{month}-{year}",)
    files: tuple[WantedFile, ...] = Field(min_length=1)

    @property
    def start(self) -> str:
        """The series."""
        return self.series

    @model_validator(mode="after")
    def _pages_are_dated(self) -> Publication:
        for page in self.pages:
            if not _PAGE_PARTS.search(page) or "{" in _PAGE_PARTS.sub("", page):
                raise ValueError(f"page `{page}`: only {{month}} {{mon}} {{mm}} {{year}} {{yy}}")
        return self

    def addresses(self, edition: str) -> tuple[str, ...]:
        """Addresses of the edition's page, in the order in which they are tried."""
        day = date.fromisoformat(f"{edition}-01")
        month = MONTHS[day.month - 1]
        parts = {"month": month, "mon": month[:3], "mm": f"{day:%m}"}
        parts |= {"year": f"{day.year}", "yy": f"{day:%y}"}
        names = [_PAGE_PARTS.sub(lambda found: parts[found[1]], page) for page in self.pages]
        return tuple(f"{self.series}/{name}" for name in names)


class _Listed(_Source):
    """A place that lists all editions at once, so that each name must say its own."""

    label: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_say_when(self) -> _Listed:
        for pattern in self.patterns:
            if not pattern.says_when:
                raise ValueError("names in a list say their month: `{edition}` or `{quarter}`")
        return self


class Ckan(_Listed):
    """A data set of a CKAN portal, whose resources are named by month or quarter."""

    kind: Literal["ckan"]
    portal: str = Field(pattern=ADDRESS)
    dataset: str = Field(pattern=r"^[a-z0-9_-]+$")
    formats: tuple[str, ...] = ("csv", "zip", "xlsx")

    @property
    def start(self) -> str:
        """The portal."""
        return self.portal

    @property
    def address(self) -> str:
        """The address that answers with all resources."""
        return f"{self.portal}/api/3/action/package_show?id={self.dataset}"

    @property
    def page(self) -> str:
        """The page on which people see the same."""
        return f"{self.portal}/dataset/{self.dataset}"


class Listing(_Listed):
    """One page that links to the files of all months.

    `marks`: regular expressions, case aside, of which the page has one and a proxy's page has none.
    """

    kind: Literal["listing"]
    page: str = Field(pattern=ADDRESS)
    marks: tuple[str, ...] = Field(min_length=1)

    @property
    def start(self) -> str:
        """The page."""
        return self.page


class Report(_Source):
    """A report that is made when it is asked for: no page, and only the edition of this month."""

    kind: Literal["report"]
    service: str = Field(pattern=ADDRESS)
    report: str = Field(pattern=r"^[a-z0-9_-]+$")

    @property
    def start(self) -> str:
        """The service that makes it."""
        return self.service

    @property
    def address(self) -> str:
        """The address that answers with the report."""
        return f"{self.service}/api/getReport?report={self.report}"


Source = Annotated[Publication | Ckan | Listing | Report, Field(discriminator="kind")]


class Discovery(Strict):
    """Where a feed's files are: in `sources`, tried in order, or in the files of another feed.

    `comes_with` (YAML: `with`): the feed in whose zip this one is; nothing is looked up for it.
    """

    sources: tuple[Source, ...] = ()
    comes_with: str | None = Field(default=None, alias="with")

    @model_validator(mode="after")
    def _one_way(self) -> Discovery:
        if bool(self.sources) == bool(self.comes_with):
            raise ValueError("discovery has `sources:`, or `with:` another feed, and not both")
        return self

    @property
    def looked_up(self) -> bool:
        """Whether something is looked up for this feed on its own."""
        return bool(self.sources)

    def hosts_of(self, edition: str) -> tuple[str, ...]:
        """Where links and redirects may lead that an edition (YYYY-MM) is looked for by, as
        `at_hosts` reads it."""
        return tuple(
            sorted({host for one in self.sources_of(edition) for host in one.allowed_hosts})
        )

    def sources_of(self, edition: str) -> tuple[Source, ...]:
        """The sources that may have an edition (YYYY-MM), in order; none if nobody publishes it."""
        return tuple(source for source in self.sources if source.covers(edition))
