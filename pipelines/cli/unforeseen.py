"""Describe an unexpected error as a reason and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from warehouse.base.errors import AGAIN, NOT_MET, plain
from warehouse.base.home import Home

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# DuckDB, SQLite and polars report the system's text, not its error numbers.
FULL_IN_WORDS = ("no space left on device", "disk is full", "disk quota exceeded", "file too large")
# SQLite reports this for a disk without space for its log, and for a faulty disk.
IN_OTHER_WORDS = "disk i/o error"
OUT_OF_MEMORY = "out of memory error"  # DuckDB's, at its limit
GB, HARDLY_ANY = 1e9, 20e6  # bytes


def error_words(error: BaseException, home: Home) -> tuple[str, str]:
    """Return an error as (reason, remedy)."""
    reason = plain(error)
    if (
        any(isinstance(one, OSError) and one.errno in FULL for one in chain(error))
        or says_full(reason)
        or (IN_OTHER_WORDS in reason.lower() and home.store.free_space() < HARDLY_ANY)
    ):
        return full_disk(reason, home)
    return reason, "Run again with --debug for details."


def unpublished(failure: str, home: Home) -> tuple[str, str]:
    """Return a failure within a refresh as (reason, remedy)."""
    if OUT_OF_MEMORY in failure.lower():
        return failure.partition("Possible solutions")[0].strip(), (
            "What was published before stays published. Give the mart more memory: a larger "
            f"`memory_mb:` in {home.settings} (docs/operations.md), then run the refresh again."
        )
    if NOT_MET in failure:
        return failure, "What was published before stays published."
    return full_disk(failure, home) if says_full(failure) else (failure, AGAIN)


def says_full(text: str) -> bool:
    """Whether the text of an error is that of a full disk."""
    return any(words in text.lower() for words in FULL_IN_WORDS)


def full_disk(reason: str, home: Home) -> tuple[str, str]:
    """Return (reason, remedy) for a full disk."""
    return (
        f"The disk is full, or a file limit was reached ({home.store.free_space() / GB:.1f} GB "
        f"free at {home.root}): {reason}",
        "Nothing is lost: archived files are complete, and the published mart stays as it is. "
        "Free some space, for instance with access-recovery housekeeping, then run the same "
        "command again.",
    )


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
