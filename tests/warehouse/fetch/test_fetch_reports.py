"""Reports made on request: the register of practices, against a service on this computer."""

from datetime import date

import pytest

from assets.feeds.ods_pcns.testing import members
from assets.feeds.ods_practices.testing import practices
from tests.local_server import Answer, LocalServer
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.fetch.addresses import ADDRESSES_VARIABLE
from warehouse.fetch.client import Client
from warehouse.fetch.fetch import each_lookup
from warehouse.fetch.lookups import Lookup

TODAY = date(2026, 11, 29)


def looked(home: Home, feed: str) -> list[Lookup]:
    with Client(home, lambda _: None) as client:
        return list(each_lookup(home, [feed], today=TODAY, client=client))


@pytest.mark.parametrize(
    ("feed", "report", "content"),
    [
        ("ods_practices", "epraccur", practices()),
        ("ods_pcns", "epcncorepartnerdetails", members()),
    ],
)
def test_the_report_of_the_day_is_the_edition_of_its_month(
    home: Home, monkeypatch: pytest.MonkeyPatch, feed: str, report: str, content: bytes
) -> None:
    discovery = contracts()[feed].discovery
    assert discovery is not None
    [source] = discovery.sources
    with LocalServer() as server:
        service = getattr(source, "service", "")
        monkeypatch.setenv(ADDRESSES_VARIABLE, f"{service}={server.url('/ods')}")
        path = f"/ods/api/getReport?report={report}"
        server.routes[path] = server.routes[path.partition("?")[0]] = Answer(body=content)
        found = looked(home, feed)
    assert [(one.edition, one.verdict) for one in found] == [("2026-11", "new")], found
    [file] = Archive(home).files()
    assert (file.feed, file.edition, file.header_row) == (feed, "2026-11", 0)
    assert file.url == f"{service}/api/getReport?report={report}"
