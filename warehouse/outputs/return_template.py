"""The template of a local return as a workbook: a sheet to fill in, whose cells offer the values
that a column accepts, what each column is, and all these values. Not here: which they are
(`warehouse.plan.allowed_values`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from warehouse.contract.model import Contract
from warehouse.plan.allowed_values import Allowed

OFFERED = 500  # rows whose cells offer values
VALUES = "Allowed values"
WIDTH, LONG = 18, 60
# Formats that keep a spreadsheet from turning what is typed into something else.
AS_TEXT, AS_DAY = "@", "yyyy-mm-dd"
FORMATS = {"month": AS_TEXT, "code": AS_TEXT, "date": AS_DAY}


def write_return_template(
    path: Path,
    contract: Contract,
    allowed: Mapping[str, Allowed],
    columns: Sequence[tuple[str, str, str]],
) -> None:
    """Write the workbook. `allowed`: as `allowed_values`; `columns`: heading, what it accepts, and
    description of each."""
    text = (contract.folder / "template.csv").read_text(encoding="utf-8")
    headings, *examples = csv.reader(text.splitlines())
    named = {heading: name for name, heading in contract.columns_in(headings).items()}
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Return")
        _write_table(book, "Columns", ("Heading", "Accepts", "Description"), columns, bold)
        places = _write_values(book, contract, allowed, bold) if allowed else {}
        for place, heading in enumerate(headings):
            name = named.get(heading)
            form = FORMATS.get(contract.columns[name].type) if name else None
            style = book.add_format({"num_format": form}) if form else None
            sheet.set_column(place, place, WIDTH, style)
            if name and name in places:
                sheet.data_validation(1, place, OFFERED, place, _offer(*places[name]))
        _fill(sheet, headings, examples, bold)


def _write_values(
    book: Any, contract: Contract, allowed: Mapping[str, Allowed], bold: Any
) -> dict[str, tuple[int, int]]:
    """All values, in the order of the columns, those that several columns share once. Returns the
    first and last row of those of each column that accepts nothing else."""
    rows: list[tuple[str, str, str]] = []
    places: dict[str, tuple[int, int]] = {}
    for one in dict.fromkeys(map(id, allowed.values())):
        names = [name for name, found in allowed.items() if id(found) == one]
        own = allowed[names[0]]
        heading = ", ".join(contract.columns[name].published[0] for name in names)
        first = len(rows) + 2  # below the headings, counted from 1
        rows += [(heading, value, what) for value, what in own.values.items()]
        if own.only:
            places |= dict.fromkeys(names, (first, len(rows) + 1))
    _write_table(book, VALUES, ("Heading", "Value", "What it is"), rows, bold)
    return places


def _write_table(
    book: Any, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]], bold: Any
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 1, WIDTH * 2)
    sheet.set_column(2, 2, LONG)
    _fill(sheet, headings, rows, bold)


def _fill(sheet: Any, headings: Sequence[str], rows: Sequence[Sequence[str]], bold: Any) -> None:
    """Headings that stay in sight, and rows: digits as numbers, as people type them."""
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headings, bold)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if cell.isdigit():
                sheet.write_number(number, place, int(cell))
            else:
                sheet.write_string(number, place, cell)


def _offer(first: int, last: int) -> dict[str, str]:
    """A list to choose from. Other spellings are understood, so it only warns."""
    return {
        "validate": "list",
        "source": f"='{VALUES}'!$B${first}:$B${last}",
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": f"Sheet `{VALUES}` has what this column accepts.",
    }
