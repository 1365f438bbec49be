"""The file of lineage events in the home: where it lies, and what a purge takes out of it.

Belongs here: the file. Does not: writing events to it (`emit`). Nothing reads it but a purge, so it
may be moved or deleted at any time; the next event begins a new one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from os import SEEK_END
from pathlib import Path

from filelock import FileLock

from warehouse.base.home import Home, sweep_parts, whole_file

SUFFIX = ".jsonl"


def events_file(home: Home) -> Path:
    """Where events are kept, one JSON object per line."""
    return home.root / "lineage" / f"openlineage{SUFFIX}"


def events_lock(home: Home) -> FileLock:
    """Held by whoever adds to the file of events, or takes from it."""
    events_file(home).parent.mkdir(parents=True, exist_ok=True)
    return FileLock(events_file(home).with_suffix(".lock"))


def end_line(home: Home) -> None:
    """End a line that a killed process left unfinished, or the next event would be lost with it."""
    path = events_file(home)
    if path.exists() and path.stat().st_size:
        with path.open("rb+") as lines:
            lines.seek(-1, SEEK_END)
            if lines.read(1) != b"\n":
                lines.write(b"\n")


def forget_files(home: Home, sha256: Collection[str]) -> None:
    """Take out every event that names one of these files, also of files that were set aside in the
    folder. No event quotes cells, so no other can tell of them; a line that was cut short might,
    and goes too. May be repeated."""
    folder = events_file(home).parent
    if not folder.exists():
        return
    with events_lock(home):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            with whole_file(path) as part, path.open("rb") as lines, part.open("wb") as kept:
                kept.writelines(line for line in lines if _stays(line, sha256))
        sweep_parts(folder)


def _stays(line: bytes, sha256: Collection[str]) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return not any(one.encode() in line for one in sha256)
