"""`governance.correction`: what corrections changed, cell by cell, with the evidence."""

from __future__ import annotations

import polars as pl

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.corrections import FOUND_SCHEMA, corrections
from warehouse.transform.lake import lake_keys

REASONS = ("what", "why", "reference", "decided_by", "first_edition", "expires")
FILE_KEY = ("feed", "edition", "file_name", "sha256")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(FILE_KEY, pl.String),
    **FOUND_SCHEMA,
    SOURCE_ROW: pl.Int64,
    "in_force": pl.Boolean,
    **dict.fromkeys(REASONS, pl.String),
    "decided_on": pl.Date,
}


def file_columns(file: SourceFile) -> list[pl.Expr]:
    """Return `FILE_KEY` of a file as constant columns."""
    return [pl.lit(getattr(file, name)).alias(name) for name in FILE_KEY]


def correction_table(home: Home, files: list[SourceFile]) -> pl.DataFrame:
    """Return one row per cell of these files that a correction matched, with columns `SCHEMA`;
    `in_force` is false where the correction has expired and the cell is as published."""
    frames = [pl.DataFrame(schema=SCHEMA)]
    for file in files:
        key = lake_keys(file).corrected
        listed = {one.correction_id: one for one in corrections(file.feed)}
        if not listed or not home.store.exists(key):
            continue
        edition = parse_month(file.edition)
        found = pl.read_parquet(home.store.local_copy(key))
        for one, cells in found.group_by("correction_id", maintain_order=True):
            known = listed.get(str(one[0]))
            if known is None:
                continue
            frames.append(
                cells.with_columns(
                    pl.col(SOURCE_ROW).cast(pl.Int64),
                    pl.lit(known.is_in_force(edition)).alias("in_force"),
                    *file_columns(file),
                    *[
                        pl.lit(getattr(known, name)).alias(name)
                        for name in (*REASONS, "decided_on")
                    ],
                ).select(list(SCHEMA))
            )
    return pl.concat(frames).sort("feed", "edition", "file_name", SOURCE_ROW, "column_name")
