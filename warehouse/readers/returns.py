"""Local returns as people keep them: merged cells, blank rows, notes below the table, several
sheets, other separators. Not here: values (`warehouse.transform.typed_by_hand`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW
from warehouse.readers.refused import Refused, shown
from warehouse.readers.workbook import Candidate

MERGED = "merged over rows "  # what is read in place of a number in merged cells
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def without_notes(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows without blank ones, and without notes below the data: no number, and at most half of the
    required columns filled.

    `rows`: a text column per heading, perhaps `source_row` and `overflow`.
    """
    headings = [name for name in rows.columns if name not in (SOURCE_ROW, OVERFLOW)]
    named = contract.columns_in(headings)
    wanted = [named[name] for name in contract.required(headings) if name in named]
    texts = {name: pl.col(name).cast(pl.String).str.strip_chars() for name in headings}
    filled = {name: text.fill_null("") != "" for name, text in texts.items()}
    rows = rows.filter(pl.any_horizontal(filled.values()))
    if rows.is_empty() or not wanted:
        return rows
    counted = [filled[named[name]] for name in contract.numbers if name in named]
    few = pl.sum_horizontal(filled[name].cast(pl.UInt32) for name in wanted) * 2 <= len(wanted)
    note = rows.select(few & ~pl.any_horizontal([pl.lit(False), *counted])).to_series()
    last = (~note).arg_true().max()
    return rows.head(0 if last is None else int(str(last)) + 1)


def unmerged(table: Candidate, contract: Contract) -> Mapping[int, list[str]]:
    """Row number -> cells of the table's body. In a local return a text merged over several rows is
    that of each; a number is of none of them, and what is read says so."""
    body = table.body()
    if not contract.local_return:
        return body
    for (top, left), (bottom, _) in table.sheet.merged:
        rows = [number for number in range(top + 1, bottom + 2) if number in body]
        if len(rows) < 2 or left >= len(table.headings):
            continue
        value, name = body[rows[0]][left], contract.column_of(table.headings[left])
        if value and name in contract.numbers:
            value = f"{MERGED}{rows[0]} to {rows[-1]}"
        for number in rows:
            body[number][left] = value
    return body


def refuse_second(fitting: Sequence[Candidate]) -> None:
    """Refuse a local return with rows in two sheets: which of them counts is not known."""
    names = list(dict.fromkeys(one.sheet.name for one in fitting if one.body()))
    if len(names) > 1:
        raise Refused(
            f"It has the table in {len(names)} sheets: {', '.join(map(shown, names))}.",
            "Put all rows into one sheet, or save each sheet as a file of its own.",
        )


def other_separator(headings: Sequence[str]) -> Refused | None:
    """The refusal of a CSV whose columns are not separated by commas; None if they are."""
    for mark, words in SEPARATORS.items():
        if len(headings) == 1 and headings[0].count(mark) >= 2:
            return Refused(
                f"Its columns are separated by {words}, not by commas.",
                "Save it as an Excel workbook (.xlsx), or as CSV (comma delimited).",
            )
    return None
