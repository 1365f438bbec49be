"""The derived files of a source file in the lake: their keys, and whether they are still valid. Not
here: making them (`tidy`), reading their rows (`derived`).

An edition of many source files has one file of each kind for all of them (`packed`), until a source
file is tidied again: its own files then count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

import polars as pl
from pydantic import BaseModel, TypeAdapter

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.contract.tidy_versions import tidy_version

POLARS_VERSION = pl.__version__
Kind = Literal["tidy", "measures", "organisations"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Broken(BaseModel):
    """Number of rows of a file that broke one row rule in one column."""

    rule: str
    column: str
    rows: int


class TidyFacts(BaseModel):
    """The facts of tidying one file; those of the current version show that it is done.

    `rows`, `quarantined`: this feed's accepted and quarantined rows. `read`: published rows read,
    which differ from their sum if the file is wider, or has a column per label. `corrected`: id of
    each correction that concerns the edition -> rows in which it matched its error.
    """

    version: str
    rows: int
    quarantined: int
    read: int
    broken: list[Broken]
    extra_headings: list[str]
    cells: int
    unreliable_cells: int
    corrected: dict[str, int] = {}


@dataclass(frozen=True)
class LakeKeys:
    """Keys of the derived files of one source file."""

    tidy: str
    quarantine: str
    measures: str
    organisations: str
    corrected: str
    facts: str


@dataclass(frozen=True)
class PackKeys:
    """Keys of the files of an edition that have the derived rows of all its source files, each row
    with their `sha256`, and the facts of each by it."""

    tidy: str
    measures: str
    organisations: str
    facts: str


_FACTS = TypeAdapter(dict[str, TidyFacts])


@dataclass(frozen=True)
class LakePaths:
    """Paths of the derived files of one source file, where they are its own: accepted rows,
    quarantined rows, measures by reporting unit and month, organisations named, cells with known
    errors, `TidyFacts`."""

    tidy: Path
    quarantine: Path
    measures: Path
    organisations: Path
    corrected: Path
    facts: Path


def lake_keys(file: SourceFile) -> LakeKeys:
    """Keys of a source file's derived files, by feed, edition and hash."""
    name = f"{file.feed}/{file.edition}/{file.short}"
    return LakeKeys(
        tidy=f"lake/tidy/{name}.parquet",
        quarantine=f"quarantine/{name}.parquet",
        measures=f"lake/measures/{name}.parquet",
        organisations=f"lake/organisations/{name}.parquet",
        corrected=f"lake/corrected/{name}.parquet",
        facts=f"lake/tidy/{name}.json",
    )


def pack_keys(feed: str, edition: str) -> PackKeys:
    """Keys of an edition's files for all its source files."""
    folders = {kind: f"lake/{kind}/{feed}/{edition}/parts" for kind in KINDS}
    rows = {kind: f"{folder}.parquet" for kind, folder in folders.items()}
    return PackKeys(**rows, facts=f"{folders['tidy']}.json")


def packed_facts(home: Home, feed: str, edition: str) -> Mapping[str, TidyFacts]:
    """The facts of the source files whose derived rows are in the edition's files, by hash."""
    try:
        return _parsed(home.store.read(pack_keys(feed, edition).facts))
    except (FileNotFoundError, ValueError):
        return {}


@lru_cache(maxsize=64)  # asked for by each of an edition's files
def _parsed(content: bytes) -> dict[str, TidyFacts]:
    return _FACTS.validate_json(content)


def note_packed(home: Home, feed: str, edition: str, facts: Mapping[str, TidyFacts]) -> None:
    """Note the facts of source files whose derived rows are in the edition's files."""
    home.store.replace(pack_keys(feed, edition).facts, _FACTS.dump_json(dict(facts), indent=1))


def key_of_rows(home: Home, kind: Kind, file: SourceFile) -> tuple[str, bool]:
    """The key of the file with one kind of a source file's derived rows, and whether it is the
    edition's: if the source file has no facts of its own."""
    own, shared = lake_keys(file), pack_keys(file.feed, file.edition)
    is_shared = not home.store.exists(own.facts) and home.store.exists(shared.facts)
    return getattr(shared if is_shared else own, kind), is_shared


def lake_paths(home: Home, file: SourceFile) -> LakePaths:
    """Paths of a source file's own derived files; to read rows, wherever they are: `derived`."""
    return LakePaths(*map(home.store.local_copy, astuple(lake_keys(file))))


def quarantine_of(
    home: Home, file: SourceFile, columns: list[str] | None = None
) -> pl.DataFrame | None:
    """A file's quarantined rows, or some columns of them; None if it has none."""
    key = lake_keys(file).quarantine
    if not home.store.exists(key):
        return None
    return pl.read_parquet(home.store.local_copy(key), columns=columns)


def is_tidied(home: Home, file: SourceFile) -> bool:
    """Whether a file was ever tidied, by any version."""
    if home.store.exists(lake_keys(file).facts):
        return True
    return file.sha256 in packed_facts(home, file.feed, file.edition)


def version_of(feed: str) -> str:
    """The version of a feed's tidy tables: `tidy_version`, and the libraries that read workbooks
    and hash cells."""
    return f"{tidy_version(feed)}-calamine{_calamine_version()}-polars{POLARS_VERSION}"


@cache
def _calamine_version() -> str:
    return version("python-calamine")


def facts_of(home: Home, file: SourceFile) -> TidyFacts | None:
    """The facts of a tidied file; None if it must be tidied (again): its version changed, or a
    derived file is missing."""
    keys, shared = lake_keys(file), pack_keys(file.feed, file.edition)
    made: list[str] = [getattr(keys, kind) for kind in KINDS]
    facts: TidyFacts | None
    try:
        facts = TidyFacts.model_validate_json(home.store.read(keys.facts))
    except FileNotFoundError:
        facts = packed_facts(home, file.feed, file.edition).get(file.sha256)
        made = [getattr(shared, kind) for kind in KINDS]
    except ValueError:
        return None
    if facts is None:
        return None
    made += [keys.quarantine] if facts.quarantined else []
    made += [keys.corrected] if facts.corrected else []
    whole = facts.version == version_of(file.feed) and all(map(home.store.exists, made))
    return facts if whole else None


def read_again(home: Home, file: SourceFile) -> None:
    """Mark a file to be tidied again, although none of its inputs changed."""
    if facts := facts_of(home, file):
        # Keep the facts: without them an acceptance of the edition would lapse.
        again = facts.model_copy(update={"version": f"{facts.version} read again"})
        if home.store.exists(lake_keys(file).facts):
            home.store.replace(lake_keys(file).facts, again.model_dump_json(indent=1) + "\n")
            return
        others = packed_facts(home, file.feed, file.edition)
        note_packed(home, file.feed, file.edition, {**others, file.sha256: again})
