"""One workbook of the mart's figures, by the Government Analysis Function's guidance on releasing
statistics in spreadsheets: cover, contents, notes and definitions, then one marked and named table
a sheet, with shorthands where there is no number. Not here: which rows (`export_selection`)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from warehouse.base.number_format import excel_format
from warehouse.store import discard

EXCEL_ROWS = 1_048_000  # of a sheet, less its headings
LONGEST_NAME = 31  # of a sheet, in Excel
HEADING_ROW = 4  # headings of a table are below its title and two sentences
WIDEST, NARROWEST = 40, 9
A4 = 9  # as Excel numbers sizes of paper
# Status of a figure without a number -> the shorthand in its place; provisional ones have a column.
SHORTHANDS = {
    "suppressed": "[c]",
    "not_applicable": "[z]",
    **dict.fromkeys(("not_available", "incomplete", "held"), "[x]"),
}
PROVISIONAL = "[p]"
MEANINGS = {
    "[c]": "Confidential: suppressed, because it is a small number or would disclose one.",
    "[x]": "Not available: never published or imported, a member is missing, or held for review.",
    "[z]": "Not applicable: not published at this level or for this time, or nothing to divide by.",
    PROVISIONAL: "Provisional: likely to be revised.",
}
PROVISIONAL_HEADING = "Provisional [p]"
LANGUAGE = "en-GB"
File = Path | BinaryIO


@dataclass
class FigureSheet:
    """One table: `name` of the sheet and of the table, what it is, and its rows. `units`: column
    with figures -> their unit, or the column that has it; `headings`: column -> what is shown above
    it; `statuses`: column -> the column of statuses that say why it has no number; `hidden`:
    columns that are not shown; `texts`: columns of long texts -> their width in characters;
    `about`: a sentence above the table; `stay`: how many columns stay in sight."""

    name: str
    title: str
    rows: pl.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[str] = ()
    texts: Mapping[str, int] = field(default_factory=dict)
    about: str = ""
    stay: int = 0


@dataclass(frozen=True)
class About:
    """What a workbook says of itself: its title, sentences for the cover, notes, KPIs by column
    (`KPI, Theme, Definition, Unit, Caveats`), and when its figures were `made`."""

    title: str
    cover: Sequence[str]
    notes: Sequence[str]
    definitions: pl.DataFrame
    made: datetime


def write_workbook(path: Path, about: About, sheets: Sequence[FigureSheet]) -> None:
    """Write a workbook, whose language is British English."""
    plain = path.with_name(path.name + ".plain")
    try:
        _fill(plain, about, sheets)
        _with_language(plain, path)
    finally:
        discard(plain)


def workbook_bytes(about: About, sheets: Sequence[FigureSheet]) -> bytes:
    """The same in memory, of few rows. Equal tables give equal bytes."""
    plain, whole = io.BytesIO(), io.BytesIO()
    _fill(plain, about, sheets, in_memory=True)
    _with_language(plain, whole)
    return whole.getvalue()


def _fill(to: File, about: About, sheets: Sequence[FigureSheet], in_memory: bool = False) -> None:
    options = {"default_date_format": "mmm yyyy", "in_memory": in_memory}
    told = {"title": about.title, "comments": " ".join(about.cover), "created": about.made}
    with xlsxwriter.Workbook(to, options) as book:
        book.set_properties(told)
        _Writer(book).write(about, list(_cut(sheets)))


def _cut(sheets: Sequence[FigureSheet]) -> Iterator[FigureSheet]:
    """Yield sheets, those too long for Excel in numbered parts."""
    for one in sheets:
        if one.rows.height <= EXCEL_ROWS:
            yield one
            continue
        for number, first in enumerate(range(0, one.rows.height, EXCEL_ROWS), start=1):
            part = one.rows.slice(first, EXCEL_ROWS)
            name, title = f"{one.name} {number}", f"{one.title}, part {number}"
            yield replace(one, name=name, title=title, rows=part)


class _Writer:
    """Sheets of one workbook, and its formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.heading = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
        self.right = book.add_format({"align": "right"})
        self.formats: dict[str, Any] = {}

    def write(self, about: About, sheets: list[FigureSheet]) -> None:
        """Write all sheets in order."""
        cover = self.book.add_worksheet("Cover")
        cover.set_column(0, 0, 100)
        _print_on_a4(cover)
        for row, text in enumerate((about.title, *about.cover)):
            cover.write_string(row, 0, text, self.wrapped if row else self.title)
        first = f"Figures begin in the worksheet {sheets[0].name}." if sheets else ""
        if first:
            link = f"internal:'{sheets[0].name}'!A1"
            cover.write_url(1 + len(about.cover), 0, link, string=first)
        notes = [*about.notes, *(f"{short}: {text}" for short, text in MEANINGS.items())]
        numbered = [(f"Note {number}", text) for number, text in enumerate(notes, start=1)]
        listed = [
            ("Notes", "Notes and shorthands"),
            ("Definitions", "What each KPI means, and its caveats"),
            *((one.name, one.title) for one in sheets),
        ]
        self._texts("Contents", "Table of contents", ("Sheet", "What it has"), listed, links=True)
        self._texts("Notes", "Notes and shorthands", ("Note", "Text"), numbered)
        columns = tuple(about.definitions.columns)
        known = [tuple(map(str, row)) for row in about.definitions.iter_rows()]
        self._texts("Definitions", "Definitions and caveats", columns, known)
        for one in sheets:
            self._table(one)

    def _texts(
        self,
        name: str,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        links: bool = False,
    ) -> None:
        """Write a sheet with one table of texts."""
        sheet = self.book.add_worksheet(name)
        self._top(sheet, title)
        _print_on_a4(sheet)
        for column, heading in enumerate(columns):
            longest = max([len(heading), *(len(row[column]) for row in rows)])
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), 80), self.wrapped)
        for place, row in enumerate(rows, start=HEADING_ROW + 1):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text, self.wrapped)
            if links:
                sheet.write_url(place, 0, f"internal:'{row[0]}'!A1", string=row[0])
        self._mark(sheet, name, columns, len(rows))

    def _top(self, sheet: Any, title: str, more: str = "") -> None:
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(1, 0, "This worksheet contains one table.")
        sheet.write_string(2, 0, "Shorthands and notes are in the worksheet Notes.")
        if more:
            sheet.write_string(3, 0, more)

    def _mark(
        self, sheet: Any, name: str, columns: Sequence[str], rows: int, stay: int = 0
    ) -> None:
        table = re.sub(r"\W+", "_", name).strip("_")
        sheet.add_table(
            HEADING_ROW,
            0,
            HEADING_ROW + max(rows, 1),
            len(columns) - 1,
            {
                "name": f"table_{table}",
                "style": "Table Style Light 1",
                "columns": [{"header": one, "header_format": self.heading} for one in columns],
            },
        )
        sheet.freeze_panes(HEADING_ROW + 1, stay)
        sheet.repeat_rows(HEADING_ROW)

    def _table(self, one: FigureSheet) -> None:
        """Write a sheet with one table of figures."""
        sheet = self.book.add_worksheet(one.name)
        self._top(sheet, one.title, one.about)
        _print_on_a4(sheet)
        shown = [column for column in one.rows.iter_columns() if column.name not in one.hidden]
        headings = [one.headings.get(column.name, column.name) for column in shown]
        for place, (heading, column) in enumerate(zip(headings, shown, strict=True)):
            width = one.texts.get(column.name)
            sheet.set_column(place, place, width or _width(heading, column))
            self._column(sheet, place, column, one)
        self._mark(sheet, one.name, headings, one.rows.height, one.stay)

    def _column(self, sheet: Any, place: int, column: pl.Series, one: FigureSheet) -> None:
        """Write a column of a table: a shorthand where there is no number."""
        kinds = self._formats(column, one)
        short: list[str | None] = [None] * len(column)
        if column.name in one.statuses:
            short = [SHORTHANDS.get(status) for status in one.rows[one.statuses[column.name]]]
        number = column.dtype.is_numeric()
        wrapped = self.wrapped if column.name in one.texts else None
        value: Any
        for row, (value, kind, mark) in enumerate(
            zip(column.to_list(), kinds, short, strict=True), start=HEADING_ROW + 1
        ):
            if value is None:
                if mark:
                    sheet.write_string(row, place, mark, self.right)
            elif number:
                sheet.write_number(row, place, value, kind)
            elif isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(row, place, value, kind)
            else:
                sheet.write_string(row, place, str(value), wrapped)

    def _formats(self, column: pl.Series, one: FigureSheet) -> Iterable[Any]:
        """Formats of a column's cells, row by row."""
        unit = one.units.get(column.name)
        if unit in one.rows.columns:
            return [self._format(excel_format(str(of))) for of in one.rows[unit]]
        if column.dtype == pl.Date:
            pattern = "mmm yyyy" if column.name == "month" else "d mmm yyyy"
        elif unit:
            pattern = excel_format(unit)
        else:
            pattern = "0" if column.dtype.is_integer() else "#,##0.0##"
        return repeat(self._format(pattern), len(column))

    def _format(self, pattern: str) -> Any:
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern})
        return self.formats[pattern]


