"""Find an edition in the sources of a contract, in their order. Not here: each kind of source
(modules beside this one), requests (`client`), what to do with the result (`fetch`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from warehouse.contract.discovery import Ckan, Listing, Publication, Source
from warehouse.contract.model import Contract
from warehouse.fetch.candidates import Found, NotFound, NotYet, Page
from warehouse.fetch.ckan import find_ckan
from warehouse.fetch.edition_page import find_publication
from warehouse.fetch.listing import find_listing
from warehouse.fetch.on_demand_report import find_report


def find(contract: Contract, edition: str, get: Callable[[str], Page], today: date) -> Found:
    """Find the files of an edition (YYYY-MM). `get` requests an address; `today`: in London.

    Sources without the edition are skipped. Raises NotFound if any has the page without the file,
    else NotYet if none has the edition; Ambiguous and NotThePublisher at once; ValueError for a
    feed without a lookup of its own.
    """
    if contract.discovery is None or not contract.discovery.looked_up:
        raise ValueError(f"{contract.feed} has no lookup: no `sources:` in its contract")
    sources = contract.discovery.sources_of(edition)
    missing: list[NotYet | NotFound] = []
    for source in sources:
        try:
            return _found(source, contract.feed, edition, get, today)
        except (NotYet, NotFound) as error:
            missing.append(error)
    if not missing:
        raise NotFound(
            f"{contract.feed} {edition} is in no source of its contract.",
            "Use a month from the first edition on; see `discovery:` in "
            f"assets/feeds/{contract.feed}/contract.yaml.",
        )
    raise next((one for one in missing if isinstance(one, NotFound)), missing[0])


def _found(
    source: Source, feed: str, edition: str, get: Callable[[str], Page], today: date
) -> Found:
    match source:
        case Publication():
            return find_publication(source, feed, edition, get)
        case Ckan():
            return find_ckan(source, feed, edition, get)
        case Listing():
            return find_listing(source, feed, edition, get)
    return find_report(source, edition, today)
