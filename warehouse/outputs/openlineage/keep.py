"""The lineage events stored in the home, an object each. Only a purge reads them, so they may be
moved or deleted at any time."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.base.home import Home
from warehouse.store import version_of

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

PLACE = "lineage"


def keep(home: Home, event: RunEvent) -> None:
    """Store an event: a line of JSON in an object of its own, whose key sorts by time."""
    from openlineage.client.serde import Serde

    content = f"{Serde.to_json(event)}\n".encode()
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    home.store.write_once(f"{PLACE}/{stamp}-{version_of(content)[:8]}.json", content)


def forget_files(home: Home, sha256: Collection[str]) -> None:
    """Delete every event that names one of these files, also from files of lines of earlier
    releases and files set aside. Events quote no cells, so no other can reveal their content; a
    truncated line might and is deleted too. May be repeated."""
    store = home.store
    for key in store.list_keys(PLACE):
        if key.endswith((".json", ".jsonl")):
            before = store.read(key)
            kept = b"".join(line for line in before.splitlines(True) if _stays(line, sha256))
            if not kept:
                store.delete(key)
            elif kept != before:
                store.replace(key, kept)
    store.sweep(PLACE)


def _stays(line: bytes, sha256: Collection[str]) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return not any(one.encode() in line for one in sha256)
