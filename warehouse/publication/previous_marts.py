"""Marts that were published before: the last few, to look back at, under `mart/previous`.

Belongs here: keeping the mart that is replaced, and which old ones may stay. Does not: publishing
(`publish`).

An old mart shows what it showed. So it stays only as long as everything in it may still be seen: no
file of it was purged, withdrawn or held by hand since, and what is published of local returns is
the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from warehouse.archive.source_files import Archive
from warehouse.base.home import Home, whole_file
from warehouse.editions.status import standings
from warehouse.mart.reader import attach
from warehouse.settings import read_settings

STAMP = "%Y%m%dT%H%M%S"


def previous_marts(home: Home) -> list[Path]:
    """Marts published before, the newest first."""
    return sorted(_folder(home).glob("*.duckdb"), reverse=True)


def keep_previous(home: Home) -> None:
    """Keep the published mart, which is about to be replaced, and drop those that must not or need
    not stay. A link to the same bytes where the disk can do that."""
    with suppress(OSError):  # a full disk, or a reader on Windows: that must not stop a mart
        _keep(home)
        for path in superfluous(home):
            path.unlink(missing_ok=True)


def _keep(home: Home) -> None:
    if not read_settings(home).keep_marts or not home.mart.exists():
        return
    if (published := _published(home, home.mart)) is None:
        return
    target = _folder(home) / f"{home.mart.stem}-{published}{home.mart.suffix}"
    if target.exists():
        return
    with whole_file(target) as part:
        try:
            os.link(home.mart, part)
        except OSError:
            shutil.copyfile(home.mart, part)


def superfluous(home: Home) -> list[Path]:
    """Old marts that must not stay, and those beyond the number that is kept."""
    every = previous_marts(home)
    fit = [path for path in every if _published(home, path)]
    kept = set(fit[: read_settings(home).keep_marts])
    return [path for path in every if path not in kept]


def remove_previous(home: Home) -> None:
    """Remove all old marts. Raises PermissionError where a reader has one open (Windows only)."""
    for path in _folder(home).glob("*") if _folder(home).exists() else ():
        path.unlink(missing_ok=True)


def _folder(home: Home) -> Path:
    return home.mart.parent / "previous"


def _published(home: Home, path: Path) -> str | None:
    """When a mart was published, as part of a file name; None if it must not stay."""
    try:
        with duckdb.connect() as db:
            attach(db, path)
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
    """Whether none of the files that a mart tells of was purged since, and none whose figures it
    shows was withdrawn, or is of an edition that a person holds. `files`: feed, edition, hash,
    and whether its figures are shown."""
    archive = Archive(home)
    active = archive.active_files()
    archived = {(file.feed, file.edition, file.sha256) for file in archive.files()}
    in_use = {(file.feed, file.edition, file.sha256) for file in active}
    held = {
        (one.feed, one.edition)
        for one in standings(home, active)
        if one.verdict == "held" and not one.undecided
    }
    return all(
        (feed, edition, sha256) in (in_use if in_mart else archived)
        and not (in_mart and (feed, edition) in held)
        for feed, edition, sha256, in_mart in files
    )
