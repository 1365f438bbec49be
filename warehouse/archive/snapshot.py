"""What a run reads of the archive once: records, decisions, and which files are in use.

Belongs here: how long that is remembered, and dropping it when this process changes something.
Does not: reading (`archive`, `decisions`, `tombstones`).

Without it each step of a run reads every record again, which grows with the square of the number
of editions. What another process imports or decides meanwhile is seen by the next run; a run that
publishes looks again just before (`outdated`).
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
    """Remember what is read from now on; within another snapshot, that one goes on."""
    if _HELD.get() is not None:
        yield
        return
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def read_once(home: Home, name: str, read: Callable[[], T]) -> T:
    """What `read` gives; within a snapshot it is called once. Nobody may change what it gives."""
    held = _HELD.get()
    if held is None:
        return read()
    key = (home.root, name)
    if key not in held:
        held[key] = read()
    found: T = held[key]
    return found


def amend(home: Home, name: str, change: Callable[[T], T]) -> None:
    """Change what was read under a name, where that is cheaper than to read it anew; what was made
    of it is read anew."""
    held, key = _HELD.get(), (home.root, name)
    known = None if held is None else held.get(key)
    outdated(home)
    if held is not None and known is not None:
        held[key] = change(known)


def is_open() -> bool:
    """Whether there is a snapshot."""
    return _HELD.get() is not None


def outdated(home: Home) -> None:
    """Have everything of this home read anew: something was written, or must be looked at again."""
    held = _HELD.get()
    for key in list(held or ()):
        if held is not None and key[0] == home.root:
            del held[key]
