"""Tables of workbooks with a column per month and a row per figure, as rows of a feed. Not here:
tables with a row per organisation (`tables`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from warehouse.base.text import fold
from warehouse.contract.layouts import MonthsAcross
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.readers.refused import AGAIN, Refused
from warehouse.readers.workbook import HEADING_ROWS, Sheet

MONTHS = 3  # cells of a row that are months, so that it is the row of headings
MARK = re.compile(r"\s*\[[^\]]*\]")
FORMATS = ("%b-%y", "%b %y", "%B %Y", "%b %Y", "%B-%y")


@dataclass(frozen=True)
class AcrossTable:
    """A table whose headings are months. `row`: of the headings, in the spreadsheet; `months`:
    column (from 0) -> its month, as its first day."""

    sheet: Sheet
    row: int
    months: dict[int, date]

    def lines(self) -> Iterable[tuple[int, str, dict[date, str]]]:
        """The row number, label without footnote marks, and cells by month, of each row."""
        first = min(self.months)
        for number, cells in enumerate(self.sheet.rows[self.row :], self.row + 1):
            label = next((cell for cell in reversed(cells[:first]) if cell), "")
            given = {m: cells[i] for i, m in self.months.items() if i < len(cells) and cells[i]}
            if label and given:
                yield number, MARK.sub("", label).strip(), given


def find_across(sheets: Iterable[Sheet]) -> AcrossTable | None:
    """The first table of a workbook whose headings are months; None if there is none."""
    for sheet in sheets:
        for number, cells in enumerate(sheet.rows[:HEADING_ROWS], 1):
            months = {place: month for place, cell in enumerate(cells) if (month := month_in(cell))}
            if len(months) >= MONTHS and min(months) > 0:
                return AcrossTable(sheet, number, months)
    return None


def across_headings(contract: Contract, across: MonthsAcross) -> tuple[str, ...]:
    """The headings under which rows of such a table are read."""
    named = (across.code, contract.month or "", across.label, across.value)
    return tuple(contract.columns[name].published[0] for name in named)


def across_rows(table: AcrossTable, contract: Contract, across: MonthsAcross) -> pl.DataFrame:
    """A row per figure and month, as text under `across_headings`, with `source_row`; only of
    figures that the contract lists. Raises Refused naming a figure that it needs."""
    known = {
        fold(text): label
        for label, others in contract.labels(across.label).items()
        for text in (label, *others)
    }
    month = contract.columns[contract.month or ""]
    rows, found = [], set()
    for number, said, cells in table.lines():
        label = known.get(fold(said))
        if label is None or label in found:
            continue
        found.add(label)
        rows += [
            (across.of, day.strftime(month.formats[0]), said, cell, number)
            for day, cell in cells.items()
        ]
    lacking = [label for label in across.needs if label not in found]
    if lacking:
        raise Refused(
            f"It looks like {contract.feed}, but `{table.sheet.name}` has no row `{lacking[0]}`.",
            f"If the publisher renamed it, add the new text to {contract.feed}'s contract.",
        )
    schema = [*across_headings(contract, across), SOURCE_ROW]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.col(SOURCE_ROW).cast(pl.UInt32))


def read_across(sheets: Iterable[Sheet], contract: Contract, across: MonthsAcross) -> pl.DataFrame:
    """`across_rows` of a workbook's table. Raises Refused if it has none."""
    table = find_across(sheets)
    if table is None:
        raise Refused("None of its sheets has a table of months.", AGAIN)
    return across_rows(table, contract, across)


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
