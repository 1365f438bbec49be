"""Build CSV files and workbooks for tests; each feed's headings are in its own `testing.py`, with a
`build(*rows) -> bytes`. For tests alone: no product code imports it.

A row maps today's headings to values; headings left out keep their default."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]

Row = Mapping[str, object]


def table(
    defaults: dict[str, object],
    rows: Iterable[Row],
    headings: Iterable[str] | None = None,
    end: str = "\r\n",
) -> bytes:
    """A CSV as publishers write it. `headings` rename those of `defaults`, one by one."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(headings or defaults)
    writer.writerows(_filled(defaults, rows))
    return out.getvalue().encode()


def unheaded(defaults: dict[str, object], rows: Iterable[Row]) -> bytes:
    """A CSV without headings: every field in quotes, lines ended by a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(_filled(defaults, rows))
    return out.getvalue().encode()


def _filled(defaults: dict[str, object], rows: Iterable[Row]) -> list[list[object]]:
    given = list(rows) or [{}]
    unknown = {name for row in given for name in row} - set(defaults)
    if unknown:
        raise KeyError(f"no such heading: {sorted(unknown)}")
    return [list((defaults | dict(row)).values()) for row in given]


BOM = "\ufeff".encode()


def workbook(sheets: Mapping[str, Iterable[Iterable[object]]]) -> bytes:
    """An Excel workbook of these sheets, row by row; dates become date cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        dated = book.add_format({"num_format": "mmm-yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, place, datetime(*cell.timetuple()[:3]), dated)
                    else:
                        sheet.write(number, place, cell)
    return out.getvalue()
