"""SHA-256 of files and streams, also in a thread beside other work; numbers for names."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO

CHUNK = 1 << 20


class SideHash:
    """SHA-256 of chunks, computed in a thread while the caller unpacks and writes the next chunk:
    hashing releases the interpreter lock."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def __enter__(self) -> SideHash:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def update(self, chunk: bytes) -> None:
        """Hash the next chunk; waits for the one before, so that at most two are in memory."""
        self._wait()
        self._pending = self._pool.submit(self._digest.update, chunk)

    def hexdigest(self) -> str:
        """The hash of all chunks so far."""
        self._wait()
        return self._digest.hexdigest()

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed."""
    with path.open("rb") as stream:
        return hash_stream(stream)


def hash_stream(stream: IO[bytes]) -> str:
    """SHA-256 of the rest of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def number_of(name: str) -> int:
    """A number for a name that is the same in every build: from 0, in 31 bits, so that every tool
    reads it as an integer. Two names may have the same, so check those that must not."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) >> 1
