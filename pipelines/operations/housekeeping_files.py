"""Housekeeping: what lies in the home and can go, for it is not in use or can be rebuilt.

Belongs here: finding that, and removing it. Does not: Dagster's runs
(`pipelines.operations.housekeeping`), what must be erased (`pipelines.operations.purge_files`). The
archive is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.editions.check_history import state_key
from warehouse.lineage.edge_table import kept_lineage
from warehouse.publication.previous_marts import superfluous
from warehouse.transform.lake import facts_of, lake_keys

DERIVED = ("tidy", "measures", "organisations", "corrected")


@dataclass(frozen=True)
class Waste:
    """An object that can go, and why."""

    key: str
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
        *((key, "an old mart, beyond those that are kept") for key in superfluous(home)),
    ]
    return [Waste(key, why, home.store.size(key)) for key, why in sorted(found)]


def remove(home: Home, waste: Iterable[Waste]) -> None:
    """Remove files, and the folders of lake and quarantine that are left empty."""
    for one in waste:
        home.store.delete(one.key)
    for prefix in ("lake", "quarantine"):
        home.store.prune(prefix)


def _derived(
    home: Home, every: list[SourceFile], active: list[SourceFile]
) -> Iterator[tuple[str, str]]:
    """Derived files of what is not archived, and of what is not in use: sample data among real
    ones, and withdrawn files that were tidied by rules of an earlier version."""
    used = set(active)
    stale = [
        file
        for file in every
        if file not in used and (file.synthetic or facts_of(home, file) is None)
    ]
    unused = {key for file in stale for key in astuple(lake_keys(file))}
    known = {key for file in every for key in astuple(lake_keys(file))}
    for prefix in (*(f"lake/{name}" for name in DERIVED), "quarantine"):
        for key in home.store.list_keys(prefix):
            if key in unused:
                yield key, "made from a file that is not in use"
            elif key not in known:
                yield key, "made from a file that is not archived"


def _states(home: Home, every: list[SourceFile]) -> Iterator[tuple[str, str]]:
    known = {state_key(file.feed, file.edition) for file in every}
    for key in home.store.list_keys("lake/editions"):
        if key not in known:
            yield key, "the verdict on an edition that is not archived"


def _lineage(home: Home) -> Iterator[tuple[str, str]]:
    """Lineage read off SQL: what an earlier version of the program kept."""
    for key in kept_lineage(home)[:-1]:
        yield key, "lineage of an earlier version of the mart"
