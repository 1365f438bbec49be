"""Cache what a run reads of the archive: records, decisions, and which files are in use.

Reading every record at each step would be quadratic in the number of editions. What another process
changes in the meantime is seen by the next run; before publishing, a run reads again (`outdated`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from warehouse.base.home import Home

T = TypeVar("T")

# Home and name -> what was read, within `one_snapshot`.
_CACHE: ContextVar[dict[tuple[Path, str], Any] | None] = ContextVar("cache", default=None)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Cache what is read from now on; an outer snapshot continues."""
    if _CACHE.get() is not None:
        yield
        return
    token = _CACHE.set({})
    try:
        yield
    finally:
        _CACHE.reset(token)


def read_once(home: Home, name: str, read: Callable[[], T]) -> T:
    """Return what `read` returns, which callers must not change; one call per snapshot."""
    cache = _CACHE.get()
    if cache is None:
        return read()
    key = (home.root, name)
    if key not in cache:
        cache[key] = read()
    found: T = cache[key]
    return found


def amend(home: Home, name: str, change: Callable[[T], T]) -> None:
    """Change a cached value, where that is cheaper than reading again, and drop all others."""
    cache, key = _CACHE.get(), (home.root, name)
    known = None if cache is None else cache.get(key)
    outdated(home)
    if cache is not None and known is not None:
        cache[key] = change(known)


def is_open() -> bool:
    """Whether there is a snapshot."""
    return _CACHE.get() is not None


def outdated(home: Home) -> None:
    """Drop the cache of this home: something was written, or must be read again."""
    cache = _CACHE.get() or {}
    for key in [key for key in cache if key[0] == home.root]:
        del cache[key]
