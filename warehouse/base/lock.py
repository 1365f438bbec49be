"""The one lock of everybody who writes a home: refreshes, runs that Dagster launched, purges.

Belongs here: taking it, and knowing that this thread has it. Does not: what is written. Importing
needs no lock: what it writes is new, and appears whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident

from filelock import FileLock, Timeout

from warehouse.base.home import Home

Say = Callable[[str], None]

# Home and thread that hold the lock: a refresh runs the jobs of feeds and of the mart within it.
_HELD: set[tuple[str, int]] = set()


class Busy(Exception):
    """Another process, or another thread, is writing this home."""


@contextmanager
def alone(home: Home, say: Say, wait: bool) -> Iterator[None]:
    """Hold the home's lock; the operating system frees it even when we are killed.

    Raises Busy if somebody holds it and `wait` is False.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not wait:
            raise Busy(f"Another refresh of {home.root} is running.") from None
        say("Another refresh is running; waiting for it to end")
        lock.acquire()
    me = (str(home.lock), get_ident())
    _HELD.add(me)
    try:
        yield
    finally:
        _HELD.discard(me)
        lock.release()


@contextmanager
def writing(home: Home, say: Say) -> Iterator[None]:
    """Hold the home's lock while something is written: the one that this thread holds already, as
    within a refresh, or else one of its own, waited for."""
    if (str(home.lock), get_ident()) in _HELD:
        yield
        return
    with alone(home, say, wait=True):
        yield
