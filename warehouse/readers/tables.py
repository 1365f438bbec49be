"""The one table of a CSV file or workbook: its headings, and its rows as text. Not here: which feed
it is (`matching`), types (`warehouse.transform.conform`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.contract.model import Contract
from warehouse.readers.containers import XLSX, Content
from warehouse.readers.matching import match_contract, nearest_contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.readers.refused import AGAIN, Refused
from warehouse.readers.title_sheet import title_date
from warehouse.readers.workbook import Candidate, Sheet, candidates, read_sheets

HEADING_LINE = 1 << 16


@dataclass(frozen=True)
class Table:
    """What a file holds for a feed. `rows`: a text column per heading, blank cells null.

    `sheet`, `header_row`: where in a workbook it stands; a CSV's headings are its row 1.
    `stated_on`: when the workbook's first sheet says that it was published.
    """

    contract: Contract
    headings: tuple[str, ...]
    rows: pl.LazyFrame
    sheet: str | None = None
    header_row: int = 1
    stated_on: date | None = None


def find_table(content: Content, feed: str | None = None) -> Table:
    """The table of a spooled file. Raises Refused where it is no feed's."""
    if content.encoding == XLSX:
        sheets = list(read_sheets(content.path))
        found = _best_candidate(sheets, feed)
        contract = match_contract(found.headings, feed)
        rows = table_rows(found, contract).drop(SOURCE_ROW).lazy()
        stated = title_date(contract, sheets[0].rows)
        return Table(contract, found.headings, rows, found.sheet.name, found.row, stated)
    headings = read_headings(content.path)
    contract = match_contract(headings, feed)
    rows = pl.scan_csv(content.path, infer_schema=False, truncate_ragged_lines=True)
    return Table(contract, tuple(headings), rows)


def read_headings(path: Path) -> list[str]:
    """The first line of a CSV, as headings. Refuses a file that has none."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            start = stream.read(HEADING_LINE)
        headings = next(csv.reader(io.StringIO(start, newline="")), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused(f"Its first line can't be read as CSV ({error}).", AGAIN) from error
    if not any(heading.strip() for heading in headings):
        raise Refused("Its first line is blank.", "The first line must hold the headings.")
    return [heading.replace("\ufeff", "") for heading in headings]


def _best_candidate(sheets: Sequence[Sheet], feed: str | None) -> Candidate:
    """The row of headings that fits a feed, of several the one with most rows below; if none fits,
    the one that lacks least, for the refusal to speak of."""
    fitting: list[Candidate] = []
    nearest: tuple[float, Candidate] | None = None
    for one in candidates(sheets):
        missing, contract = nearest_contract(one.headings, feed)
        share = len(missing) / len(contract.required(one.headings))
        if not missing:
            fitting.append(one)
        if nearest is None or share < nearest[0]:
            nearest = (share, one)
    if nearest is None:
        raise Refused("None of its sheets holds a table.", "Check that it is the right workbook.")
    return max(fitting, key=lambda one: len(one.sheet.rows)) if fitting else nearest[1]


def read_table(path: Path, sheet: str | None, header_row: int, contract: Contract) -> pl.DataFrame:
    """Rows of the table that was found in a workbook when it was imported; as `table_rows`."""
    for one in candidates(s for s in read_sheets(path) if s.name == sheet):
        if one.row == header_row:
            return table_rows(one, contract)
    raise Refused(f"Its sheet `{sheet}` has no table at row {header_row} any more.", AGAIN)


def table_rows(table: Candidate, contract: Contract) -> pl.DataFrame:
    """The rows of a workbook's table: a text column per heading (`column_3` where it has none),
    and `source_row`, the row as the spreadsheet numbers it. Blank cells are null.

    Notes below the data are not rows: they bear no count, and fill at most half of the required
    columns.
    """
    required = contract.required(table.headings)
    named = [contract.column_of(heading) for heading in table.headings]
    wanted = [i for i, name in enumerate(named) if name in required]
    counted = [i for i, name in enumerate(named) if name in contract.counts]

    def is_note(cells: list[str]) -> bool:
        filled = sum(bool(cells[i]) for i in wanted)
        return not any(cells[i] for i in counted) and filled * 2 <= len(wanted)

    body = table.body(is_note)
    columns = zip(*body.values(), strict=True) if body else ([] for _ in table.headings)
    named_columns = zip(names_of(table.headings), columns, strict=True)
    frame = pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in cells], pl.String)
            for name, cells in named_columns
        ]
    )
    return frame.with_columns(pl.Series(SOURCE_ROW, list(body), pl.UInt32))


def names_of(headings: Sequence[str]) -> list[str]:
    """Names of a table's columns: the headings, and `column_3` for one without."""
    return [h if h.strip() else f"column_{i}" for i, h in enumerate(headings, 1)]
