"""Sheets of Excel workbooks as text, and rows that may be headings. Formulas count as the values
last saved; macros never run. Not here: which feed a table is (`warehouse.intake.recognise`)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from warehouse.readers.containers import CHUNK, XLSX, unpacking
from warehouse.readers.refused import AGAIN, Refused

HEADING_ROWS = 60  # headings are within the first rows
MAX_CELLS = 30_000_000
CELL = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
REACH = 16  # longest cell address in bytes, so that none is missed between two chunks


@dataclass(frozen=True)
class Sheet:
    """A sheet as text: dates as YYYY-MM-DD, whole numbers without decimals, blanks as "".

    `merged`: first and last (row, column) of merged cells, from 0; the first one has their value.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A row that may be the headings of a table. `row`: its number in the spreadsheet."""

    sheet: Sheet
    row: int
    headings: tuple[str, ...]

    def body(self) -> dict[int, list[str]]:
        """Row number -> cells below the headings, without blank rows."""
        below = enumerate(self.sheet.rows[self.row :], self.row + 1)
        width = len(self.headings)
        return {number: cells[:width] for number, cells in below if any(cells[:width])}


def read_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of a workbook in order. Raises Refused if it can't be read."""
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_vast(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                cells = sheet.to_python(skip_empty_area=False)
                texts = [[cell_text(value) for value in row] for row in cells]
                yield Sheet(name, texts, tuple(sheet.merged_cell_ranges or ()))
    except CalamineError as error:
        raise Refused(f"It can't be read as an Excel workbook ({error}).", AGAIN) from error


def cell_text(value: object) -> str:
    """A cell as a CSV has it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def candidates(sheets: Iterable[Sheet]) -> Iterator[Candidate]:
    """Yield rows near the top of each sheet with at least two filled cells: perhaps headings."""
    for sheet in sheets:
        for number, cells in enumerate(sheet.rows[:HEADING_ROWS], 1):
            filled = [i for i, cell in enumerate(cells, 1) if cell]
            if len(filled) >= 2:
                yield Candidate(sheet, number, tuple(cells[: filled[-1]]))
                yield from _with_headings_below(sheet, number)


def _with_headings_below(sheet: Sheet, number: int) -> Iterator[Candidate]:
    """Yield headings that continue in the row below: `Answered` over `Total` and `%` is `Answered
    Total` and `Answered %`, below a banner `Outcome` in the row above `Outcome Answered Total`."""
    below = sheet.rows[number] if number < len(sheet.rows) else []
    parts = [cell for cell in below if cell]
    told = len(set(parts)) < len(parts) or _are_under_banners(sheet.rows[number - 1], below)
    if not told or below[0] or any(letter.isdigit() for part in parts for letter in part):
        return
    above = sheet.rows[number - 2] if number > 1 else []
    banners = above if above and not above[0] else []
    headings, banner, heading = [], "", ""
    for place, cell in enumerate(sheet.rows[number - 1]):
        banner = (banners[place] if place < len(banners) else "") or banner
        heading = cell or heading
        part = below[place] if place < len(below) else ""
        headings.append(" ".join(filter(None, (banner, heading, part))) if part else cell)
    while headings and not headings[-1]:
        headings.pop()
    yield Candidate(sheet, number + 1, tuple(headings))


def _are_under_banners(above: list[str], below: list[str]) -> bool:
    """Whether each text of a row has a blank above it, or a banner over it and the next column."""
    filled = [place for place, cell in enumerate(below) if cell]
    named = {place for place, cell in enumerate(above) if cell}
    over = [place for place in filled if place in named]
    wide = [place for place in over if place + 1 in filled and place + 1 not in named]
    return len(filled) > 1 and over == wide


def _refuse_vast(path: Path) -> None:
    """Refuse a workbook with a stray cell far out, which would take all memory when it is read."""
    with unpacking(XLSX), zipfile.ZipFile(path) as container:
        for info in container.infolist():
            if info.filename.startswith("xl/worksheets/") and _cells(container, info) > MAX_CELLS:
                raise Refused(
                    f"Its sheet {Path(info.filename).stem} spans more than {MAX_CELLS:,} cells.",
                    "Delete the stray cells at its far end, or import the publisher's CSV.",
                )


def _cells(container: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Number of cells in the rectangle that a sheet's used cells span."""
    columns, rows, tail = {b"A"}, 1, b""
    with container.open(info) as stream:
        while chunk := stream.read(CHUNK):
            found = CELL.findall(tail + chunk)
            columns |= {column for column, _ in found}
            rows = max([rows, *(int(row) for _, row in found)])
            tail = chunk[-REACH:]
    widest = max(columns, key=lambda letters: (len(letters), letters))
    width = 0
    for letter in widest:
        width = width * 26 + letter - ord("A") + 1
    return width * rows
