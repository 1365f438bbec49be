"""Which files of an edition are parts, which are revisions, and which are in use.

Belongs here: distinguishing parts from revisions by the organisation-months (cells) that they
cover, whatever the order of import. Does not: verdicts (`warehouse.editions.check_history`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import polars as pl

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.contract.model import contracts
from warehouse.transform.derived import read_derived
from warehouse.transform.lake import is_tidied


@dataclass(frozen=True)
class EditionFile:
    """A source file's place within its edition. `revision` is 1 unless it restates other files."""

    file: SourceFile
    revision: int
    position: int

    @property
    def vintage(self) -> int:
        """One sortable number for (edition, revision)."""
        return vintage_of(self.file.edition, self.revision)


def in_order(files: Iterable[SourceFile]) -> list[SourceFile]:
    """Return files of an edition in order of issue: each may replace cells of those before it."""
    return sorted(files, key=lambda file: file.order)


def latest_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the row to use for each organisation-month: that of the last file that lost no row, or
    else of the last file. `cells`: measures of files in order, with `org_code, month,
    unreliable`."""
    sound_last = cells.sort(~pl.col("unreliable"), maintain_order=True)
    return sound_last.unique(["org_code", "month"], keep="last", maintain_order=True)


def vintage_of(edition: str, revision: int) -> int:
    """`2025-11`, 2 -> 202511002."""
    return int(edition.replace("-", "")) * 1000 + revision


Cells = dict[tuple[str, object], int]


def cells_of(home: Home, file: SourceFile) -> Cells:
    """Return the content digest of each (organisation, month) that a file covers."""
    frame = read_derived(home, "measures", [file], ["org_code", "month", "digest"])
    return {(code, month): digest for code, month, digest in frame.iter_rows()}


def number_revisions(files: Iterable[tuple[SourceFile, Cells]]) -> list[EditionFile]:
    """Distinguish parts from revisions among the files of one edition.

    Files without common cells are parts. A file whose cells differ from an earlier file's is its
    next revision. Earlier means published, then retrieved earlier (`SourceFile.order`).
    """
    latest: dict[tuple[str, object], tuple[int, int]] = {}
    numbered = []
    ordered = sorted(files, key=lambda pair: pair[0].order)
    for position, (file, cells) in enumerate(ordered):
        overlap = [(latest[cell], digest) for cell, digest in cells.items() if cell in latest]
        revision = max((before for (before, _), _ in overlap), default=1)
        if any(held != digest for (_, held), digest in overlap):
            revision += 1
        latest.update({cell: (revision, digest) for cell, digest in cells.items()})
        numbered.append(EditionFile(file, revision, position))
    return numbered


def in_force(home: Home, files: list[SourceFile], local_return: bool) -> list[SourceFile]:
    """Return the files that an edition still uses, in order: those of which later ones have not
    replaced every cell. A file without any valid cell is replaced by the next one in a local
    return; in a publication it is kept, because it may be a part."""
    if len(files) == 1:
        return files
    later: set[tuple[str, date]] = set()
    kept = []
    for file in reversed(in_order(files)):
        cells = read_derived(home, "measures", [file], ["org_code", "month", "unreliable"])
        named = set(cells.select("org_code", "month").iter_rows())
        if named - later or not later or not (named or local_return):
            kept.append(file)
        later |= set(cells.filter(~pl.col("unreliable")).select("org_code", "month").iter_rows())
    return kept[::-1]


def not_replaced(home: Home, files: Iterable[SourceFile]) -> list[SourceFile]:
    """Return those files, of any feeds and editions, that later ones of their edition have not
    replaced (`in_force`), and those that can't be read."""
    found = []
    for key, group in groupby(sorted(files, key=EditionKey.of), key=EditionKey.of):
        own = list(group)
        read = [file for file in own if is_tidied(home, file)]
        used = in_force(home, read, contracts()[key.feed].local_return) if read else []
        found += [file for file in own if file in used or file not in read]
    return found


def rows_in_force(home: Home, files: list[SourceFile]) -> int:
    """Return how many rows the figures of these files use (`latest_cells`)."""
    if not files:
        return 0
    columns = ["org_code", "month", "unreliable", "rows"]
    cells = read_derived(home, "measures", in_order(files), columns)
    return int(latest_cells(cells)["rows"].sum())


def _are_parts(home: Home, files: list[SourceFile]) -> bool:
    """Whether no two files of an edition cover the same cell, as those of most editions."""
    cells = read_derived(home, "measures", files, ["org_code", "month"])
    return not cells.is_duplicated().any()


def place_files(home: Home, files: list[SourceFile]) -> list[EditionFile]:
    """Number the revisions of many files, edition by edition."""
    placed: list[EditionFile] = []
    for _, group in groupby(sorted(files, key=EditionKey.of), key=EditionKey.of):
        members = list(group)
        if len(members) == 1 or _are_parts(home, members):
            placed += [EditionFile(file, 1, n) for n, file in enumerate(in_order(members))]
        else:
            placed += number_revisions((file, cells_of(home, file)) for file in members)
    return placed
