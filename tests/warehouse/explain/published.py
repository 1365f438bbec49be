"""Archived files read again by other means than ours: for tests that add up for themselves."""

import csv
import io
from functools import cache

from python_calamine import CalamineWorkbook

from assets.contract import contracts
from warehouse.archive import Archive, SourceFile
from warehouse.home import Home


@cache
def _rows(home: Home, file: SourceFile) -> list[list[str]]:
    """All rows of a file as published, the first one at index 1."""
    with Archive(home).open(file) as stream:
        content = stream.read()
    if content.startswith(b"PK"):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(file.sheet)
        found = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        return [[], *found]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return [[], *csv.reader(io.StringIO(text, newline=""))]


def _text(cell: object) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell)


def files_of(home: Home) -> dict[tuple[str, str, str], SourceFile]:
    """(feed, edition, SHA-256) -> record of every archived file."""
    return {(f.feed, f.edition, f.sha256): f for f in Archive(home).files()}


@cache
def _place_of(file: SourceFile, heading: str) -> int:
    return file.headings.index(heading)


@cache
def _place_of_code(file: SourceFile) -> int:
    contract = contracts()[file.feed]
    assert contract.cell is not None
    [place] = [
        index
        for index, heading in enumerate(file.headings)
        if contract.column_of(heading) == contract.cell.code
    ]
    return place


def code_and_count(home: Home, file: SourceFile, row: int, column: str | None) -> tuple[str, int]:
    """Whose a published row is, and what stands in one of its columns; 1 if none is named."""
    cells = _rows(home, file)[row]
    text = cells[_place_of(file, column)] if column else "1"
    return cells[_place_of_code(file)].strip(), int(text.replace(",", ""))
