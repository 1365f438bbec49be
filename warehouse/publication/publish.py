"""Replace the published mart by a checked one, in one step.

Belongs here: the swap and the journal. Readers with the old file open keep reading it; after a
crash either the old or the new mart is published, never part of one.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import duckdb

from warehouse.base.home import MART, PAGES, Home
from warehouse.base.sql import open_mart
from warehouse.mart.governance import publications
from warehouse.publication.build import Built, mart_fingerprint
from warehouse.publication.previous_marts import keep_previous, may_all_be_seen, remove_previous
from warehouse.publication.remembered import forget

SWAP_SECONDS = 10.0
LOOSE = 0.3  # share of free blocks from which a mart is worth making whole
NEXT, LOG = f"{MART}.next", f"{MART}.wal"


class SwapBlocked(Exception):
    """The operating system does not allow the mart to be replaced while a reader has it open."""


def publish(home: Home, built: Built) -> Path:
    """Publish a built mart and record it in the journal; returns the published path.

    Raises SwapBlocked if a reader has the old one open (Windows only): the built mart is then kept
    beside it as `access_recovery.duckdb.next` until a swap succeeds.
    """
    store = home.store
    with store.lock("mart/publish.lock"):
        keep_previous(home)
        # A WAL is there only if something wrote to the published file directly.
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
                    f"{home.mart} is open in another program, and this system can't replace it. "
                    f"The new mart is complete and kept as {home.mart.name}.next: close the "
                    "program and run `access-recovery refresh` again."
                ) from error
            time.sleep(0.25)


def published_fingerprint(home: Home) -> str | None:
    """Return the published mart's fingerprint; None if there is no readable mart."""
    return _newest_publication(home, "fingerprint")


def published_by(home: Home) -> str | None:
    """Return the run that built the published mart; None if there is no readable mart."""
    return _newest_publication(home, "run_id")


def _newest_publication(home: Home, column: str) -> str | None:
    """Return a column of the published mart's newest row in `governance.publication`."""
    if not home.has_mart:
        return None
    newest = f"SELECT arg_max({column}, rowid) FROM mart.governance.publication"
    rows = _query(home.mart, newest)
    return rows[0][0] if rows else None


def _query(mart: Path, sql: str) -> list[tuple[Any, ...]] | None:
    """Return the rows of a query on a mart; None if it can't be read."""
    try:
        with open_mart(mart) as db:
            return db.execute(sql).fetchall()
    except duckdb.Error:
        return None


def shows_withdrawn_files(home: Home, mart: Path | None = None) -> bool:
    """Whether a mart (by default the published one) shows a file that was withdrawn or purged, or
    whose edition is held by decision, and so must not stay."""
    shown = "SELECT feed, edition, sha256, true FROM mart.governance.source_file WHERE in_mart"
    return not may_all_be_seen(home, _query(mart or home.mart, shown) or [])


def shows_any(home: Home, sha256: set[str]) -> bool:
    """Whether the published mart lists one of these files, even if only for quarantined rows; true
    if it can't be read."""
    if not home.has_mart:
        return False
    rows = _query(home.mart, "SELECT sha256 FROM mart.governance.source_file")
    return rows is None or any(one in sha256 for (one,) in rows)


def is_loose(home: Home) -> bool:
    """Whether much of the published file is free blocks, which patches leave."""
    loose = f"free_blocks > {LOOSE} * total_blocks"
    sql = f"SELECT {loose} FROM pragma_database_size() WHERE database_name = 'mart'"
    return bool((_query(home.mart, sql) or [(False,)])[0][0])


def take_down(home: Home) -> bool:
    """Remove the published, next and previous marts, and the pages; False if none was published.

    Raises SwapBlocked if a reader has one open (Windows only).
    """
    found = home.has_mart
    for pages in PAGES:
        home.store.delete_all(pages)
    forget(home)
    try:
        remove_previous(home)
        for key in (NEXT, LOG, MART):
            home.store.delete(key)
    except PermissionError as error:
        raise SwapBlocked(
            f"{home.mart} must be removed, but is open in another program: close the program and "
            "run the same command again."
        ) from error
    return found


def is_current(home: Home) -> bool:
    """Whether the published mart was built from the current inputs."""
    return published_fingerprint(home) == mart_fingerprint(home)
