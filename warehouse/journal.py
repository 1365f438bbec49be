"""Journals: one object per event, written once and never changed, with keys that sort by time.
Journals of earlier releases (one file of lines) are read too. Not here: what entries contain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from warehouse.store import Store, version_of

STAMP = "%Y%m%dT%H%M%S%f"
Fields = dict[str, object]


@dataclass(frozen=True)
class Journal:
    """The entries below `place`, each a JSON object.

    `moment`: the field with the time of the event. `label`: the subject of an entry, part of its
    key, so that `newest` need not read all. A home of an earlier release has its entries in
    `<place>.jsonl`, one per line, until the next one is added.
    """

    store: Store
    place: str
    moment: str
    label: Callable[[Fields], str] = lambda _: ""

    def add(self, entry: str) -> None:
        """Add an entry after all others, even if the clock was set back."""
        with self.store.lock(f"state/{self.place.rpartition('/')[2]}.lock"):
            self._upgrade()
            last = self.store.list_keys(self.place, ".json")[-1:]
            stamp = _later(datetime.now(UTC), *map(_stamp, last))
            self.store.write_once(self._key(stamp, entry), f"{entry}\n".encode())

    def entries(self) -> Iterator[str]:
        """The entries, in order."""
        return self._entries(newest=False)

    def newest(self) -> Iterator[str]:
        """The newest entry of each label, in order."""
        return self._entries(newest=True)

    def _entries(self, newest: bool) -> Iterator[str]:
        old = self._old()
        keys = sorted({*old, *self.store.list_keys(self.place, ".json")})
        for key in sorted({_label(key): key for key in keys}.values()) if newest else keys:
            yield old[key] if key in old else _read(self.store, key)

    def _upgrade(self) -> None:
        """Write each line of an earlier release's journal as an object, then delete the file. Safe
        to repeat: keys follow from the lines."""
        for key, line in self._old().items():
            self.store.write_once(key, f"{line}\n".encode())
        self.store.delete(f"{self.place}.jsonl")

    def _old(self) -> dict[str, str]:
        """The lines of an earlier release's journal by key, without unfinished ones."""
        try:
            lines = self.store.read(f"{self.place}.jsonl").splitlines()
        except FileNotFoundError:
            return {}
        found, stamp = {}, ""
        for line in lines:
            try:
                text = line.decode()
                stamp = _later(datetime.fromisoformat(json.loads(text)[self.moment]), stamp)
                found[self._key(stamp, text)] = text
            except (ValueError, LookupError, TypeError):
                continue
        return found

    def _key(self, stamp: str, entry: str) -> str:
        label = self.label(json.loads(entry))
        parts = [stamp, *([label] if label else []), version_of(entry.encode())[:8]]
        return f"{self.place}/{'-'.join(parts)}.json"


@lru_cache(maxsize=65536)
def _read(store: Store, key: str) -> str:
    """An entry, cached: it never changes."""
    return store.read_text(key)


def _later(at: datetime, stamp: str = "") -> str:
    """A time as part of a key; later than `stamp`, another such part."""
    found = f"{at.astimezone(UTC) if at.tzinfo else at:{STAMP}}"
    if found > stamp:
        return found
    return f"{datetime.strptime(stamp, STAMP) + timedelta(microseconds=1):{STAMP}}"


def _stamp(key: str) -> str:
    return key.rpartition("/")[2].partition("-")[0]


def _label(key: str) -> str:
    return key.partition("-")[2].rpartition("-")[0]
