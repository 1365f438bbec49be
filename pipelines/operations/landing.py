"""The landing folder: its files, whether they have stopped growing, and importing them.

Belongs here: these, and what the sensor on the folder decides. Does not: recognising files
(`warehouse.intake`), what follows an import (`pipelines.operations.refresh`).

Other programs fill this folder, and no record of ours shows when. Only its modification time shows
that a file was replaced by one of the same size, so both are compared.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from pipelines.operations.cursor import AGAIN_AFTER, Cursor
from warehouse.base.home import Home
from warehouse.intake.files_to_import import files_under
from warehouse.intake.importer import ImportOutcome, Request, import_paths
from warehouse.store import discard

SHOWN = 3


class Lying(NamedTuple):
    """A file in the landing folder. `name`: its path there; `modified`: in nanoseconds."""

    name: str
    path: Path
    bytes: int
    modified: int


def lying(home: Home) -> list[Lying]:
    """Return the files in the landing folder that an import would read, in a stable order."""
    if not home.landing.exists():
        return []
    found = ((path, _stat(path)) for path in files_under([home.landing]))
    return [
        Lying(path.relative_to(home.landing).as_posix(), path, stat.st_size, stat.st_mtime_ns)
        for path, stat in found
        if stat
    ]


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:  # removed in the meantime
        return None


def take_landing(
    home: Home, say: Callable[[str], None], still_for: float = 0
) -> Iterable[ImportOutcome]:
    """Import the files in the landing folder. Archived files leave it; refused ones stay, and so do
    those written to within the last `still_for` seconds or while they were read."""
    found = [one for one in lying(home) if time.time() - one.modified / 1e9 >= still_for]
    done = {one.path: one for one in found}

    def announce(path: Path) -> None:
        say(f"Importing {path.name}")

    for outcome in import_paths(home, list(done), Request(), announce):
        if outcome.verdict == "refused":
            done.pop(outcome.path, None)
        yield outcome
    for path, one in done.items():
        stat = _stat(path)
        if stat and (stat.st_size, stat.st_mtime_ns) == (one.bytes, one.modified):
            discard(path)


class SeenFolder(Cursor):
    """The sensor's memory: the folder as it last saw it, since when, and for which files it has
    requested the import, and when."""

    folder: str = ""
    since: float = 0
    asked: dict[str, str] = Field(default_factory=dict)
    asked_at: float = 0


class LandingDecision(NamedTuple):
    """The sensor's decision: the key of a run, None if there is none; and why."""

    run_key: str | None
    why: str
    seen: SeenFolder


def look_at(
    found: Collection[Lying],
    seen: SeenFolder,
    refused: Collection[str],
    still_for: float,
    now: float,
) -> LandingDecision:
    """Decide whether to import the folder: it has not changed for at least `still_for` seconds, and
    has something that was not imported in its present form.

    `refused`: the files that the last import refused. They stay, and are not imported again
    unchanged; the rest of an interrupted import is retried after an hour.
    """
    marks = {one.name: f"{one.bytes} {one.modified}" for one in found}
    folder = _fingerprint(marks)
    since = seen.since if folder == seen.folder else now
    asked = {name: mark for name, mark in seen.asked.items() if marks.get(name) == mark}
    seen = SeenFolder(folder=folder, since=since, asked=asked, asked_at=seen.asked_at)
    left = [name for name in marks if name not in asked]
    if not marks:
        return LandingDecision(None, "The landing folder is empty", seen)
    if not left and asked.keys() <= set(refused):
        return LandingDecision(
            None, f"{_named(marks)} refused: change or remove what stays there", seen
        )
    if not left and now - seen.asked_at < AGAIN_AFTER:
        why = f"{_named(marks)}: being imported; the rest is retried within the hour"
        return LandingDecision(None, why, seen)
    if now - since < still_for:
        return LandingDecision(
            None, f"{_named(left or marks)}: waiting for files to finish copying", seen
        )
    key = f"landing {folder} {int(now if not left else since)}"
    seen = seen.model_copy(update={"asked": marks, "asked_at": now})
    return LandingDecision(key, f"{_named(left or marks)} to be imported", seen)


def _fingerprint(marks: Mapping[str, str]) -> str:
    """Return a fingerprint of names, sizes and times: equal until the folder changes."""
    lines = "\n".join(f"{name} {mark}" for name, mark in marks.items())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _named(names: Collection[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(list(names)[:SHOWN]) + more
