"""Publishers' pages by address, and finding an edition on them."""

from collections.abc import Callable, Mapping
from datetime import date

from tests.fetch_pages import missing_page
from warehouse.contract.model import contracts
from warehouse.fetch.candidates import Found, Page
from warehouse.fetch.find import find

TODAY = date(2026, 11, 20)
SERIES = "https://digital.nhs.uk/data-and-information/publications/statistical"
GPAD = f"{SERIES}/appointments-in-general-practice"
LISTS = f"{SERIES}/patients-registered-at-a-gp-practice"
STORE = "https://files.digital.nhs.uk"
PORTAL = "https://opendata.nhsbsa.net"
PACKAGE = f"{PORTAL}/api/3/action/package_show?id="
DISPENSING = f"{PACKAGE}pharmacy-and-appliance-contractor-dispensing-data"
DATA_SET = f"{PORTAL}/dataset/pharmacy-and-appliance-contractor-dispensing-data"
PHARMACIES = f"{PACKAGE}consolidated-pharmaceutical-list"
WIDE = "https://www.nhsbsa.nhs.uk/prescription-data/dispensing-data/dispensing-contractors-data"


def publisher(pages: Mapping[str, bytes | Page]) -> Callable[[str], Page]:
    """A `get` that returns these pages, and 404 for all others."""

    def get(url: str) -> Page:
        said = pages.get(url)
        if isinstance(said, Page):
            return said
        kind = "application/json" if "/api/" in url else "text/html"
        return Page(url, 200 if said else 404, said or missing_page(), kind)

    return get


def look(feed: str, edition: str, pages: Mapping[str, bytes | Page]) -> Found:
    """What is found of a feed that is in use."""
    return find(contracts()[feed], edition, publisher(pages), TODAY)


def names(found: Found) -> list[str]:
    """File names, in the order of issue."""
    return [link.file_name for link in found.links]
