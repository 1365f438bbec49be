"""Fixtures of the tests of fetching."""

from collections.abc import Iterator

import pytest

from tests.local_server import LocalServer
from tests.warehouse.fetch.publisher import Publisher, publishing


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher with nothing out yet."""
    with publishing(monkeypatch) as running:
        yield running


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running
