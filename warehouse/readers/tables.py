"""The one table of a CSV file or workbook: its headings, and its rows as text. Not here: which feed
it is (`matching`), types (`warehouse.transform.conform`)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.contract.model import Contract, contracts
from warehouse.readers.containers import XLSX, Content
from warehouse.readers.matching import match_contract, missing_columns, nearest_contract
from warehouse.readers.months_across import (
    across_headings,
    across_rows,
    find_across,
    read_across,
)
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.readers.refused import AGAIN, Refused, reading_rows
from warehouse.readers.returns import other_separator, refuse_second, unmerged, without_notes
from warehouse.readers.title_sheet import Titled, title_date, title_month
from warehouse.readers.unheaded import match_unheaded, misfit, scan_unheaded
from warehouse.readers.workbook import Candidate, Sheet, candidates, read_sheets
from warehouse.readers.years_apart import with_years

HEADING_LINE = 1 << 16


@dataclass(frozen=True)
class Table:
    """A file's table. `rows`: a text column per heading, blank cells null.

    `sheet`, `header_row`: its place in a workbook; a CSV's headings are row 1, or 0 if it has none.
    `row_numbers`: the row of a workbook, or of the file of a local return, in which each one is.
    `stated_on`: the publication date on the workbook's first sheet. `titled`: the month in its
    titles. `sheets`: all sheets of the workbook of a local return.
    """

    contract: Contract
    headings: tuple[str, ...]
    rows: pl.LazyFrame
    sheet: str | None = None
    header_row: int = 1
    stated_on: date | None = None
    titled: Titled | None = None
    row_numbers: tuple[int, ...] = ()
    sheets: tuple[Sheet, ...] = ()


def find_beside(content: Content, feed: str) -> Iterator[Table]:
    """The tables of other feeds in a file of `feed`, where it has them.

    Raises Refused for one that lacks what its feed needs.
    """
    others = [one for one in contracts().values() if one.beside == feed]
    is_workbook = others and content.encoding == XLSX
    sheets = list(read_sheets(content.path)) if is_workbook else []
    for contract in others:
        if contract.across:
            if (across := find_across(sheets)) is not None:
                rows = across_rows(across, contract, contract.across)
                named, headings = across.sheet.name, across_headings(contract, contract.across)
                stated = title_date(contract, sheets[0].rows)
                if rows.height:
                    plain = rows.drop(SOURCE_ROW).lazy()
                    yield Table(contract, headings, plain, named, across.row, stated)
            continue
        try:
            yield find_table(content, contract.feed, sheets)
        except Refused:  # not every file has it
            continue


def find_table(
    content: Content, feed: str | None = None, read: Sequence[Sheet] | None = None
) -> Table:
    """The table of a spooled file. `read`: its sheets, if they were read. Raises Refused if it
    matches no feed."""
    if content.encoding == XLSX:
        sheets = list(read or read_sheets(content.path))
        found = _best_candidate(sheets, feed)
        contract = match_contract(found.headings, feed)
        body = table_rows(found, contract)
        stated = title_date(contract, sheets[0].rows)
        rows = with_years(body.drop(SOURCE_ROW).lazy(), contract, found.headings)
        titled = title_month(contract, found.sheet.rows[: found.row - 1], sheets[0].rows)
        place, numbers = (found.sheet.name, found.row), tuple(body[SOURCE_ROW])
        kept = tuple(sheets) if contract.local_return else ()
        return Table(contract, found.headings, rows, *place, stated, titled, numbers, kept)
    if unheaded := match_unheaded(content.path, feed):
        rows = scan_unheaded(content.path, unheaded)
        return Table(unheaded, unheaded.unheaded, rows, header_row=0)
    headings = read_headings(content.path)
    try:
        contract = match_contract(headings, feed)
    except Refused as refusal:
        told = misfit(content.path, feed) or other_separator(headings)
        raise told or refusal from None
    rows, numbers = (
        pl.scan_csv(content.path, infer_schema=False, truncate_ragged_lines=True),
        tuple[int, ...](),
    )
    if contract.local_return:
        rows, numbers = _typed_rows(rows, contract)
    rows = with_years(rows, contract, headings)
    return Table(contract, tuple(headings), rows, row_numbers=numbers)


def _typed_rows(rows: pl.LazyFrame, contract: Contract) -> tuple[pl.LazyFrame, tuple[int, ...]]:
    """The rows of a local return without blank ones and notes, and the row of the file of each."""
    with reading_rows():
        body = without_notes(rows.collect().with_row_index(SOURCE_ROW, 2), contract)
    return body.drop(SOURCE_ROW).lazy(), tuple(body[SOURCE_ROW])


def read_headings(path: Path) -> list[str]:
    """The headings in the first line of a CSV. Raises Refused if it has none."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            start = stream.read(HEADING_LINE)
        headings = next(csv.reader(io.StringIO(start, newline="")), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused(f"Its first line can't be read as CSV ({error}).", AGAIN) from error
    if not any(heading.strip() for heading in headings):
        raise Refused("Its first line is blank.", "The first line must have the headings.")
    return [heading.replace("\ufeff", "") for heading in headings]


def _best_candidate(sheets: Sequence[Sheet], feed: str | None) -> Candidate:
    """The row of headings that matches a feed (of several, in the longest sheet, and there the one
    of which most is read); if none does, the nearest one, for the refusal."""
    fitting: list[Candidate] = []
    nearest: tuple[float, Candidate] | None = None
    for one in candidates(sheets):
        missing, contract = nearest_contract(one.headings, feed)
        if not _is_its_sheet(contract, one, sheets):
            continue
        share = len(missing) / len(contract.required(one.headings))
        if not missing:
            fitting.append(one)
        if nearest is None or share < nearest[0]:
            nearest = (share, one)
    if nearest is None:
        raise Refused("None of its sheets has a table.", "Check that it is the right workbook.")
    if fitting and nearest_contract(fitting[0].headings, feed)[1].local_return:
        refuse_second(fitting)
    return max(fitting, key=lambda one: _size(one, feed)) if fitting else nearest[1]


def _size(one: Candidate, feed: str | None) -> tuple[int, int]:
    """Rows of a table's sheet, and how many of its columns are read."""
    contract = nearest_contract(one.headings, feed)[1]
    return len(one.sheet.rows), len(contract.columns_in(one.headings))


def _is_its_sheet(contract: Contract, one: Candidate, sheets: Sequence[Sheet]) -> bool:
    """Whether a table is in a sheet of the name that its feed's contract gives, if there is one."""
    named = [sheet.name for sheet in sheets if re.search(contract.sheet or "", sheet.name)]
    return not named or one.sheet.name in named


def read_table(path: Path, sheet: str | None, header_row: int, contract: Contract) -> pl.DataFrame:
    """`table_rows` of the table that was found in a workbook when it was imported."""
    sheets = [one for one in read_sheets(path) if one.name == sheet]
    if contract.across:
        return read_across(sheets, contract, contract.across)
    for one in candidates(sheets):
        if one.row == header_row and not missing_columns(contract, one.headings):
            return table_rows(one, contract)
    raise Refused(f"Its sheet `{sheet}` has no table at row {header_row} any more.", AGAIN)


def table_rows(table: Candidate, contract: Contract) -> pl.DataFrame:
    """The rows of a workbook's table: a text column per heading (`column_3` for one without), and
    `source_row`, the spreadsheet's row number. Blank cells are null. Notes below the data are no
    rows (`without_notes`).
    """
    body = unmerged(table, contract)
    columns = zip(*body.values(), strict=True) if body else ([] for _ in table.headings)
    frame = pl.DataFrame(
        pl.Series(name, [cell or None for cell in cells], pl.String)
        for name, cells in zip(names_of(table.headings), columns, strict=True)
    )
    return without_notes(frame.with_columns(pl.Series(SOURCE_ROW, list(body), pl.UInt32)), contract)


def names_of(headings: Sequence[str]) -> list[str]:
    """Names of a table's columns: its headings, `column_3` for a blank one."""
    return [h if h.strip() else f"column_{i}" for i, h in enumerate(headings, 1)]
