"""Match a CSV without headings to the contract whose fields its rows have, by their number and
their values. Not here: files with headings (`matching`)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import polars as pl

from warehouse.contract.entries import Column
from warehouse.contract.model import Contract, contracts
from warehouse.readers.refused import Refused, shown

FIRST_ROWS = 50
LEAST = 0.5  # of the first rows have a sound value in a field, or the field is another one


def match_unheaded(path: Path, feed: str | None) -> Contract | None:
    """The contract of a CSV without headings; None if it has headings or is of no known feed.
    `feed` restricts the choice."""
    rows = _first_rows(path)
    fitting = (one for one in _of_this_width(rows, feed) if not _misfits(one, rows))
    return next(fitting, None)


def misfit(path: Path, feed: str | None) -> Refused | None:
    """The refusal of a CSV whose rows are those of a contract save one field or a few."""
    rows = _first_rows(path)
    for contract in _of_this_width(rows, feed):
        faults = _misfits(contract, rows)
        if 2 * len(faults) <= len(_judged(contract)):
            return Refused(
                f"It has {contract.fields} fields in a row, like {contract.feed}, but {faults[0]}.",
                f"If the publisher changed the field, change {contract.feed}'s contract; otherwise "
                "check that it is the right file.",
            )
    return None


def _of_this_width(rows: list[list[str]], feed: str | None) -> Iterator[Contract]:
    """Yield the contracts of files without headings that have so many fields in a row."""
    for one in contracts().values():
        if one.fields and feed in (None, one.feed) and rows:
            wide = sum(len(row) == one.fields for row in rows)
            if wide >= LEAST * len(rows) and not _are_headings(one, rows[0]):
                yield one


def _first_rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [row for row in islice(csv.reader(stream), FIRST_ROWS) if row]
    except (csv.Error, UnicodeDecodeError):
        return []


def _are_headings(contract: Contract, row: list[str]) -> bool:
    """Whether a first row names at least half of the contract's columns."""
    return 2 * len(contract.columns_in(row)) >= len(contract.columns)


def _judged(contract: Contract) -> dict[str, tuple[Column, int]]:
    """Column -> its place, from 0, of columns whose values have a form."""
    return {
        name: (column, column.position - 1)
        for name, column in contract.columns.items()
        if column.position and (column.type == "date" or column.pattern)
    }


def _misfits(contract: Contract, rows: list[list[str]]) -> list[str]:
    """The fields in which most of the first values are not what the contract says."""
    faults = []
    for name, (column, place) in _judged(contract).items():
        texts = [row[place].strip() for row in rows if len(row) == contract.fields]
        given = [text for text in texts if text and text not in column.missing]
        if column.nullable and len(given) < LEAST * len(texts):
            continue  # a few faulty values are for the rules of rows
        bad = [text for text in given if not _fits(column, text)]
        if len(bad) > (1 - LEAST) * len(given) or not given:
            found = f"`{shown(bad[0])}`" if bad else "nothing"
            expected = column.pattern or " or ".join(column.formats)
            faults.append(
                f"field {place + 1} ({column.published[0]}, {name}) has {found} where {expected} "
                "was expected"
            )
    return faults


def _fits(column: Column, text: str) -> bool:
    """Whether a code or date is well formed. Labels may be new: the rows' rules judge them."""
    if column.type == "date":
        return any(_is_date(text, form) for form in column.formats)
    return column.pattern is None or re.search(column.pattern, text) is not None


def _is_date(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def scan_unheaded(path: Path, contract: Contract) -> pl.LazyFrame:
    """Scan a CSV without headings: a text column per field, under the contract's headings."""
    return pl.scan_csv(
        path,
        has_header=False,
        new_columns=list(contract.unheaded),
        infer_schema=False,
        truncate_ragged_lines=True,
    )
