"""Decisions about an edition or a file, each with its reason, kept permanently.

Belongs here: `archive/decisions`, one small JSON per decision, never changed. Does not: what
follows from one (`warehouse.editions.status`, `warehouse.archive.source_files`).
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal, get_args
from uuid import uuid4

from pydantic import ValidationError

from warehouse.archive.snapshot import outdated, read_once
from warehouse.base.errors import Refusal
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.strict import Strict

Kind = Literal["accept", "hold", "revoke", "withdraw", "restore", "purge"]
PLACE = "archive/decisions"
STAMP = "%Y%m%dT%H%M%S%f"
PARTICIPLES: dict[Kind, str] = {
    "accept": "accepted",
    "hold": "held",
    "revoke": "revoked",
    "withdraw": "withdrawn",
    "restore": "restored",
    "purge": "purged",
}


class NotPossible(Refusal):
    """A decision that is not possible, with the reason and what to do."""


class Decision(Strict):
    """One decision on one edition, or on files of it.

    A `revoke` takes back every acceptance and hold of the edition before it. `sha256`: for a
    decision on an edition all its files at that time; for withdraw, restore and purge the files
    meant. `failed_rules`: the checks that an accepted edition had failed.
    `released`: the held months (`HeldMonth.key`) that an acceptance accepts, including those of
    earlier acceptances.
    """

    decision_id: str
    decision: Kind
    feed: str
    edition: str
    sha256: tuple[str, ...]
    failed_rules: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    reason: str
    decided_by: str
    decided_at: datetime

    @property
    def words(self) -> str:
        """The decision in a line: `held by A. Person on 2025-12-01: counts twice`."""
        done = PARTICIPLES[self.decision]
        return f"{done} by {self.decided_by} on {self.decided_at:%Y-%m-%d}: {self.reason}"


def over_because(why: str) -> str:
    """Why a decision no longer applies, in words: who revoked it, or that it lapsed."""
    return why if why.startswith(PARTICIPLES["revoke"]) else f"lapsed: {why}"


def one_line(text: str) -> str:
    """Return text without line breaks and unprintable characters."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def reason_given(reason: str) -> str:
    """Return the reason, tidied. Raises NotPossible if it is blank."""
    if not (tidied := one_line(reason)):
        raise NotPossible(
            "The reason is blank.", "Give it with --reason TEXT; it is kept with the decision."
        )
    return tidied


def who(by: str | None) -> str:
    """Return who decides: `by` if given, else the user of the operating system.

    Raises NotPossible if neither is known.
    """
    if by is not None:
        if tidied := one_line(by):
            return tidied
        raise NotPossible("The name after --by is blank.", "Give the name of who decides.")
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise NotPossible(
            "The operating system gives no user name.", "Give your name with --by NAME."
        ) from None


def decide(
    home: Home,
    kind: Kind,
    feed: str,
    edition: str,
    sha256: Iterable[str],
    reason: str,
    by: str | None = None,
    failed_rules: Iterable[str] = (),
    released: Iterable[str] = (),
) -> Decision:
    """Record a decision. Raises NotPossible for a blank reason or an unknown person."""
    now = _later_than_all(home, datetime.now(UTC))
    made = Decision(
        decision_id=f"{now:{STAMP}}-{kind}-{feed}-{edition}-{uuid4().hex[:6]}",
        decision=kind,
        feed=feed,
        edition=edition,
        sha256=tuple(sorted(sha256)),
        failed_rules=tuple(sorted(failed_rules)),
        released=tuple(sorted(released)),
        reason=reason_given(reason),
        decided_by=who(by),
        decided_at=now.replace(microsecond=0),
    )
    entry = made.model_dump_json(indent=1) + "\n"
    home.store.write_once(f"{PLACE}/{made.decision_id}.json", entry.encode())
    outdated(home)
    return made


def _later_than_all(home: Home, now: datetime) -> datetime:
    """Return `now`, or the first time after the newest decision if the clock was set back."""
    newest = max(map(_name, home.store.list_keys(PLACE, ".json")), default="")
    if newest < f"{now:{STAMP}}":
        return now
    last = datetime.strptime(newest.partition("-")[0], STAMP).replace(tzinfo=UTC)
    return last + timedelta(microseconds=1)


def decisions(
    home: Home, feed: str = "*", edition: str = "*", kinds: Iterable[Kind] = get_args(Kind)
) -> list[Decision]:
    """Return decisions, oldest first: of one feed, edition or some kinds if given.

    Raises ValueError naming a file that can't be read.
    """
    return [_read(home, key) for key in _keys(home, feed, edition, kinds)]


def newest_override(home: Home, feed: str, edition: str) -> Decision | None:
    """Return the newest accept or hold of an edition; None if there is none."""
    keys = _keys(home, feed, edition, ("accept", "hold"))
    return _read(home, keys[-1]) if keys else None


def revocation(home: Home, feed: str, edition: str) -> Decision | None:
    """Return the decision that took back the newest accept or hold of an edition; None if it was
    not taken back, or there is none."""
    keys = _keys(home, feed, edition, ("accept", "hold", "revoke"))
    newest = _read(home, keys[-1]) if keys else None
    return newest if newest and newest.decision == "revoke" else None


def withdrawn(home: Home) -> dict[FileKey, Decision]:
    """Return the withdrawn files, each with the decision that withdrew it."""
    out: dict[FileKey, Decision] = {}
    for one in decisions(home, kinds=("withdraw", "restore", "purge")):
        for sha256 in one.sha256:
            key = FileKey(one.feed, one.edition, sha256)
            if one.decision == "withdraw":
                out[key] = one
            else:
                out.pop(key, None)
    return out


def _keys(home: Home, feed: str, edition: str, kinds: Iterable[Kind]) -> list[str]:
    """Return keys of decisions, oldest first. Feed names have no hyphens."""
    wanted = set(kinds)
    pattern = f"*-*-{feed}-{edition}-*.json"
    every = read_once(home, "decisions", lambda: home.store.list_keys(PLACE, ".json"))
    found = [key for key in every if fnmatchcase(_name(key), pattern)]
    return [key for key in found if _name(key).split("-")[1] in wanted]


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _read(home: Home, key: str) -> Decision:
    try:
        return Decision.model_validate_json(home.store.read_text(key))
    except (ValidationError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{home.root / key} can't be read as a decision: restore it from backup ({error})"
        ) from error
