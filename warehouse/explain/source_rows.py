"""The published rows that a figure was added up from: file, row, column, count.

Belongs here: from the cells of an explanation to the rows of tidy tables, with their row in the
file. Does not: which cells those are (`warehouse.mart.counted_cells`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.decimals import KIND
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.months import add_months, month_text
from warehouse.contract.model import Contract, contracts
from warehouse.explain.figure import Record
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.reference.levels import UNASSIGNED
from warehouse.reference.special_services import is_hidden
from warehouse.transform.derived import has_rows, scan_one
from warehouse.transform.measure import counted_as, matching

ROWS: dict[str, type[pl.DataType] | pl.DataType] = {
    "part": pl.String,
    "feed": pl.String,
    "edition": pl.String,
    "sha256": pl.String,
    "file_name": pl.String,
    "source_row": pl.Int64,
    "column": pl.String,
    "org_code": pl.String,
    "count": KIND,
    "subtracted": pl.Boolean,
}


def rows_of(home: Home, cells: Iterable[Record], month: date) -> pl.DataFrame | None:
    """Return every published row that the parts of a figure of `month` were added up from.

    `cells`: the counted organisations, each with `part`, `feed`, `edition`, `sha256` (absent where
    it was counted as zero), `measure`, `org_code`, of a cumulative one `subtracted`. Returns a row
    per part, file, row and counted column, with the columns of `ROWS`: `source_row` as in a
    spreadsheet (the header is row 1), `column` the heading of the count (its month in a table with
    a column per month; NULL where organisations are counted), `count` its value (NULL under
    disclosure control), negative where it is `subtracted`: the cumulative figure of the month
    before. None if a tidy table is missing from the lake.
    """
    counted, archive = _by_file(cells), Archive(home)
    feeds = {feed for _, feed, *_ in counted}
    files = {FileKey.of(f): f for feed in feeds for f in archive.files(feed)}
    found = [pl.DataFrame(schema=ROWS)]
    for (part, *key, measure, before), codes in counted.items():
        file = files.get(FileKey(*key))
        if file is None or not has_rows(home, "tidy", file):
            return None
        contract, of = contracts()[file.feed], add_months(month, -1) if before else month
        rows = _rows(home, file, contract, measure, codes, of).with_columns(
            pl.lit(part).alias("part"),
            pl.lit(bool(before)).alias("subtracted"),
            (pl.col("count") * (-1 if before else 1)).cast(KIND),
        )
        found.append(rows.select(list(ROWS)))
    return _of_both_months(pl.concat(found))


def _of_both_months(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave, where figures of the month before are subtracted, organisations that have both."""
    both = pl.col("subtracted").n_unique().over("part", "org_code") == 2
    return rows.filter(both | ~pl.col("subtracted").any().over("part"))


def _by_file(cells: Iterable[Record]) -> dict[tuple[Any, ...], list[str]]:
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for cell in cells:
        if cell.get("sha256"):
            key = ("part", "feed", "edition", "sha256", "measure", "subtracted")
            found[tuple(cell.get(name) or "" for name in key)].append(cell["org_code"])
    return found


def _rows(
    home: Home, file: SourceFile, contract: Contract, measure: str, codes: list[str], month: date
) -> pl.DataFrame:
    wanted = contract.measures[measure]
    if contract.reporting_unit is None:
        raise ValueError(f"{contract.feed} counts no organisations")
    code = pl.col(contract.reporting_unit.code).cast(pl.String)
    # A feed without months is of its edition's month, and carried forward to later ones.
    about = pl.col(contract.month) == month if contract.month else pl.lit(True)
    count = pl.lit(None, pl.Int64) if wanted.column is None else pl.col(wanted.column)
    if contract.disclosure_control:
        count = pl.lit(None, pl.Int64)
    count = pl.when(~is_hidden(contract.reporting_unit.code)).then(count)
    own = scan_one(home, "tidy", file).filter(code.is_in(codes), about)
    given = contract.measures[wanted.reported_if] if wanted.reported_if else wanted
    if wanted.reported_if:
        reported = counted_as(given, pl.col(given.column or "").filter(matching(given))) > 0
        own = own.filter(reported.over(contract.reporting_unit.code))
    if given.unit == "organisations":
        own = own.filter(~code.str.starts_with(UNASSIGNED))
    return (
        own.filter(matching(wanted))
        .select(
            pl.lit(file.feed).alias("feed"),
            pl.lit(file.edition).alias("edition"),
            pl.lit(file.sha256).alias("sha256"),
            pl.lit(file.file_name).alias("file_name"),
            pl.col(SOURCE_ROW).cast(pl.Int64),
            _heading(file, contract, wanted.column, month).alias("column"),
            code.alias("org_code"),
            count.cast(KIND).alias("count"),
        )
        .sort("source_row", "column")
        .collect()
    )


def _heading(file: SourceFile, contract: Contract, column: str | None, month: date) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String)
    if contract.across and file.sheet:
        return pl.lit(month_text(month))  # the column of the month, however it is written
    wide = contract.wide
    if wide and column == wide.value and contract.is_wide(file.headings):
        labels = {label: h for h in file.headings if (label := wide.label_of(h))}
        return pl.col(wide.label).cast(pl.String).replace_strict(labels, default=None)
    named = contract.columns_in(file.headings)
    made = contract.columns[column].made_of
    return pl.lit(made.words(named) if made else named.get(column), pl.String)


def added(rows: pl.DataFrame, feed: str, measure: str) -> pl.DataFrame:
    """Add up rows of one part by organisation: `org_code`, `value` (Float64), `rows_added`.

    By the rule of the measure: a sum; the largest; 1 if the sum is above zero, else 0; or 1 for
    each organisation. NULL where counts are withheld; `rows_added` where rows are of persons.
    """
    wanted = contracts()[feed].measures[measure]
    if wanted.column is None:
        value = pl.lit(1, pl.Int64)
    else:
        counts = pl.col("count")
        known = (counts.null_count() == 0) | bool(wanted.given)
        value = pl.when(known).then(counted_as(wanted, counts))
    return rows.group_by("org_code", maintain_order=True).agg(
        value.cast(pl.Float64).alias("value"),
        pl.when(pl.col("source_row").null_count() == 0)
        .then(pl.col("source_row").n_unique().cast(pl.Int64))
        .alias("rows_added"),
    )


def spans(numbers: Iterable[int]) -> str:
    """Format row numbers as spans: `2-90, 95`."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in found)
