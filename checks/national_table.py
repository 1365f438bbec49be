"""A workbook's national table, for checks against it: a column per month, a row per figure.
Not here: reading it as a feed of its own (`warehouse.readers.months_across`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from checks.edition_view import EditionView
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.text import heading_key
from warehouse.editions.parts_and_revisions import in_order
from warehouse.readers.months_across import find_across
from warehouse.readers.refused import Refused
from warehouse.readers.workbook import Sheet, read_sheets


@dataclass(frozen=True)
class NationalTable:
    """`figures`: heading key of a row's label -> its numbers by month."""

    file_name: str
    sheet: str
    figures: Mapping[str, Mapping[date, float]]

    def of(self, label: str) -> Mapping[date, float]:
        """Month -> the figure in the first row whose label begins so."""
        key = heading_key(label)
        return next((one for name, one in self.figures.items() if name.startswith(key)), {})


@lru_cache(maxsize=4)  # several checks use the same workbook
def national_table(view: EditionView) -> NationalTable | str:
    """The national table of an edition's newest workbook, or the reason why there is none."""
    book = newest_workbook(view, "no workbook: CSV files have no national table")
    if isinstance(book, str):
        return book
    file, every = book
    sheets = [sheet for sheet in every if sheet.name != file.sheet]
    found = (find_national_table(sheet, file.file_name) for sheet in sheets)
    return next(filter(None, found), f"no national table in {file.file_name}")


def newest_workbook(view: EditionView, without: str) -> tuple[SourceFile, list[Sheet]] | str:
    """An edition's newest workbook with all of its sheets, or why there is none (`without`) or it
    can't be read."""
    books = [file for file in view.files if file.sheet is not None]
    if not books:
        return without
    file = in_order(books)[-1]
    try:
        with Archive(view.home).as_file(file) as path:
            return file, list(read_sheets(path))
    except (OSError, Refused) as error:
        return f"{file.file_name} can't be read again ({error})"


def find_national_table(sheet: Sheet, file_name: str = "") -> NationalTable | None:
    """The table of a sheet whose headings are months; None if it has none."""
    table = find_across([sheet])
    if table is None:
        return None
    figures: dict[str, dict[date, float]] = {}
    for _, label, cells in table.lines():
        numbers = {
            month: number for month, cell in cells.items() if (number := _number(cell)) is not None
        }
        figures.setdefault(heading_key(label), numbers)
    return NationalTable(file_name, sheet.name, figures)


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None
