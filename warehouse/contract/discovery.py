"""Where a feed's files are published: the schema of `discovery:` in a contract. Not here: reading
pages (`warehouse.fetch`), when to look (`warehouse.contract.release_calendar`)."""

from __future__ import annotations

import calendar
import posixpath
import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from warehouse.base.months import MONTH, financial_year
from warehouse.base.strict import Strict
from warehouse.contract.names_of_editions import DATED, MONTHS, compiled

ADDRESS = r"^https?://[^/]+(/.*[^/])?$"  # without a slash at its end
_PAGE_PARTS = re.compile(r"\{(month|mon|year|yy|mm|last|financial_year)\}")


def at_hosts(url: str, hosts: Iterable[str]) -> bool:
    """Whether a web address is at one of the hosts (`host`, or `host/beginning/of/path`)."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https"):
        return False
    path = f"{posixpath.normpath(at.path)}/"  # `..` must not lead out of the path
    for host in hosts:
        name, _, begin = host.partition("/")
        inside = not begin or path.startswith(f"/{begin.rstrip('/')}/")
        if name in (at.hostname, at.netloc) and inside:
            return True
    return False


class Pattern(Strict):
    """A pattern for one file: for the name in its address, the link's text, or both.

    Regular expressions, ignoring case. `{edition}`: the edition's month in any form; `{quarter}`: a
    financial year and quarter; `{again}`: the optional mark of a reissue (`v2`, `revised`).
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
            raise ValueError("a pattern needs `name:` (of the file), `text:` (of the link) or both")
        for part in (self.name, self.text):
            try:
                compiled(part or "")
            except re.error as error:
                raise ValueError(f"`{part}` is not a regular expression: {error}") from error
        return self


class WantedFile(Strict):
    """One file of an edition, and the patterns of its name, newest first.

    The first pattern that matches anything is used. `members`: which members of a zip are of the
    feed (a regular expression for their names, ignoring case); the others are not read.
    """

    label: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    members: str | None = None

    @model_validator(mode="after")
    def _members_sound(self) -> WantedFile:
        try:
            re.compile(self.members or "")
        except re.error as error:
            raise ValueError(f"`{self.members}` is not a regular expression: {error}") from error
        return self


