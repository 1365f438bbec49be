"""Find editions that have a page each, as NHS England publishes. Not here: names of files
(contracts), requests (`client`).

Pages have had cards (`nhsd-m-download-card`) since 2020 and lists of attachments before; links
are read anywhere on a page. A page may exist before its edition is published: it is marked
`Upcoming`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bs4 import BeautifulSoup

from warehouse.contract.discovery import Publication
from warehouse.fetch.candidates import Found, Link, Page, Search, answered, chosen
from warehouse.fetch.html import file_links, published_on, read_html, squashed

MARKS = ("data-uipath=", 'class="[^"]*nhsd-')
UPCOMING = re.compile(r"upcoming,? not yet published", re.I)
GONE = (404, 410)


def find_publication(
    source: Publication, feed: str, edition: str, get: Callable[[str], Page]
) -> Found:
    """The files of an edition, in the order of `source.files`.

    Raises NotYet if there is no page or it is upcoming; NotFound, Ambiguous as `chosen`;
    NotThePublisher if something else answered.
    """
    addresses = source.addresses(edition)
    for address in addresses:
        page = get(address)
        if page.status not in GONE:
            search = Search(feed, edition, address, source.allowed_hosts)
            return _read(source, answered(page, search), search)
    raise Search(feed, edition, " or ".join(addresses), source.allowed_hosts).not_yet


def _read(source: Publication, page: Page, search: Search) -> Found:
    old = (f"//{re.escape(host)}/" for host in source.hosts)  # the only mark of old pages
    soup = read_html(page, (*MARKS, *old))
    if is_upcoming(soup):
        raise search.not_yet
    seen = file_links(soup, page.url)
    links: list[Link] = []
    for wanted in source.files:
        found = chosen(seen, wanted.label, wanted.patterns, search)
        links += [replace(link, members=wanted.members) for link in found]
    return Found(page.url, published_on(soup), tuple(links))


def is_upcoming(soup: BeautifulSoup) -> bool:
    """Whether the page only announces its edition."""
    return bool(UPCOMING.search(squashed(soup.get_text(" "))))
