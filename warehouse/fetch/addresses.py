"""Publishers' addresses, or a mirror that the owner of the home names. Contracts and journals
always have the publisher's own address; only the client uses a mirror. Not here: requests
(`client`), the addresses of a feed (`warehouse.contract.discovery`)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from warehouse.base.home import Home
from warehouse.base.web import web_address
from warehouse.settings import read_settings

ADDRESSES_VARIABLE = "ACCESS_RECOVERY_ADDRESSES"


class Addresses:
    """A mapping of the beginnings of addresses, the longest first."""

    def __init__(self, mapping: Mapping[str, str] | None = None) -> None:
        pairs = [(a.rstrip("/"), b.rstrip("/")) for a, b in (mapping or {}).items()]
        self._there = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._back = sorted([(b, a) for a, b in pairs], key=lambda pair: -len(pair[0]))

    def mapped(self, url: str) -> str:
        """The address to request for the publisher's `url`."""
        return _replaced(url, self._there)

    def published(self, url: str) -> str:
        """The publisher's address of the requested `url`."""
        return _replaced(url, self._back)


def _replaced(url: str, pairs: list[tuple[str, str]]) -> str:
    for begin, other in pairs:
        rest = url[len(begin) :]
        if url[: len(begin)].casefold() == begin.casefold() and rest[:1] in ("", "/", "?", "#"):
            return other + rest
    return url


def read_addresses(home: Home) -> Addresses:
    """The mapping of `ACCESS_RECOVERY_ADDRESSES`, else of the settings, else none.

    Raises ValueError naming the variable or the settings file, and the fault.
    """
    said = os.environ.get(ADDRESSES_VARIABLE, "").split()
    if not said:
        return Addresses(read_settings(home).addresses)
    try:
        pairs = [one.partition("=")[::2] for one in said]
        return Addresses({web_address(a): web_address(b) for a, b in pairs})
    except ValueError as error:
        raise ValueError(
            f"{ADDRESSES_VARIABLE}: {error}. Write publishers' addresses and their replacements as "
            "`from=to` pairs separated by spaces: https://publisher.example=http://127.0.0.1:8000"
        ) from error
