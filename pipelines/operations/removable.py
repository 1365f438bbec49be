"""Housekeeping: what lies in the home and can go, for it is not in use or can be rebuilt.

Belongs here: finding that, and removing it. Does not: Dagster's runs
(`pipelines.operations.housekeeping`), what must be erased (`pipelines.operations.erase`). The
archive is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import PART_SUFFIX, Home
from warehouse.editions.check_history import state_path
from warehouse.publication.previous_marts import superfluous
from warehouse.transform.tidy import facts_of, lake_paths

DERIVED = ("tidy", "measures", "organisations", "corrected")


@dataclass(frozen=True)
class Waste:
    """A file that can go, and why."""

    path: Path
    why: str
    bytes: int


def find_waste(home: Home) -> list[Waste]:
    """Files that can go, by path. The caller holds the home's lock, or only looks.

    Raises ValueError for records or settings that can't be read: then nothing may go.
    """
    archive = Archive(home)
    every, active = archive.files(), archive.active_files()
    found = [
        *_derived(home, every, active),
        *_states(home, every),
        *_lineage(home),
        *((path, "an old mart, beyond those that are kept") for path in superfluous(home)),
    ]
    return [Waste(path, why, path.stat().st_size) for path, why in sorted(found)]


def remove(home: Home, waste: Iterable[Waste]) -> None:
    """Remove files, and the folders of lake and quarantine that are left empty."""
    for one in waste:
        one.path.unlink(missing_ok=True)
    for top in (home.lake, home.quarantine):
        for folder in sorted(top.rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _derived(
    home: Home, every: list[SourceFile], active: list[SourceFile]
) -> Iterator[tuple[Path, str]]:
    """Derived files of what is not archived, and of what is not in use: sample data among real
    ones, and withdrawn files that were tidied by rules of an earlier version."""
    used = set(active)
    stale = [
        file
        for file in every
        if file not in used and (file.synthetic or facts_of(home, file) is None)
    ]
    unused = {path for file in stale for path in _paths(home, file)}
    known = {path for file in every for path in _paths(home, file)}
    for folder in (*(home.lake / name for name in DERIVED), home.quarantine):
        for path in _files(folder):
            if path in unused:
                yield path, "made from a file that is not in use"
            elif path not in known:
                yield path, "made from a file that is not archived"


def _paths(home: Home, file: SourceFile) -> Iterator[Path]:
    yield from astuple(lake_paths(home, file))


def _states(home: Home, every: list[SourceFile]) -> Iterator[tuple[Path, str]]:
    known = {state_path(home, file.feed, file.edition) for file in every}
    for path in _files(home.lake / "editions"):
        if path not in known:
            yield path, "the verdict on an edition that is not archived"


def _lineage(home: Home) -> Iterator[tuple[Path, str]]:
    """Lineage read off SQL: what an earlier version of the program kept."""
    kept = sorted(_files(home.lake / "lineage"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-1]:
        yield path, "lineage of an earlier version of the mart"


def _files(folder: Path) -> list[Path]:
    """Whole files under a folder; those in the making are not ours to judge."""
    if not folder.exists():
        return []
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != PART_SUFFIX]
