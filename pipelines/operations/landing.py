"""The landing folder: importing its files, and when its sensor requests that.

Does not: recognising files (`warehouse.intake`), what follows (`pipelines.operations.refresh`).
Changes are found by size and modification time: no record of ours shows when a file was copied.
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
from warehouse.base.text import plural
from warehouse.intake.files_to_import import files_under
from warehouse.intake.importer import ImportOutcome, Request, import_paths
from warehouse.store import discard

SHOWN = 3
EACH_FILE = "Importing "


class Lying(NamedTuple):
    """A file in the landing folder. `name`: its relative path; `modified`: in nanoseconds."""

    name: str
    path: Path
    bytes: int
    modified: int


def lying(home: Home) -> list[Lying]:
    """Return the files in the landing folder that an import would read, in order of path."""
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
    """Import the files in the landing folder, and remove those that were archived. Refused files
    stay, and so do those changed within the last `still_for` seconds or while they were read."""
    found = [one for one in lying(home) if time.time() - one.modified / 1e9 >= still_for]
    done = {one.path: one for one in found}
    if done:
        say(f"{plural(len(done), 'file')} in the landing folder")
    for outcome in import_paths(
        home, list(done), Request(), lambda path: say(f"{EACH_FILE}{path.name}")
    ):
        if outcome.verdict == "refused":
            done.pop(outcome.path, None)
        yield outcome
    for path, one in done.items():
        stat = _stat(path)
        if stat and (stat.st_size, stat.st_mtime_ns) == (one.bytes, one.modified):
            discard(path)


class SeenFolder(Cursor):
    """The sensor's state: the folder as seen last, since when, and for which files an import was
    requested, and when."""

    folder: str = ""
    since: float = 0
    asked: dict[str, str] = Field(default_factory=dict)
    asked_at: float = 0


class LandingDecision(NamedTuple):
    """The sensor's decision: the key of a run, or None; and why."""

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
    """Request an import if the folder has not changed for `still_for` seconds and has a file whose
    import was not requested in its present form.

    `refused`: files that the last import refused: not imported again unchanged. The rest of an
    interrupted import is retried after an hour.
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
        return LandingDecision(None, f"{_named(marks)} refused: replace or remove", seen)
    if not left and now - seen.asked_at < AGAIN_AFTER:
        why = f"{_named(marks)}: import requested; anything left is retried within the hour"
        return LandingDecision(None, why, seen)
    if now - since < still_for:
        why = f"{_named(left or marks)}: waiting for files to finish copying"
        return LandingDecision(None, why, seen)
    key = f"landing {folder} {int(now if not left else since)}"
    seen = seen.model_copy(update={"asked": marks, "asked_at": now})
    return LandingDecision(key, f"{_named(left or marks)} to be imported", seen)


def _fingerprint(marks: Mapping[str, str]) -> str:
    lines = "\n".join(f"{name} {mark}" for name, mark in marks.items())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _named(names: Collection[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(list(names)[:SHOWN]) + more
