"""Find editions on one page that lists the files of all months. Not here: names of files
(contracts), requests (`client`)."""

from __future__ import annotations

from collections.abc import Callable

from warehouse.contract.discovery import Listing
from warehouse.fetch.candidates import Found, Page, Search, answered, listed
from warehouse.fetch.html import file_links, read_html


def find_listing(source: Listing, feed: str, edition: str, get: Callable[[str], Page]) -> Found:
    """Return the file of an edition, and its reissues. The page dates no file.

    Raises NotYet if only earlier editions are listed, NotFound if later ones are and this one is
    not, Ambiguous if two match, NotThePublisher if something else answered.
    """
    search = Search(feed, edition, source.page, source.allowed_hosts)
    page = answered(get(source.page), search)
    seen = file_links(read_html(page, source.marks), page.url)
    return Found(page.url, None, listed(seen, source.label, source.patterns, search))
