"""NHS Digital on 127.0.0.1: pages of editions and files at opaque addresses, as a test says.

Belongs here: putting things at addresses. Does not: the shape of pages (`tests.fetch_pages`),
serving (`tests.local_server`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fetch_pages import File, publication_page
from tests.local_server import Answer, LocalServer, Published, Route
from warehouse.fetch.addresses import ADDRESSES_VARIABLE

PAGES = "https://digital.nhs.uk"
FILES = "https://files.digital.nhs.uk"
SERIES = "/data-and-information/publications/statistical"
APPOINTMENTS = f"{SERIES}/appointments-in-general-practice"
LISTS = f"{SERIES}/patients-registered-at-a-gp-practice"
CLAIMS = "https://opendata.nhsbsa.net"


class Publisher:
    """What is out. Everything else is 404."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server

    def page(
        self, path: str, *names: str, published: str | None = "27 Nov 2025", other: str = ""
    ) -> None:
        """Put a page out, with a card for each name; `other` leads elsewhere than to our files."""
        cards = [File(name, other or f"{FILES}/0A/1B2C3D/{name}") for name in names]
        body = publication_page("A publication", cards, published=published)
        self.server.routes[f"/digital{path}"] = Answer(body=body)

    def file(self, name: str, content: Route | bytes, etag: str | None = '"v1"') -> str:
        """Put a file out, or other content in its place; returns its address."""
        route = Published(content, etag) if isinstance(content, bytes) else content
        self.server.routes[f"/files/0A/1B2C3D/{name}"] = route
        return f"{FILES}/0A/1B2C3D/{name}"

    def asked(self, end: str) -> list[str]:
        """Conditions (If-None-Match) of the requests for what ends so, empty for none."""
        found = [one for one in self.server.asked if one.path.endswith(end)]
        return [one.headers.get("if-none-match", "") for one in found]


@contextmanager
def publishing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher whose addresses lead to this computer, and no proxy between."""
    for name in ("http", "https", "all"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    with LocalServer() as server:
        hosts = {PAGES: "/digital", FILES: "/files", CLAIMS: "/claims"}
        said = " ".join(f"{real}={server.url(path)}" for real, path in hosts.items())
        monkeypatch.setenv(ADDRESSES_VARIABLE, said)
        yield Publisher(server)
