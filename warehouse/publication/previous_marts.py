"""Previously published marts: the last few are kept under `mart/previous`.

Belongs here: keeping the mart that is replaced, and which old ones may stay. Does not: publishing
(`publish`).

An old mart may stay only while no file of it is purged, withdrawn or held by decision, and the
disclosure control of local returns is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import duckdb

from warehouse.archive.source_files import Archive
from warehouse.base.home import MART, Home
from warehouse.base.keys import EditionKey, FileKey
from warehouse.base.sql import open_mart
from warehouse.editions.status import all_statuses
from warehouse.publication.kept_sample import kept_sample
from warehouse.settings import read_settings

PLACE = "mart/previous"
STAMP = "%Y%m%dT%H%M%S"


def previous_marts(home: Home) -> list[str]:
    """Return the keys of previously published marts, newest first."""
    return home.store.list_keys(PLACE, ".duckdb")[::-1]


def keep_previous(home: Home) -> None:
    """Keep the published mart, which is about to be replaced, and remove superfluous ones. Uses a
    hard link where the disk supports it."""
    with suppress(OSError):  # a full disk, or a reader on Windows, must not stop publication
        _keep(home)
        for key in superfluous(home):
            home.store.delete(key)


def _keep(home: Home) -> None:
    if not read_settings(home).keep_marts or not home.has_mart:
        return
    if (published := _published(home, MART)) is None:
        return
    target = f"{PLACE}/{home.mart.stem}-{published}.duckdb"
    if not home.store.exists(target):
        home.store.copy(MART, target)


def superfluous(home: Home) -> list[str]:
    """Return the keys of old marts that must not stay, or exceed the number to keep."""
    every = previous_marts(home)
    fit = [key for key in every if _published(home, key)]
    kept = set(fit[: read_settings(home).keep_marts])
    return [key for key in every if key not in kept]


def remove_previous(home: Home) -> None:
    """Remove all old marts. Raises PermissionError where a reader has one open (Windows only)."""
    for key in home.store.list_keys(PLACE):
        home.store.delete(key)
    home.store.sweep(PLACE)


def _published(home: Home, key: str) -> str | None:
    """Return when a mart was published, as part of a file name; None if it must not stay."""
    try:
        with open_mart(home.store.local_copy(key)) as db:
            files = db.execute(
                "SELECT feed, edition, sha256, in_mart FROM mart.governance.source_file"
            ).fetchall()
            row = db.execute(
                """SELECT published_at, disclosure FROM mart.governance.publication
                   ORDER BY published_at DESC, rowid DESC LIMIT 1"""
            ).fetchone()
    except duckdb.Error:
        return None
    if row is None or row[1] != read_settings(home).disclosure.words:
        return None
    return f"{row[0]:{STAMP}}" if may_all_be_seen(home, files) else None


def may_all_be_seen(home: Home, files: Iterable[tuple[str, str, str, bool]]) -> bool:
    """Whether no file listed in a mart was purged, and none whose figures it shows was withdrawn or
    belongs to an edition held by decision. `files`: feed, edition, hash, and whether its figures
    are shown."""
    archive = Archive(home)
    active = archive.active_files()
    archived = {FileKey.of(file) for file in archive.files()}
    in_use = {FileKey.of(file) for file in (*active, *kept_sample(home))}
    held = {
        EditionKey.of(one)
        for one in all_statuses(home, active)
        if one.verdict == "held" and not one.undecided
    }
    return all(
        (feed, edition, sha256) in (in_use if in_mart else archived)
        and not (in_mart and (feed, edition) in held)
        for feed, edition, sha256, in_mart in files
    )