def _print_on_a4(sheet: Any) -> None:
    """Landscape, as wide as the page, with the sheet's name and page numbers below."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _width(heading: str, column: pl.Series) -> float:
    """A column's width in characters: as its longest text, the heading in some lines."""
    longest = 0
    if column.dtype == pl.String:
        longest = int(column.str.len_chars().max() or 0)  # type: ignore[arg-type]
    return min(max(NARROWEST, longest + 1, len(heading) / 3 + 3), WIDEST)


def provisional(rows: pl.DataFrame, kpis: Mapping[str, str]) -> pl.Series:
    """Which figures of each row of a wide view are provisional, by their titles, or `all`. `kpis`:
    column -> title."""
    marked = [pl.col(f"{name}_status") == "provisional" for name in kpis]
    known = [pl.col(name).is_not_null() for name in kpis]
    named = [pl.when(m).then(pl.lit(t)) for m, t in zip(marked, kpis.values(), strict=True)]
    found = rows.select(
        pl.when(~pl.any_horizontal(marked))
        .then(None)
        .when(pl.all_horizontal([m | ~k for m, k in zip(marked, known, strict=True)]))
        .then(pl.lit("all"))
        .otherwise(pl.concat_str(named, separator="; ", ignore_nulls=True))
        .alias(PROVISIONAL_HEADING)
    )
    return found[PROVISIONAL_HEADING]


def _with_language(plain: File, path: File) -> None:
    """Write a workbook again with its language, which the library can't state."""
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                mark = f"<dc:language>{LANGUAGE}</dc:language>".encode()
                content = content.replace(end, mark + end)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=1)
