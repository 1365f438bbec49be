"""Find editions on one page that lists the files of all months. Not here: names of files
(contracts), requests (`client`)."""

from __future__ import annotations

from collections.abc import Callable

from warehouse.contract.discovery import Listing
from warehouse.fetch.candidates import Found, Page, Search, answered, listed
from warehouse.fetch.html import file_links, read_html


def find_listing(source: Listing, feed: str, edition: str, get: Callable[[str], Page]) -> Found:
    """The file of an edition, and its reissues, without a publication date. Raises as `listed` and
    `answered`."""
    search = Search(feed, edition, source.page, source.allowed_hosts)
    page = answered(get(source.page), search)
    seen = file_links(read_html(page, source.marks), page.url)
    return Found(page.url, None, listed(seen, source.label, source.patterns, search))
