"""Cache what a run reads of the archive: records, decisions, and which files are in use.

Belongs here: the cache's lifetime, and dropping entries when this process changes something.
Does not: reading (`archive`, `decisions`, `tombstones`).

Without it each step of a run reads every record again, which grows with the square of the number
of editions. The next run sees what another process imports or decides in the meantime; a run that
publishes reads again just before (`outdated`).
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
_HELD: ContextVar[dict[tuple[Path, str], Any] | None] = ContextVar("held", default=None)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Cache what is read from now on; an outer snapshot continues."""
    if _HELD.get() is not None:
        yield
        return
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def read_once(home: Home, name: str, read: Callable[[], T]) -> T:
    """What `read` returns; within a snapshot it is called once. Callers must not change it."""
    held = _HELD.get()
    if held is None:
        return read()
    key = (home.root, name)
    if key not in held:
        held[key] = read()
    found: T = held[key]
    return found


def amend(home: Home, name: str, change: Callable[[T], T]) -> None:
    """Change a cached value, where that is cheaper than reading again; values derived from it are
    read again."""
    held, key = _HELD.get(), (home.root, name)
    known = None if held is None else held.get(key)
    outdated(home)
    if held is not None and known is not None:
        held[key] = change(known)


def is_open() -> bool:
    """Whether there is a snapshot."""
    return _HELD.get() is not None


def outdated(home: Home) -> None:
    """Drop the cache of this home: something was written, or must be read again."""
    held = _HELD.get()
    for key in list(held or ()):
        if held is not None and key[0] == home.root:
            del held[key]
