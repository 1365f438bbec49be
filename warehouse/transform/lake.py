"""The derived files of a source file in the lake: their keys, and whether they are still valid. Not
here: making them (`tidy`)."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl
from pydantic import BaseModel

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.contract.tidy_versions import tidy_version

POLARS_VERSION = pl.__version__


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
class LakePaths:
    """Paths of the derived files of one source file: accepted rows, quarantined rows, measures by
    reporting unit and month, organisations named, cells with known errors, `TidyFacts`."""

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


def lake_paths(home: Home, file: SourceFile) -> LakePaths:
    """Paths to read a source file's derived files from."""
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
    return home.store.exists(lake_keys(file).facts)


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
    keys = lake_keys(file)
    try:
        facts = TidyFacts.model_validate_json(home.store.read(keys.facts))
    except (FileNotFoundError, ValueError):
        return None
    made = [keys.tidy, keys.measures, keys.organisations]
    made += [keys.quarantine] if facts.quarantined else []
    made += [keys.corrected] if facts.corrected else []
    whole = facts.version == version_of(file.feed) and all(map(home.store.exists, made))
    return facts if whole else None


def read_again(home: Home, file: SourceFile) -> None:
    """Mark a file to be tidied again, although none of its inputs changed."""
    if facts := facts_of(home, file):
        # Keep the facts: without them an acceptance of the edition would lapse.
        again = facts.model_copy(update={"version": f"{facts.version} read again"})
        home.store.replace(lake_keys(file).facts, again.model_dump_json(indent=1) + "\n")
