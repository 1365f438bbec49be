"""Publishers' pages as HTML: links to files, stated dates, and whose page it is. Not here: which
link is wanted (`candidates`), the kinds of pages (`edition_page`, `listing`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup, ParserRejectedMarkup, Tag

from warehouse.contract.names_of_editions import MONTHS
from warehouse.contract.release_calendar import LONDON
from warehouse.fetch.candidates import GATEWAY, Link, NotThePublisher, Page
from warehouse.readers.refused import shown

FILE_SUFFIX = re.compile(r"\.(?:csv|zip|xlsx?|xlsm|ods|gz|txt|pdf|docx?|pptx?|json|7z)$", re.I)
SIZE = re.compile(r"(?<![\d.,])(\d{1,9}(?:,\d{3})*(?:\.\d+)?)\s*(bytes|[kmg]i?b)\b", re.I | re.A)
UNITS = {"b": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?\s+(20\d\d)\b", re.I | re.A)
ISO_DAY = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b", re.A)
DATED = '[data-uipath*="nominal-publication-date"], [itemprop="datePublished"]'
PUBLISHED = re.compile(r"publication date\s*:?\s*(.{0,30})", re.I)
EDITED = re.compile(
    r"last edited\s*:?\s*(\d.{0,20}?20\d\d)\s+([01]?\d|2[0-3]):([0-5]\d)\s*([ap]m)", re.I | re.A
)
# Characters of a path that are not quoted.
AS_WRITTEN = "/%:@!$&'()*+,;=~"


def read_html(page: Page, marks: Iterable[str]) -> BeautifulSoup:
    """Parse a page, if it is the publisher's.

    `marks`: regular expressions, ignoring case; the publisher's pages match one of them, others
    none. Raises NotThePublisher for a login form, a web filter's page, and what is not HTML.
    """
    prolog = re.compile(rb"^\s*<\?xml[^>]*\?>")  # XHTML is read as HTML
    try:
        if b"<" not in page.content[:1024]:
            raise ParserRejectedMarkup("without a tag")
        soup = BeautifulSoup(prolog.sub(b"", page.content), "html.parser")
    except ParserRejectedMarkup as error:
        what = f"{page.url} answered with something that can't be read as a web page."
        raise NotThePublisher(what, GATEWAY) from error
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    said = f"titled `{shown(title)}`" if title else "without a title"
    if soup.select_one('input[type="password" i]'):
        raise NotThePublisher(f"{page.url} answered with a login form, {said}.", GATEWAY)
    if not re.search("|".join(marks).encode(), page.content, re.IGNORECASE):
        raise NotThePublisher(
            f"{page.url} answered with a page {said} that is not the publisher's.", GATEWAY
        )
    return soup


def file_links(soup: BeautifulSoup, page_url: str) -> tuple[Link, ...]:
    """The files that a page links to, each address once, in the order of addresses."""
    edited = last_edited(soup)
    best: dict[str, Link] = {}
    for anchor in soup.find_all("a", href=True):
        url = address(str(anchor["href"]), page_url)
        name = file_name(url)
        if FILE_SUFFIX.search(name):
            link = Link(url, _text(anchor), name, _size(anchor), edited)
            best[url] = max(best.get(url, link), link, key=_informative)
    return tuple(best[url] for url in sorted(best))


def address(href: str, page_url: str) -> str:
    """A link's absolute address, without fragment, user and stray spaces; empty if invalid."""
    try:
        at = urlsplit(urljoin(page_url, href.strip()))
    except ValueError:
        return ""
    host = at.netloc.rpartition("@")[2].casefold()
    return urlunsplit((at.scheme, host, quote(at.path, safe=AS_WRITTEN), at.query, ""))


def file_name(url: str) -> str:
    """The file name in an address, unquoted, with plain dashes."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return squashed(name.replace("\u2013", "-").replace("\u2014", "-"))


def squashed(text: str) -> str:
    """A text with single spaces, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def size_in(text: str) -> int | None:
    """Bytes of the first size in a text, such as `3.4 MB`; None if there is none."""
    found = SIZE.search(text)
    if not found:
        return None
    return round(float(found[1].replace(",", "")) * UNITS[found[2][0].lower()])


def day_in(text: str) -> date | None:
    """The first day in a text such as `27 Nov 2025`, `27 November 2025` or `2025-11-27`."""
    iso, words = ISO_DAY.search(text), DAY.search(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if words:
            named = (n for n, name in enumerate(MONTHS, 1) if name.startswith(words[2].lower()))
            return date(int(words[3]), next(named, 0), int(words[1]))
    except ValueError:
        pass  # a month or day that does not exist
    return None


def published_on(soup: BeautifulSoup) -> date | None:
    """The publication date stated on the page; None if there is none."""
    return next(filter(None, map(day_in, _publication_dates(soup))), None)


def _publication_dates(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.select(DATED):
        yield str(tag.get("content") or tag.get("datetime") or "")
        yield tag.get_text(" ", strip=True)
    for found in PUBLISHED.finditer(squashed(soup.get_text(" "))):
        yield found[1]


def last_edited(soup: BeautifulSoup) -> datetime | None:
    """When the page was last edited (UTC), if stated."""
    found = EDITED.search(squashed(soup.get_text(" ")))
    day = day_in(found[1]) if found else None
    if not found or not day:
        return None
    hour = int(found[2]) % 12 + (12 if found[4].lower() == "pm" else 0)
    local = datetime(day.year, day.month, day.day, hour, int(found[3]), tzinfo=LONDON)
    return local.astimezone(UTC)


def _text(anchor: Tag) -> str:
    named = anchor.select_one('[itemprop="name"]') or anchor.find("p")
    said = [named.get_text(" ") if named else "", str(anchor.get("title") or "")]
    said += [str(anchor.get("aria-label") or ""), anchor.get_text(" ")]
    return next((squashed(text) for text in said if text.strip()), "")


def _size(anchor: Tag) -> int | None:
    """The size stated in a link, else beside it if there is no other link."""
    beside = anchor.parent
    if beside is None or len(beside.find_all("a", href=True, limit=2)) > 1:
        beside = anchor
    inside = size_in(anchor.get_text(" "))
    return inside if inside is not None else size_in(beside.get_text(" "))


def _informative(link: Link) -> tuple[bool, int, int, str]:
    """Sort key: of two links to one address the last says most."""
    return (link.bytes is not None, link.bytes or 0, len(link.text), link.text)
