"""Recognise a spooled file by its content: feed, number of rows, months. Not here: opening
containers (`warehouse.readers.containers`), finding the table (`warehouse.readers.tables`), its
edition (`edition`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.archive.source_files import EditionBasis
from warehouse.contract.model import Contract
from warehouse.intake.other_publications import not_yet
from warehouse.intake.personal_data import refuse_persons
from warehouse.readers.containers import Content
from warehouse.readers.matching import ONLY_MONTHLY
from warehouse.readers.refused import AGAIN, Refused, reading_rows, shown
from warehouse.readers.tables import Table, find_beside, find_table
from warehouse.readers.title_sheet import Titled

SAMPLE_ROWS = 50


@dataclass(frozen=True)
class Recognised:
    """A recognised file. `months`: in its content; `stated_on`: the publication date on its title
    sheet; `titled`: the month in its titles. `original_sha256`: of the report of which the content
    is a copy without people, and `basis`: how the month of it is known."""

    content: Content
    contract: Contract
    headings: tuple[str, ...]
    rows: int
    months: tuple[date, ...]
    synthetic: bool
    sheet: str | None = None
    header_row: int = 1
    stated_on: date | None = None
    titled: Titled | None = None
    original_sha256: str | None = None
    basis: EditionBasis | None = None


def recognise(content: Content, today: date, feed: str | None = None) -> Recognised:
    """The feed of a spooled file, its number of rows and its months. Raises Refused; a publication
    that no feed reads yet is named."""
    try:
        table = find_table(content, feed)
    except Refused as refusal:
        if not feed and (named := not_yet(content)):
            raise named from refusal
        raise
    _refuse_by_name(content, table.contract)
    with reading_rows():
        refuse_persons(content, table)
        _refuse_examples(table)
        found = _recognised(content, table, today)
        _has_rows_of_the_feed(table)
    return found


def _refuse_by_name(content: Content, contract: Contract) -> None:
    """Refuse a file with a feed's headings that is known, by its name, to be another table."""
    for pattern, why in contract.not_read.items():
        if re.search(pattern, content.name, re.IGNORECASE):
            raise Refused(
                f"It has the headings of {contract.feed}, and is not read: {why}.",
                "Import the other files of the release.",
            )


def recognise_beside(content: Content, main: Recognised, today: date) -> list[Recognised]:
    """The other feeds whose tables a recognised file has, too. Raises Refused."""
    tables = find_beside(content, main.contract.feed)
    with reading_rows():
        return [_recognised(content, table, today) for table in tables]


def _recognised(content: Content, table: Table, today: date) -> Recognised:
    contract = table.contract
    rows, written = _profile(table)
    if rows == 0:
        raise Refused("It has headings but no rows.", AGAIN)
    return Recognised(
        content,
        contract,
        table.headings,
        rows,
        _months(contract, written, today) if written else (),
        _is_sample(table),
        table.sheet,
        table.header_row,
        table.stated_on,
        table.titled,
    )


def _has_rows_of_the_feed(table: Table) -> None:
    """Refuse a file of a wider publication that has other figures only, by their labels. One that
    has them of no place of interest is read, and has no rows."""
    named, columns = table.contract.columns_in(table.headings), table.contract.columns
    wanted = {
        named[name]: pattern
        for name, pattern in table.contract.row_filter.items()
        if name in named and columns[name].type == "label"
    }
    own = [pl.col(heading).str.contains(pattern) for heading, pattern in wanted.items()]
    if own and table.rows.filter(pl.all_horizontal(own)).head(1).collect().is_empty():
        texts = " and ".join(f"`{heading}` matches {p}" for heading, p in wanted.items())
        raise Refused(
            f"It looks like {table.contract.feed}, but has none of its rows ({texts}).",
            "Check whether the publisher still has these figures, or under other names.",
        )


def _heading_of(table: Table, column: str | None) -> str | None:
    """A column's heading in this file, if it has one."""
    return table.contract.columns_in(table.headings).get(column or "")


def _profile(table: Table) -> tuple[int, dict[str | None, int]]:
    """Number of rows, and how often each text occurs in the month column, in one scan."""
    heading, scan = _heading_of(table, table.contract.edition.content), table.rows
    if heading is None:
        rows = scan.select(pl.len()).collect(engine="streaming").item()
        return rows - _blank_lines(table), {}
    counted = scan.group_by(heading).len().collect(engine="streaming")
    tally: dict[str | None, int] = dict(counted.iter_rows())
    if None in tally:  # do not count blank lines
        tally[None] -= _blank_lines(table)
    return sum(tally.values()), tally


def _blank_lines(table: Table) -> int:
    """Number of rows without any text. A table may have hundreds of columns that nothing reads;
    they are looked at only if there are rows that are blank in all others."""
    read, found = list(table.contract.columns_in(table.headings).values()), 0
    for columns in (pl.col(read), pl.all()):
        blank = pl.all_horizontal(columns.is_null()).sum()
        found = table.rows.select(blank).collect(engine="streaming").item()
        if not found:
            break
    return found


def _months(contract: Contract, written: dict[str | None, int], today: date) -> tuple[date, ...]:
    name = contract.edition.content
    if name is None:
        return ()
    spellings = contract.columns[name].months
    texts = {text.strip() for text in written if text}
    readable = {spellings[text] for text in texts if text in spellings}
    months = sorted(month for month in readable if month <= today)
    if not months:
        example = contract.columns[name].example
        found = ", ".join(sorted(shown(text or "nothing") for text in written)[:3])
        future = " that is not in the future" if readable else ""
        raise Refused(
            f"It looks like {contract.feed}, but `{contract.columns[name].published[0]}` has "
            f"no month{future} (found: {found}; expected for example {example}).",
            "Check the file, and this computer's date." if readable else ONLY_MONTHLY,
        )
    return tuple(months)


def _refuse_examples(table: Table) -> None:
    """Refuse a local return with rows of its template among others, by their codes. A file that has
    only such rows is sample data."""
    contract, mark = table.contract, table.contract.synthetic
    heading = _heading_of(table, mark.column) if mark and contract.local_return else None
    if mark is None or heading is None:
        return
    codes = table.rows.select(pl.col(heading).str.strip_chars()).collect().to_series()
    marked, pattern = codes.str.contains(mark.pattern), contract.columns[mark.column].pattern or ""
    others = codes.filter(~marked & codes.str.to_uppercase().str.contains(pattern))
    if marked.any() and not others.is_empty():
        place = int(str(marked.arg_true()[0]))
        raise Refused(
            f"Row {table.row_numbers[place]}: `{shown(codes[place])}` is the template's example.",
            "Delete the row, and import the file again.",
        )


def _is_sample(table: Table) -> bool:
    """Whether one of the first rows has the mark of sample data."""
    mark = table.contract.synthetic
    heading = _heading_of(table, mark.column) if mark else None
    if mark is None or heading is None:
        return False
    first = table.rows.head(SAMPLE_ROWS).select(pl.col(heading).str.contains(mark.pattern).any())
    return bool(first.collect().item())
