"""Read the derived rows of source files in the lake, wherever they are: in files of their own, or
in those of their edition (`packed`). Not here: their keys, and whether they are still valid
(`lake`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.transform.lake import Kind, key_of_rows, packed_facts

SHA256 = "sha256"  # the column of an edition's files that tells whose a row is
ROWS_OF = "rows_of"


def where(home: Home, kind: Kind, file: SourceFile) -> tuple[Path, str]:
    """The path of the file with one kind of a source file's derived rows, and a name for these
    rows: the path, if they are alone there, else with `#` and the hash of the source file."""
    key, is_shared = key_of_rows(home, kind, file)
    path = home.store.local_copy(key)
    return path, f"{path.as_posix()}#{file.sha256}" if is_shared else path.as_posix()


def has_rows(home: Home, kind: Kind, file: SourceFile) -> bool:
    """Whether the lake has a source file's derived rows of one kind."""
    key, is_shared = key_of_rows(home, kind, file)
    known = not is_shared or file.sha256 in packed_facts(home, file.feed, file.edition)
    return known and home.store.exists(key)


def scan_one(home: Home, kind: Kind, file: SourceFile) -> pl.LazyFrame:
    """Scan one kind of a source file's derived rows."""
    key, is_shared = key_of_rows(home, kind, file)
    rows = pl.scan_parquet(home.store.local_copy(key))
    return rows.filter(pl.col(SHA256) == file.sha256).drop(SHA256) if is_shared else rows


def scan_derived(home: Home, kind: Kind, files: Sequence[SourceFile]) -> pl.LazyFrame:
    """Scan one kind of the derived rows of source files of a feed, at least one, each row with the
    name of its file's rows (`rows_of`, as `where` gives it). One scan: opening each file alone
    takes four times as long."""
    return _scan([where(home, kind, file) for file in files])


def _scan(places: Sequence[tuple[Path, str]]) -> pl.LazyFrame:
    """The rows at these places, as `where` gives them."""
    alone = dict.fromkeys(path for path, name in places if name == path.as_posix())
    shared = dict.fromkeys(path for path, name in places if name != path.as_posix())
    frames = []
    if alone:
        frames.append(pl.scan_parquet(list(alone), include_file_paths=ROWS_OF))
    if shared:
        rows = pl.scan_parquet(list(shared), include_file_paths=ROWS_OF)
        whose = pl.concat_str(ROWS_OF, SHA256, separator="#").alias(ROWS_OF)
        wanted = pl.col(ROWS_OF).is_in(pl.Series([name for _, name in places]).implode())
        frames.append(rows.with_columns(whose).drop(SHA256).filter(wanted))
    return pl.concat(frames)


def read_derived(
    home: Home, kind: Kind, files: Sequence[SourceFile], columns: list[str] | None = None
) -> pl.DataFrame:
    """Read one kind of the derived rows of source files of a feed, at least one, or some columns of
    them, in the order of the files."""
    places = [where(home, kind, file) for file in files]
    rows = _scan(places)
    if columns is not None:
        rows = rows.select(*columns, ROWS_OF)
    order = {name: number for number, (_, name) in enumerate(places)}
    position = pl.col(ROWS_OF).replace_strict(order, return_dtype=pl.UInt32)
    return rows.collect().sort(position, maintain_order=True).drop(ROWS_OF)
