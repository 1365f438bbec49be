"""Archived files read again by other means than ours: for tests that add up for themselves."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from python_calamine import CalamineWorkbook

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.contract.model import Contract, contracts
from warehouse.readers.months_across import month_in


@dataclass(frozen=True)
class Published:
    """A file as published: all its rows, the first one at index 1, and what is in which place."""

    name: str
    rows: list[list[str]]
    places: dict[str, int]
    code: int
    of: str = ""  # the organisation of a table with a column per month

    def code_and_count(self, row: int, column: str | None) -> tuple[str, Decimal | None]:
        """A row's organisation and the number in one of its columns, None if it is not available; 1
        if no column is named."""
        cells = self.rows[row]
        if self.of:
            return self.of, Decimal(cells[self.places[column or ""]])
        return cells[self.code].strip(), self._made(cells, column) if column else Decimal(1)

    def _made(self, cells: list[str], column: str) -> Decimal | None:
        """The number in a column, or what is made of several: `share × count`, or better a sum of
        counts: `a + b (without them share × count)`."""
        added, _, rest = column.removesuffix(")").partition(" (without them ")
        if rest:
            counts = [self._number(cells, one) for one in added.split(" + ")]
            known = [one for one in counts if one is not None]
            return sum(known, Decimal()) if len(known) == len(counts) else self._made(cells, rest)
        factors = [self._number(cells, one) for one in column.split(" × ")]
        if None in factors:
            return None
        return factors[0] if len(factors) == 1 else round(factors[0] * factors[1], 10)

    def _number(self, cells: list[str], column: str) -> Decimal | None:
        text = cells[self.places[column]]
        if text in ("", "NA", "*", ":", "-") or text.startswith("-9"):
            return None
        return round(Decimal(text.replace(",", "")), 10)

    def of_persons(self, contract: Contract, measure: str, codes: set[str]) -> Decimal:
        """A measure of organisations added up from all rows, of which none is named."""
        wanted, places = contract.measures[measure], contract.columns_in(self.places)
        texts = {
            self.places[places[name]]: {
                t for one in some for t in (one, *contract.labels(name)[one])
            }
            for name, some in wanted.where.items()
        }
        return sum(
            (
                Decimal(row[self.places[places[wanted.column or ""]]])
                for row in self.rows[2:]
                if row[self.code] in codes
                and all(row[place] in some for place, some in texts.items())
            ),
            Decimal(),
        )


@cache
def published(home: Home, feed: str, edition: str, sha256: str) -> Published:
    """One file of a home that stays as it is, read once for all questions to it."""
    file = _files(home)[(feed, edition, sha256)]
    contract = contracts()[feed]
    assert contract.reporting_unit is not None
    headings = file.headings
    [code] = [
        place
        for place, heading in enumerate(headings)
        if contract.column_of(heading) == contract.reporting_unit.code
    ]
    if contract.across and file.sheet:
        rows = _rows(home, file)
        months = {place: month_in(cell) for place, cell in enumerate(rows[file.header_row])}
        columns = {f"{month:%Y-%m}": place for place, month in months.items() if month}
        return Published(file.file_name, rows, columns, 0, contract.across.of)
    places = {heading: headings.index(heading) for heading in headings}
    return Published(file.file_name, _rows(home, file), places, code)


@cache
def _files(home: Home) -> dict[tuple[str, str, str], SourceFile]:
    """(feed, edition, SHA-256) -> record of every archived file."""
    return {(f.feed, f.edition, f.sha256): f for f in Archive(home).files()}


def _rows(home: Home, file: SourceFile) -> list[list[str]]:
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
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    whole = isinstance(cell, float) and cell.is_integer()
    return f"{cell:.0f}" if whole else str(cell)
