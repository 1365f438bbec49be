"""Read, write, list, lock and delete what is kept in the home: files on this machine's disk,
through operations that an object store has too. Not here: what is kept, and under which keys.

A key is a relative name with `/` between its parts. An object appears whole or not at all; none
is appended to, and none has a usable time of writing: put that into its key or content. A
library that opens files itself gets a path: `local_copy` to read, `writing` or `part` to write,
`scratch` for temporary files.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO
from uuid import uuid4

from filelock import FileLock, Timeout

PART_SUFFIX = ".part"
# DuckDB keeps a log beside the file that it writes.
_PARTS = (PART_SUFFIX, f"{PART_SUFFIX}.wal")
_STAMP = "%Y%m%dT%H%M%S"
_BEGUN = re.compile(r"\.(\d{8}T\d{6})-[0-9a-f]{8}\.part")
# Characters that some file systems do not allow in names, and names that Windows reserves.
_UNUSABLE = r'[<>:"\\|?*\x00-\x1f\x7f]|[. ]$|^$|^(?i:con|prn|aux|nul|com\d|lpt\d)(\.|$)'
_unusable = lru_cache(maxsize=1 << 16)(re.compile(_UNUSABLE).search)


class BadKey(ValueError):
    """An invalid key: it leads out of the home, or some file systems do not allow it."""


class Changed(Exception):
    """An object changed after it was read: read it again, and decide again."""


class Locked(Exception):
    """Another process holds the lock."""


def version_of(content: bytes) -> str:
    """The version of an object with this content: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Store:
    """The objects under a folder. Every method raises BadKey for an invalid key."""

    root: Path

    def read(self, key: str) -> bytes:
        """An object's content. Raises FileNotFoundError."""
        return self._path(key).read_bytes()

    def read_text(self, key: str) -> str:
        """An object's content as UTF-8. Raises FileNotFoundError, UnicodeDecodeError."""
        return self._path(key).read_text(encoding="utf-8")

    def open(self, key: str) -> IO[bytes]:
        """An object's content as a stream, to be closed. Raises FileNotFoundError."""
        return self._path(key).open("rb")

    def exists(self, key: str) -> bool:
        """Whether the object exists."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """An object's size in bytes. Raises FileNotFoundError."""
        return self._path(key).stat().st_size

    def version(self, key: str) -> str | None:
        """An object's version, for `replace_if_unchanged`; None if it does not exist."""
        try:
            return version_of(self.read(key))
        except FileNotFoundError:
            return None

    def list_keys(self, prefix: str, suffix: str = "") -> list[str]:
        """Keys of all objects below `prefix/`, sorted; without locks and half-written files."""
        objects = (key for key in self._all(prefix) if not key.endswith((*_PARTS, ".lock")))
        return sorted(key for key in objects if key.endswith(suffix))

    def edited_at(self, key: str) -> datetime | None:
        """When an object was last written, None if it does not exist; approximate, since copying a
        home may change it. Only for files that people write (settings)."""
        try:
            return datetime.fromtimestamp(self._path(key).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def names(self, prefix: str) -> set[str]:
        """Names directly below `prefix/`, of objects and folders."""
        return {key.removeprefix(f"{prefix}/").partition("/")[0] for key in self._all(prefix)}

    def local_copy(self, key: str) -> Path:
        """A path to read an object from; opening it fails if the object does not exist."""
        return self._path(key)

    def key_of(self, path: Path) -> str:
        """The key of a path in this home. Raises BadKey for a path outside."""
        if not path.is_relative_to(self.root):
            raise BadKey(f"{path} is not in {self.root}.")
        return path.relative_to(self.root).as_posix()

    def write_once(self, key: str, content: bytes) -> bool:
        """Write an object unless it exists; returns False if it does, and leaves it unchanged."""
        part = self.part(key)
        try:
            part.write_bytes(content)
            return self._name(part, key)
        finally:
            discard(part)

    def _name(self, part: Path, key: str) -> bool:
        try:
            os.link(part, self._path(key))
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            with self.lock(f"{key}.lock"):
                if self.exists(key):
                    return False
                os.replace(part, self._path(key))
        return True

    def replace(self, key: str, content: bytes | str) -> None:
        """Write an object, replacing an existing one."""
        with self.writing(key) as path:
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def replace_if_unchanged(self, key: str, content: bytes, version: str | None) -> str:
        """Replace an object if it still has the version (None: if it still does not exist).

        Returns the new version. Raises Changed if another process changed it first.
        """
        with self.lock(f"{key}.lock"):
            if self.version(key) != version:
                raise Changed(f"{key} was changed by another process.")
            self.replace(key, content)
        return version_of(content)

    @contextmanager
    def writing(self, key: str) -> Iterator[Path]:
        """A path to write to; it becomes the object on success, and is deleted on failure."""
        with whole_file(self._path(key)) as part:
            yield part

    def part(self, key: str) -> Path:
        """A path, on the same disk, for a file that another process may `put` at `key`. The caller
        discards it; `sweep` deletes it otherwise."""
        return _part_of(self._path(key))

    def put(self, key: str, path: Path) -> None:
        """Move a file of this machine to an object.

        Raises PermissionError if the object is open (Windows only).
        """
        try:
            self._path(key).parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, self._path(key))
        except OSError as error:
            if isinstance(error, PermissionError | FileNotFoundError):
                raise
            with self.writing(key) as part:  # another disk
                shutil.copyfile(path, part)
            discard(path)

    def bring(self, key: str, path: Path, sha256: str) -> None:
        """Copy a file of this machine to an object, unless that exists.

        Raises Changed if its content no longer has this hash.
        """
        if self.exists(key):
            return
        with self.writing(key) as part:
            shutil.copyfile(path, part)
            with part.open("rb") as copied:
                if hashlib.file_digest(copied, "sha256").hexdigest() != sha256:
                    raise Changed(f"{path.name} changed while it was being read")

    def copy(self, key: str, target: str) -> None:
        """Copy an object to a second key; as a hard link if the disk allows it."""
        with self.writing(target) as part:
            try:
                os.link(self._path(key), part)
            except OSError:
                shutil.copyfile(self._path(key), part)

    def copy_out(self, key: str, path: Path) -> None:
        """Copy an object to a file of this machine, never as a link. Raises FileNotFoundError."""
        shutil.copyfile(self._path(key), path)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A temporary folder outside the home."""
        with tempfile.TemporaryDirectory(prefix="access-recovery-") as folder:
            yield Path(folder)

    def delete(self, key: str) -> None:
        """Delete an object, if it exists. Raises PermissionError as `put` does."""
        discard(self._path(key))

    def delete_all(self, prefix: str) -> None:
        """Delete everything below `prefix/`, including half-written files."""
        shutil.rmtree(self._path(prefix), ignore_errors=True)

    def sweep(self, prefix: str, older_than: timedelta = timedelta(0)) -> int:
        """Delete half-written files of killed processes below `prefix/` that are at least that old,
        or of unknown age; returns how many."""
        latest = f"{datetime.now(UTC) - older_than:{_STAMP}}"
        begun = {key: _BEGUN.search(key) for key in self._all(prefix) if key.endswith(_PARTS)}
        left = [key for key, at in begun.items() if at is None or at[1] <= latest]
        for key in left:
            self.delete(key)
        return len(left)

    def prune(self, prefix: str) -> None:
        """Remove empty folders below `prefix/`; an object store has none."""
        for folder, _, _ in os.walk(self._path(prefix), topdown=False):
            if folder != str(self._path(prefix)):
                with suppress(OSError):  # it is not empty
                    Path(folder).rmdir()

    @contextmanager
    def lock(self, key: str, wait: bool = True) -> Iterator[None]:
        """Hold the lock of this key; the operating system releases it if the process is killed.

        Raises Locked if another process holds it and `wait` is False.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=-1 if wait else 0)
        except Timeout:
            raise Locked(f"Another process holds {path}.") from None
        try:
            yield
        finally:
            lock.release()

    def free_space(self) -> int:
        """Free bytes on the disk of the home."""
        place = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        return shutil.disk_usage(place).free

    def _path(self, key: str) -> Path:
        for name in filter(_unusable, key.split("/")):
            why = f"not every file system allows {name!r} as a name"
            raise BadKey(f"{key!r} can't be the name of an object: {why}.")
        return self.root / key

    def _all(self, prefix: str) -> Iterator[str]:
        """Keys of all files below a prefix, in any order."""
        self._path(prefix)
        folders = [prefix]
        while folders:
            at = folders.pop()
            try:
                with os.scandir(self.root / at) as found:
                    for one in found:
                        if one.is_dir():
                            folders.append(f"{at}/{one.name}")
                        else:
                            yield f"{at}/{one.name}"
            except (FileNotFoundError, NotADirectoryError):
                continue


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to, beside a file of this machine: it replaces the file on success, and is
    deleted on failure."""
    part = _part_of(path)
    try:
        yield part
        os.replace(part, path)
    finally:
        discard(part)


def discard(path: Path) -> None:
    """Delete a file of this machine, if it exists."""
    path.unlink(missing_ok=True)


def _part_of(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime(_STAMP)
    return path.with_name(f"{path.name}.{stamp}-{uuid4().hex[:8]}{PART_SUFFIX}")
