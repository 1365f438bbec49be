"""The lineage events in the home: where they are, and what a purge removes from them.

Belongs here: an object per event. Does not: making events (`events`), sending them (`emit`).
Only a purge reads them, so they may be moved or deleted at any time.
"""

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
    """Keep an event: a line of JSON in an object of its own, whose key sorts by time."""
    from openlineage.client.serde import Serde

    content = f"{Serde.to_json(event)}\n".encode()
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    home.store.write_once(f"{PLACE}/{stamp}-{version_of(content)[:8]}.json", content)


def forget_files(home: Home, sha256: Collection[str]) -> None:
    """Take out every event that names one of these files; also from what earlier releases kept, a
    file of lines, and files that were set aside. No event quotes cells, so no other can tell of
    them; a line that was cut short might, and goes too. May be repeated."""
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
