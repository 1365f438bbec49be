"""The archive: every source file's bytes as published, under their SHA-256, with provenance.

Belongs here: storing, finding and reading archived bytes and their records. Does not: deciding
which feed a file is (`warehouse.intake`), parsing it (`warehouse.transform.tidy`).
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal, cast

from warehouse.archive.decisions import withdrawn
from warehouse.archive.replaced_sample import replaced_by
from warehouse.archive.snapshot import amend, is_open, outdated, read_once
from warehouse.archive.tombstones import tombstones
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.strict import Strict
from warehouse.store import Store

EditionBasis = Literal["content", "sibling", "file_name", "argument"]


class SourceFile(Strict):
    """Provenance of one file of one edition.

    `sha256` identifies the decompressed content; `container_sha256` the zip or gzip it came in
    (the same hash if none). `retrieved_at`: when the publisher's file was saved to disk, not when
    it was imported, so that the order of import can't change which is latest. `sheet` and
    `header_row`: where the table is in a workbook; a CSV's headings are its row 1 (0: it has none).
    `stated_on`: the date on its title sheet, which may be wrong: `published_on` is used instead.
    `original_sha256`: of a report with people in it, of which this is a copy without them; the
    report's own bytes are not kept.
    """

    sha256: str
    container_sha256: str
    file_name: str
    container_name: str
    member: str | None
    feed: str
    edition: str
    edition_basis: EditionBasis
    months: tuple[str, ...]
    bytes: int
    rows: int
    headings: tuple[str, ...]
    sheet: str | None = None
    header_row: int = 1
    encoding: str
    url: str | None = None
    page: str
    published_on: date | None
    retrieved_at: datetime
    imported_at: datetime
    licence: str
    synthetic: bool
    stated_on: date | None = None
    original_sha256: str | None = None

    @property
    def order(self) -> tuple[date, datetime, str]:
        """Sort key of revisions: files without a publication date first, then by retrieval."""
        return (self.published_on or date.min, self.retrieved_at, self.sha256)

    @property
    def sighting(self) -> tuple[datetime, str, str, str]:
        """Sort key of copies of the same content: the one saved first is the source; of copies
        saved in the same second the name decides, never the order of import."""
        return (self.retrieved_at, self.container_name, self.file_name, self.container_sha256)

    @property
    def short(self) -> str:
        """Return the first twelve characters of the hash."""
        return self.sha256[:12]


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")


def _parsed(store: Store, key: str) -> SourceFile:
    return _parse(store.read(key))


@lru_cache(maxsize=65536)
def _parse(text: bytes) -> SourceFile:
    return SourceFile.model_validate_json(text)


def _in_order(files: list[SourceFile]) -> list[SourceFile]:
    return sorted(files, key=lambda file: (file.feed, file.edition, *file.order))


def _beside(record: str, ending: str) -> str:
    return f"{record.removesuffix('.json')}.{ending}"


def _record(key: str) -> str:
    """Return the key of the record that a key is, or is a note on."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}.json"


