"""Publishing: a checked mart takes the place of the last one, in one step.

Belongs here: the swap and the journal. Analysts who have the old file open keep reading it; a
crash at any point leaves either the old or the new mart, never half of one.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import duckdb
from filelock import FileLock

from warehouse.home import Home
from warehouse.mart.build import Built, mart_fingerprint

SWAP_SECONDS = 10.0
NEXT_SUFFIX = ".next"


class SwapBlocked(Exception):
    """The operating system would not let the mart be replaced while a reader has it open."""


def publish(home: Home, built: Built) -> Path:
    """Swap a built mart in and note it in the journal; returns the published path.

    Raises SwapBlocked when an open reader blocks the swap (Windows only): the built mart is then
    kept beside the published one as `access_recovery.duckdb.next` until a swap succeeds.
    """
    with FileLock(home.mart.with_name("publish.lock")):
        # A WAL beside the file would belong to something that wrote the published path directly.
        home.mart.with_name(home.mart.name + ".wal").unlink(missing_ok=True)
        _swap(built.path, home.mart)
        home.mart.with_name(home.mart.name + NEXT_SUFFIX).unlink(missing_ok=True)
        _note(home, built)
    return home.mart


def _swap(built: Path, target: Path) -> None:
    deadline = time.monotonic() + SWAP_SECONDS
    while True:
        try:
            os.replace(built, target)
            return
        except PermissionError as error:
            if time.monotonic() >= deadline:
                kept = target.with_name(target.name + NEXT_SUFFIX)
                os.replace(built, kept)
                raise SwapBlocked(
                    f"{target} is open in another program, and this system does not let it be "
                    f"replaced. The new mart is complete and kept as {kept.name}: close the "
                    "program and run `access-recovery refresh` again."
                ) from error
            time.sleep(0.25)


def _note(home: Home, built: Built) -> None:
    journal = home.archive / "publications.jsonl"
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(built.publication) + "\n")


def published_fingerprint(home: Home) -> str | None:
    """Fingerprint of the published mart, read from the mart itself; None if there is none."""
    if not home.mart.exists():
        return None
    try:
        with duckdb.connect() as db:
            attach(db, home.mart)
            rows = db.execute(
                "SELECT arg_max(fingerprint, rowid) FROM mart.governance.publication"
            ).fetchall()
    except duckdb.Error:
        return None
    return rows[0][0] if rows else None


def attach(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a mart read-only as `mart`. An in-memory connection that attaches sees the newest
    file; `duckdb.connect(path)` may hand back an older one that the process still has open."""
    quoted = path.as_posix().replace("'", "''")
    db.execute(f"ATTACH '{quoted}' AS mart (READ_ONLY)")


def is_current(home: Home) -> bool:
    """Whether the published mart rests on exactly what is held now."""
    return published_fingerprint(home) == mart_fingerprint(home)
