"""Publish: replace the published mart by a checked one, in one step.

Belongs here: the swap and the journal. Analysts who have the old file open keep reading it; a
crash at any point leaves either the old or the new mart, never part of one.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import duckdb

from warehouse.base.home import MART, Home
from warehouse.base.sql import open_mart
from warehouse.mart.governance import publications
from warehouse.publication.build import Built, mart_fingerprint
from warehouse.publication.previous_marts import keep_previous, may_all_be_seen, remove_previous

SWAP_SECONDS = 10.0
NEXT, LOG = f"{MART}.next", f"{MART}.wal"


class SwapBlocked(Exception):
    """The operating system did not allow the mart to be replaced while a reader has it open."""


def publish(home: Home, built: Built) -> Path:
    """Swap a built mart in and record it in the journal; returns the published path.

    Raises SwapBlocked when an open reader blocks the swap (Windows only): the built mart is then
    kept beside the published one as `access_recovery.duckdb.next` until a swap succeeds.
    """
    store = home.store
    with store.lock("mart/publish.lock"):
        keep_previous(home)
        # A WAL beside the file would belong to something that wrote to the published path directly.
        store.delete(LOG)
        _swap(home, built.path)
        store.delete(NEXT)
        publications(home).add(json.dumps(built.publication))
    return home.mart


def _swap(home: Home, built: Path) -> None:
    deadline = time.monotonic() + SWAP_SECONDS
    while True:
        try:
            home.store.put(MART, built)
            return
        except PermissionError as error:
            if time.monotonic() >= deadline:
                home.store.put(NEXT, built)
                raise SwapBlocked(
                    f"{home.mart} is open in another program, and this system does not let it be "
                    f"replaced. The new mart is complete and kept as {home.mart.name}.next: close "
                    "the program and run `access-recovery refresh` again."
                ) from error
            time.sleep(0.25)


def published_fingerprint(home: Home) -> str | None:
    """Return the published mart's fingerprint, read from the mart itself; None if there is none."""
    return _newest_publication(home, "fingerprint")


def published_by(home: Home) -> str | None:
    """Return the run that built the published mart; None if there is no readable mart."""
    return _newest_publication(home, "run_id")


def _newest_publication(home: Home, column: str) -> str | None:
    """Return a column of the published mart's own record of its publication."""
    if not home.has_mart:
        return None
    try:
        with open_mart(home.mart) as db:
            rows = db.execute(
                f"SELECT arg_max({column}, rowid) FROM mart.governance.publication"
            ).fetchall()
    except duckdb.Error:
        return None
    return rows[0][0] if rows else None


def shows_withdrawn_files(home: Home, mart: Path | None = None) -> bool:
    """Whether a mart (by default the published one) shows a file that was withdrawn, purged, or
    whose edition is held by decision; it must then not stay as the last good mart."""
    try:
        with open_mart(mart or home.mart) as db:
            rows = db.execute(
                "SELECT feed, edition, sha256, true FROM mart.governance.source_file WHERE in_mart"
            ).fetchall()
    except duckdb.Error:
        return False
    return not may_all_be_seen(home, rows)


def shows_any(home: Home, sha256: set[str]) -> bool:
    """Whether the published mart lists one of these files, even only for quarantined rows. An
    unreadable mart counts as listing them."""
    if not home.has_mart:
        return False
    try:
        with open_mart(home.mart) as db:
            rows = db.execute("SELECT sha256 FROM mart.governance.source_file").fetchall()
    except duckdb.Error:
        return True
    return any(one in sha256 for (one,) in rows)


def take_down(home: Home) -> bool:
    """Remove the published mart, one that is to replace it, previous ones, and the pages made from
    it; False if there was none.

    Raises SwapBlocked when an open reader blocks it (Windows only).
    """
    found = home.has_mart
    home.store.delete_all("docs")
    try:
        remove_previous(home)
        for key in (NEXT, LOG, MART):
            home.store.delete(key)
    except PermissionError as error:
        raise SwapBlocked(
            f"{home.mart} must be removed, and is open in another program: close that, and run "
            "the same command again."
        ) from error
    return found


def is_current(home: Home) -> bool:
    """Whether the published mart was built from exactly the current inputs."""
    return published_fingerprint(home) == mart_fingerprint(home)
