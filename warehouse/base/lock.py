"""The one lock for everything that writes a home: refreshes, runs launched by Dagster, purges.
Importing needs no lock: its files are new, and appear whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident

from warehouse.base.errors import Refusal
from warehouse.base.exit_status import IN_PART
from warehouse.base.home import Home
from warehouse.store import Locked

Say = Callable[[str], None]
LOCK = "refresh.lock"

# (Home, thread) that hold the lock: a refresh runs the jobs of feeds and of the mart within it.
_HELD: set[tuple[str, int]] = set()


class Busy(Refusal):
    """Another process, or another thread, is writing this home."""

    exit_status = IN_PART


@contextmanager
def alone(home: Home, say: Say, wait: bool) -> Iterator[None]:
    """Hold the home's lock; the operating system releases it if the process is killed.

    Raises Busy if it is taken and `wait` is False.
    """
    me = (str(home.lock), get_ident())
    with ExitStack() as held:
        try:
            held.enter_context(home.store.lock(LOCK, wait=False))
        except Locked:
            if not wait:
                raise Busy(
                    f"Another refresh of {home.root} is running.",
                    "Try again when it has ended, or omit --no-wait.",
                ) from None
            say("Another refresh is running; waiting for it to end")
            held.enter_context(home.store.lock(LOCK))
        _HELD.add(me)
        held.callback(_HELD.discard, me)
        yield


@contextmanager
def writing(home: Home, say: Say) -> Iterator[None]:
    """Hold the home's lock, unless this thread already does (within a refresh); waits for it."""
    if (str(home.lock), get_ident()) in _HELD:
        yield
        return
    with alone(home, say, wait=True):
        yield