class _Source(Strict):
    """A place, and the editions (YYYY-MM) published there.

    `hosts`: where its links may lead beside its own host, as `at_hosts` takes them. `START`: the
    field with its web address.
    """

    START: ClassVar[str]
    first_edition: str | None = Field(default=None, pattern=MONTH)
    last_edition: str | None = Field(default=None, pattern=MONTH)
    hosts: tuple[str, ...] = ()

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Where its links and redirects may lead, as `at_hosts` takes them."""
        return (urlsplit(getattr(self, self.START)).netloc, *self.hosts)

    def covers(self, edition: str) -> bool:
        """Whether an edition (YYYY-MM) is published here."""
        return (self.first_edition or "") <= edition <= (self.last_edition or "9999")


class Publication(_Source):
    """A series with a page per edition, which links to its files.

    `series`: web address of the series; the pages of editions are below it. `pages`: names of the
    page, tried in order: `{month}` november, `{mon}` nov, `{mm}` 11, `{year}` 2025, `{yy}` 25,
    `{last}` 30 (the month's last day), `{financial_year}` 2025-26.
    """

    START = "series"
    kind: Literal["publication"]
    series: str = Field(pattern=ADDRESS)
    pages: tuple[str, ...] = ("{month}-{year}",)
    files: tuple[WantedFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _pages_are_dated(self) -> Publication:
        for page in self.pages:
            if not _PAGE_PARTS.search(page) or "{" in _PAGE_PARTS.sub("", page):
                raise ValueError(
                    f"page `{page}` needs a date: {{month}}, {{mon}}, {{mm}}, {{year}}, {{yy}}, "
                    "{last}, {financial_year} only"
                )
        return self

    def addresses(self, edition: str) -> tuple[str, ...]:
        """Addresses of the edition's page, in the order to try them."""
        day = date.fromisoformat(f"{edition}-01")
        month = MONTHS[day.month - 1]
        parts = {"month": month, "mon": month[:3], "mm": f"{day:%m}"}
        first, last = financial_year(day), calendar.monthrange(day.year, day.month)[1]
        parts |= {"year": f"{day.year}", "yy": f"{day:%y}", "last": f"{last}"}
        parts |= {"financial_year": f"{first}-{(first + 1) % 100:02d}"}
        names = [_PAGE_PARTS.sub(lambda found: parts[found[1]], page) for page in self.pages]
        return tuple(f"{self.series}/{name}" for name in names)


class _Listed(_Source):
    """A place that lists all editions, so that each name must give its own."""

    label: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_say_when(self) -> _Listed:
        for pattern in self.patterns:
            if not any(key in f"{pattern.name} {pattern.text}" for key in DATED):
                known = ", ".join(f"`{key}`" for key in DATED)
                raise ValueError(f"a pattern for a list needs one of {known}")
        return self


class Ckan(_Listed):
    """A data set of a CKAN portal, with resources named by month or quarter."""

    START = "portal"
    kind: Literal["ckan"]
    portal: str = Field(pattern=ADDRESS)
    dataset: str = Field(pattern=r"^[a-z0-9_-]+$")
    formats: tuple[str, ...] = ("csv", "zip", "xlsx", "xlsm")

    @property
    def address(self) -> str:
        """The address of the list of all resources."""
        return f"{self.portal}/api/3/action/package_show?id={self.dataset}"

    @property
    def page(self) -> str:
        """The same list as a page for people."""
        return f"{self.portal}/dataset/{self.dataset}"


class Listing(_Listed):
    """One page that links to the files of all months.

    `marks`: regular expressions, ignoring case; the page matches one, a proxy's page matches none.
    """

    START = "page"
    kind: Literal["listing"]
    page: str = Field(pattern=ADDRESS)
    marks: tuple[str, ...] = Field(min_length=1)


class Report(_Source):
    """A report that is made on request: it has no page, and only the edition of this month."""

    START = "service"
    kind: Literal["report"]
    service: str = Field(pattern=ADDRESS)
    report: str = Field(pattern=r"^[a-z0-9_-]+$")

    @property
    def address(self) -> str:
        """The address of the report."""
        return f"{self.service}/api/getReport?report={self.report}"


Source = Annotated[Publication | Ckan | Listing | Report, Field(discriminator="kind")]


class Discovery(Strict):
    """Where a feed's files are: in `sources`, tried in order, or in the files of another feed.

    `comes_with` (YAML: `with`): the feed whose zip includes this one, which has no lookup itself.
    """

    sources: tuple[Source, ...] = ()
    comes_with: str | None = Field(default=None, alias="with")

    @model_validator(mode="after")
    def _one_way(self) -> Discovery:
        if bool(self.sources) == bool(self.comes_with):
            raise ValueError("discovery needs either `sources:` or `with:` another feed")
        return self

    @property
    def looked_up(self) -> bool:
        """Whether this feed has a lookup of its own."""
        return bool(self.sources)

    @property
    def is_made_on_request(self) -> bool:
        """Whether there are no editions of the past to be had."""
        return bool(self.sources) and all(isinstance(one, Report) for one in self.sources)

    def hosts_of(self, edition: str) -> tuple[str, ...]:
        """Where links and redirects for an edition (YYYY-MM) may lead, as `at_hosts` takes them."""
        hosts = {host for one in self.sources_of(edition) for host in one.allowed_hosts}
        return tuple(sorted(hosts))

    def sources_of(self, edition: str) -> tuple[Source, ...]:
        """The sources of an edition (YYYY-MM), in order; none if it is not published."""
        return tuple(source for source in self.sources if source.covers(edition))