class Archive:
    """The archive of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._store = home.store

    def object_key(self, container_sha256: str) -> str:
        """Return the key of a container's bytes."""
        return f"archive/objects/{container_sha256[:2]}/{container_sha256}"

    def object_path(self, container_sha256: str) -> Path:
        """Return a path to read a container's bytes from."""
        return self._store.local_copy(self.object_key(container_sha256))

    def has_object(self, container_sha256: str) -> bool:
        """Whether a container's bytes are there."""
        return self._store.exists(self.object_key(container_sha256))

    def size(self, container_sha256: str) -> int:
        """Return a container's size in bytes. Raises FileNotFoundError."""
        return self._store.size(self.object_key(container_sha256))

    def record_key(self, file: SourceFile) -> str:
        """Return the key of a source file's provenance."""
        return f"archive/records/{file.feed}/{file.edition}/{file.sha256}.json"

    def store(self, source: Path, container_sha256: str) -> None:
        """Copy a container into the archive, unless it is there. All or nothing.

        Raises `warehouse.store.Changed` if the source has changed since it was hashed.
        """
        self._store.bring(self.object_key(container_sha256), source, container_sha256)

    def adds(self, file: SourceFile) -> bool:
        """Whether a file is new, or was saved earlier than the copy that is recorded."""
        known = self._store.exists(self.record_key(file))
        return not known or file.sighting < self.read(file).sighting

    def add(self, file: SourceFile) -> bool:
        """Record a source file whose container is stored; False if the record existed.

        A copy that was saved to disk earlier is noted beside the record, so that revisions sort
        by the first copy, whatever the order of import.
        """
        key = self.record_key(file)
        known = self._store.exists(key)
        if known and self.adds(file):
            key = _beside(key, f"{_stamp()}.seen")
        elif known:
            return False
        self._store.replace(key, file.model_dump_json(indent=1) + "\n")
        if known:
            outdated(self.home)
        else:  # an import of many files must not read all records for each of them
            amend(self.home, "files", lambda every: _in_order([*every, file]))
        return not known

    def read(self, file: SourceFile) -> SourceFile:
        """Return a source file as recorded, with the notes added since."""
        return self._read(self.record_key(file), self._notes(file))

    def restate(self, file: SourceFile, published_on: date) -> bool:
        """Add a publication date in a note beside the unchanged record; False if it was known."""
        if self.read(file).published_on == published_on:
            return False
        key = _beside(self.record_key(file), f"{_stamp()}.restated")
        self._store.replace(key, published_on.isoformat() + "\n")
        outdated(self.home)
        return True

    def files(self, feed: str | None = None) -> list[SourceFile]:
        """Return all source files (of one feed), by feed, edition and revision."""
        if not is_open():
            return self._records(feed or "")
        every = read_once(self.home, "files", self._records)
        return [file for file in every if feed in (None, file.feed)]

    def _records(self, feed: str = "") -> list[SourceFile]:
        notes: dict[str, list[str]] = defaultdict(list)
        for key in self._store.list_keys(f"archive/records/{feed}".rstrip("/")):
            notes[_record(key)].append(key)
        return _in_order(
            [self._read(key, beside) for key, beside in notes.items() if key in beside]
        )

    def _notes(self, file: SourceFile) -> list[str]:
        """Return the keys of a file's record and of the notes on it."""
        record = self.record_key(file)
        beside = self._store.list_keys(record.rpartition("/")[0])
        return [key for key in beside if _record(key) == record]

    def active_files(self, feed: str | None = None) -> list[SourceFile]:
        """Return the files that are checked and that the mart may use: those not withdrawn, and
        sample files only if no own import replaces them."""
        active = read_once(self.home, "active", lambda: self._in_place(replaced=False))
        return [file for file in active if feed in (None, file.feed)]

    def replaced_sample(self) -> list[SourceFile]:
        """Return the sample files that own imports replace, but for withdrawn ones."""
        return self._in_place(replaced=True)

    def _in_place(self, replaced: bool) -> list[SourceFile]:
        is_replaced, out = replaced_by(self._own_feeds()), withdrawn(self.home)
        found = (file for file in self.files() if is_replaced(file) is replaced)
        return [file for file in found if FileKey.of(file) not in out]

    def has_real(self) -> bool:
        """Whether anything but sample files was ever imported."""
        return bool(self._own_feeds())

    def _own_feeds(self) -> set[str]:
        """Return the feeds of which anything but sample files was ever imported."""
        purged = {one.feed for one in tombstones(self.home) if not one.synthetic}
        return purged | {file.feed for file in self.files() if not file.synthetic}

    def containers_of(self, file: SourceFile) -> set[str]:
        """Return the hashes of all containers in which a source file was imported."""
        notes = [key for key in self._notes(file) if not key.endswith(".restated")]
        return {_parsed(self._store, key).container_sha256 for key in notes}

    def forget(self, feed: str, edition: str, sha256: str) -> None:
        """Remove the record of a purged file, and the notes beside it."""
        ghost = SourceFile.model_construct(feed=feed, edition=edition, sha256=sha256)
        for key in self._notes(ghost):  # in order: the record itself last
            self._store.delete(key)
        outdated(self.home)

    def _read(self, key: str, beside: list[str]) -> SourceFile:
        """Read a record and the notes `beside` it, which are in order."""
        file = _parsed(self._store, key)
        for other in (note for note in beside if note.endswith(".seen")):
            seen = _parsed(self._store, other)
            as_first = {"published_on": file.published_on, "synthetic": file.synthetic}
            file = min(file, seen.model_copy(update=as_first), key=lambda one: one.sighting)
        restated = [note for note in beside if note.endswith(".restated")]
        if restated:
            published = date.fromisoformat(self._store.read_text(restated[-1]).strip())
            file = file.model_copy(update={"published_on": published})
        return file

    @contextmanager
    def as_file(self, file: SourceFile) -> Iterator[Path]:
        """Yield a file with a source file's decompressed content. Raises as `open` does."""
        if file.container_sha256 == file.sha256:
            yield self.object_path(file.container_sha256)
            return
        with self._store.scratch() as folder:
            copy = folder / "content"
            with self.open(file) as stream, copy.open("wb") as out:
                shutil.copyfileobj(stream, out)
            yield copy

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """Yield a source file's decompressed content as a binary stream.

        Raises FileNotFoundError naming the file if its bytes are missing from the archive.
        """
        path = self.object_path(file.container_sha256)
        if not self.has_object(file.container_sha256):
            raise FileNotFoundError(
                f"{file.container_name}: its bytes are missing from the archive ({path}); "
                "restore the archive from backup, or import the publisher's file again"
            )
        if file.member is not None:
            with zipfile.ZipFile(path) as container, container.open(file.member) as stream:
                yield stream
        elif file.container_sha256 != file.sha256:
            with gzip.open(path) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            with self._store.open(self.object_key(file.sha256)) as stream:
                yield stream
