"""Find and remove files that are not in use or can be rebuilt. The archive is never changed.

Does not: Dagster's runs (`housekeeping`), files that must be erased (`purge_files`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import groupby

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.editions.check_history import state_key
from warehouse.lineage.edge_table import kept_lineage
from warehouse.publication.kept_sample import kept_sample
from warehouse.publication.previous_marts import superfluous
from warehouse.publication.publish import is_loose, published_fingerprint
from warehouse.publication.remembered import key_of, remembered_keys
from warehouse.transform.lake import facts_of, lake_keys, pack_keys, packed_facts

DERIVED = ("tidy", "measures", "organisations", "corrected")


@dataclass(frozen=True)
class Waste:
    """A file that is no longer needed, and why."""

    key: str
    why: str
    bytes: int


def find_waste(home: Home) -> list[Waste]:
    """Return files that are no longer needed, by path. To remove them, hold the home's lock.

    Raises ValueError for records or settings that can't be read.
    """
    archive = Archive(home)
    every, active = archive.files(), archive.active_files()
    found = [
        *_derived(home, every, active),
        *_states(home, every),
        *_lineage(home),
        *((key, "what earlier marts were made from") for key in _outlived(home)),
        *((key, "old marts, beyond those that are kept") for key in superfluous(home)),
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
    """Yield files derived from sources that are not archived, or not in use: sample data beside
    real data, and withdrawn files that an earlier version tidied."""
    used = {*active, *kept_sample(home)}
    stale = {
        file
        for file in every
        if file not in used and (file.synthetic or facts_of(home, file) is None)
    }
    unused = {key for file in stale for key in astuple(lake_keys(file))}
    known = {key for file in every for key in astuple(lake_keys(file))}
    for edition, own in groupby(sorted(every, key=EditionKey.of), key=EditionKey.of):
        keys, packed = astuple(pack_keys(*edition)), packed_facts(home, *edition)
        known.update(keys)
        if all(file in stale or file.sha256 not in packed for file in own):
            unused.update(keys)
    for prefix in (*(f"lake/{name}" for name in DERIVED), "quarantine"):
        for key in home.store.list_keys(prefix):
            if key in unused:
                yield key, "made from files that are not in use"
            elif key not in known:
                yield key, "made from files that are not archived"


def _states(home: Home, every: list[SourceFile]) -> Iterator[tuple[str, str]]:
    known = {state_key(file.feed, file.edition) for file in every}
    for key in home.store.list_keys("lake/editions"):
        if key not in known:
            yield key, "status of editions that are not archived"


def _lineage(home: Home) -> Iterator[tuple[str, str]]:
    for key in kept_lineage(home)[:-1]:
        yield key, "lineage of an earlier version of the mart"


def _outlived(home: Home) -> Iterator[str]:
    """Yield what was remembered of marts other than the published one; also of that one, if much of
    its file is blocks of replaced rows: the next mart is then made whole."""
    published = published_fingerprint(home)
    for key in remembered_keys(home):
        if published is None or key != key_of(published) or is_loose(home):
            yield key
