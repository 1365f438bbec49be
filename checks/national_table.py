"""A workbook's national table: a column per month, a row per figure. Not here: what a feed compares
it with (its `rules.py`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from checks.edition_view import EditionView
from warehouse.archive.source_files import Archive
from warehouse.base.text import heading_key
from warehouse.readers.refused import Refused
from warehouse.readers.workbook import Sheet, read_sheets

MONTHS = 3  # cells of a row that are months, so that it is the row of headings
MARK = re.compile(r"\s*\[[^\]]*\]\s*$")
FORMATS = ("%b-%y", "%b %y", "%B %Y", "%b %Y", "%B-%y")


@dataclass(frozen=True)
class NationalTable:
    """`months`: of its columns, from left to right, each as its first day; `figures`: heading key
    of a row's label -> its numbers, None where a cell has none."""

    file_name: str
    sheet: str
    months: tuple[date, ...]
    figures: Mapping[str, tuple[float | None, ...]]

    def of(self, label: str) -> dict[date, float]:
        """Month -> the figure in the row with this label (a beginning of it)."""
        key = heading_key(label)
        row = next((one for name, one in self.figures.items() if name.startswith(key)), ())
        pairs = zip(self.months, row, strict=False)
        return {month: number for month, number in pairs if number is not None}


@lru_cache(maxsize=4)  # several checks use the same workbook
def national_table(view: EditionView) -> NationalTable | str:
    """The national table of an edition's newest workbook, or the reason why there is none."""
    books = [file for file in view.files if file.sheet is not None]
    if not books:
        return "no workbook: CSV files have no national table"
    file = max(books, key=lambda one: one.order)
    try:
        with Archive(view.home).as_file(file) as path:
            sheets = [sheet for sheet in read_sheets(path) if sheet.name != file.sheet]
    except (OSError, Refused) as error:
        return f"{file.file_name} can't be read again ({error})"
    found = (find_national_table(sheet, file.file_name) for sheet in sheets)
    return next(filter(None, found), f"no national table in {file.file_name}")


def find_national_table(sheet: Sheet, file_name: str = "") -> NationalTable | None:
    """The table of a sheet whose headings are months; None if it has none."""
    for number, cells in enumerate(sheet.rows):
        dated = {place: month for place, cell in enumerate(cells) if (month := month_in(cell))}
        if len(dated) >= MONTHS and min(dated) > 0:
            first = min(dated)
            figures: dict[str, tuple[float | None, ...]] = {}
            for row in sheet.rows[number + 1 :]:
                label = next((cell for cell in reversed(row[:first]) if cell), "")
                numbers = tuple(
                    _number(row[place]) if place < len(row) else None for place in dated
                )
                if label and any(one is not None for one in numbers):
                    figures.setdefault(heading_key(label), numbers)
            return NationalTable(file_name, sheet.name, tuple(dated.values()), figures)
    return None


def month_in(text: str) -> date | None:
    """The month of a heading: a day of it (`2025-10-31`), or its name, with a footnote mark or
    not (`Nov-25 [5]`)."""
    said = MARK.sub("", text).strip()
    try:
        return date.fromisoformat(said).replace(day=1)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(said, form).date()
        except ValueError:
            continue
    return None


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None
