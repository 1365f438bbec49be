"""Alert delivery: one message per problem and recipient, and one when it is resolved.

Belongs here: `state/alerts.json`, with a record of each recipient, and when to retry. Does not:
finding problems (`find_problems`), wording (`message`), the network (`send`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from pipelines.alerts import message
from pipelines.alerts.find_problems import UNREADABLE, Problem, problems
from pipelines.alerts.send import SET_UP, Address, Sent, addresses, send
from warehouse.base.home import Home
from warehouse.store import Locked

PLACE = "state/alerts.json"
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

Send = Callable[[Address, str, str], Sent]


class Open(BaseModel):
    """A problem that a recipient was alerted to."""

    title: str
    since: datetime


class Memory(BaseModel):
    """The alerts sent to one recipient, by the keys of problems. `failures`: consecutive messages
    that it did not accept; no retry before `not_before`."""

    alerted: dict[str, Open] = Field(default_factory=dict, alias="told")
    failures: int = 0
    not_before: datetime | None = None


class State(BaseModel):
    """The alerts sent to each recipient, by its name."""

    addresses: dict[str, Memory] = {}


# State that could not be written, so that a full disk gives one alert and not one a minute.
_unwritten: dict[Path, State] = {}


@dataclass
class Delivery:
    """The result of a delivery. `open`: number of problems; `sent`, `cleared`: titles of alerts
    sent; `failed`: recipients that did not accept one, and why; `waiting`: titles of problems that
    may resolve by themselves, or are retried later. `trouble`: why no alert could be sent."""

    open: int = 0
    sent: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    trouble: str | None = None

    @property
    def words(self) -> str:
        """Describe it in a line."""
        results = {
            "Alerted": self.sent,
            "Reported as resolved": self.cleared,
            "Not accepted": self.failed,
            "Not sent yet": self.waiting,
        }
        parts = [f"{name}: {', '.join(dict.fromkeys(of))}" for name, of in results.items() if of]
        count = f"{self.open} open problem(s)" if self.open else "No open problems"
        return ". ".join([*parts, count, *([self.trouble] if self.trouble else [])])


def deliver(
    home: Home,
    now: datetime | None = None,
    to: list[Address] | None = None,
    by: Send = send,
) -> Delivery:
    """Send each recipient alerts about problems found and resolved since its last alert.

    `to`: the recipients, else those of the environment. Failures are returned, not raised, and
    retried at a later call.
    """
    now = now or datetime.now(UTC).replace(microsecond=0)
    found = problems(home, now)
    delivery = Delivery(open=len(found))
    try:
        to = addresses() if to is None else to
    except ValueError as error:
        delivery.trouble = str(error)
        return delivery
    if not to:
        delivery.trouble = SET_UP if found else None
        return delivery
    try:
        with home.store.lock("state/alerts.lock", wait=False):
            _deliver_all(home, now, found, to, by, delivery)
    except Locked:
        delivery.trouble = "Another process is sending alerts"
    except OSError as error:
        delivery.trouble = f"{home.state} can't be written to ({error.strerror})"
    return delivery


def _deliver_all(
    home: Home, now: datetime, found: list[Problem], to: list[Address], by: Send, delivery: Delivery
) -> None:
    state = _read(home)
    before = state.model_copy(deep=True)
    names = {address.name for address in to}
    state.addresses = {name: one for name, one in state.addresses.items() if name in names}
    for address in to:
        memory = state.addresses.setdefault(address.name, Memory())
        _deliver_one(home, now, found, address, by, memory, delivery)
        if state != before:
            _write(home, state)  # after each recipient, so that none gets an alert twice


def _deliver_one(
    home: Home,
    now: datetime,
    found: list[Problem],
    address: Address,
    by: Send,
    memory: Memory,
    delivery: Delivery,
) -> None:
    """Send one recipient its alerts, unless its retry is due later."""
    unknown = [one for one in found if one.key not in memory.alerted]
    new = [one for one in unknown if one.alert_from is None or one.alert_from <= now]
    there = {one.key for one in found}
    # Where the state can't be read, no problem is known to be resolved.
    gone = [] if UNREADABLE in there else [key for key in memory.alerted if key not in there]
    about = {_subject(key) for key in there}
    for key in [key for key in gone if _subject(key) in about]:
        gone.remove(key)  # the same edition has another problem now
        memory.alerted.pop(key)
    delivery.waiting += [one.title for one in unknown if one not in new]
    if memory.not_before and now < memory.not_before:
        delivery.waiting += [one.title for one in new] + [memory.alerted[key].title for key in gone]
        return
    if new:
        if not _accepted(by(address, *message.alert(home, new, now)), memory, now, delivery):
            return
        delivery.sent += [one.title for one in new]
        memory.alerted |= {one.key: Open(title=one.title, since=one.since) for one in new}
    if gone:
        was = [(memory.alerted[key].title, memory.alerted[key].since) for key in gone]
        if _accepted(by(address, *message.cleared(home, was, now)), memory, now, delivery):
            delivery.cleared += [title for title, _ in was]
            for key in gone:
                memory.alerted.pop(key)


def _subject(key: str) -> str:
    """Return the subject of a problem, such as `FEED 2025-03`, from its key."""
    return key.partition(" ")[2] or key


def _accepted(sent: Sent, memory: Memory, now: datetime, delivery: Delivery) -> bool:
    """Whether a message was accepted; sets the next retry if not."""
    if sent.trouble is None:
        memory.failures, memory.not_before = 0, None
        return True
    wait = min(FIRST_WAIT * 2**memory.failures, LONGEST_WAIT)
    memory.failures = min(memory.failures + 1, 10)
    memory.not_before = now + wait
    delivery.failed.append(f"{sent.name} ({sent.trouble})")
    return False


def _read(home: Home) -> State:
    if unwritten := _unwritten.get(home.root):
        return unwritten
    try:
        return State.model_validate_json(home.store.read(PLACE))
    except (OSError, UnicodeError, ValidationError):
        return State()  # lost: open problems are sent once more


def _write(home: Home, state: State) -> None:
    try:
        home.store.replace(PLACE, state.model_dump_json(indent=1, by_alias=True) + "\n")
        _unwritten.pop(home.root, None)
    except OSError as error:
        _unwritten[home.root] = state
        logging.getLogger(__name__).warning("%s can't be written: %s", home.root / PLACE, error)
