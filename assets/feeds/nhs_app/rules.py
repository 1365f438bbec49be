"""Business rules of the NHS App workbook: its national table against its table of ICBs.

The national table is found by its content: on a sheet other than the one read, a row named like one
of the counts, with numbers to its right, below a row with months. Its columns are compared by
position, because the publisher has labelled their months wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from checks.check_evidence import Evidence, skipped
from checks.edition_view import EditionView
from checks.expectations import always, as_expected, equal
from checks.feed_rules import Rule
from checks.national_table import newest_workbook
from warehouse.base.months import month_spellings, month_text
from warehouse.contract.model import Contract
from warehouse.readers.workbook import Sheet
from warehouse.transform.derived import read_derived
from warehouse.transform.lake import quarantine_of

RECONCILED = ("logins", "unique_users")
ASK = "ask the publisher for a corrected workbook"
NUMBER = re.compile(r"\d+(,\d{3})*(\.0+)?")


@dataclass(frozen=True)
class Place:
    """One column of the national table: the spreadsheet's letter, and its month as labelled."""

    letter: str
    label: str


@dataclass(frozen=True)
class National:
    """The national table: its columns from left to right, and the figures of each count in them."""

    sheet: str
    places: tuple[Place, ...]
    figures: dict[str, tuple[int | None, ...]]


@dataclass(frozen=True)
class ReconciledTable:
    """The national table, the month of each of its columns by position (None where the ICBs' table
    has no such month), and the sums of the ICBs."""

    table: National
    months: tuple[date | None, ...]
    sums: dict[str, dict[date, int | None]]


@dataclass(frozen=True)
class Pair:
    """One figure of the national table, and what the ICBs add up to."""

    month: date
    letter: str
    national: int
    icbs: int


@lru_cache(maxsize=1)  # both checks use the same workbook
def _compared(view: EditionView) -> ReconciledTable | str:
    """Return the newest workbook's national table with its ICBs' sums, or the reason why not."""
    book = newest_workbook(view, "no workbook: a CSV of ICBs has no national table")
    if isinstance(book, str):
        return book
    file, sheets = book
    table = find_national(sheets, view.contract, file.sheet or "")
    if table is None:
        return f"no national table in {file.file_name}"
    rejected = quarantine_of(view.home, file, ["rule"])
    if rejected is not None and rejected.filter(pl.col("rule") != "total_row").height:
        return "rows of ICBs are in quarantine, so their sums are incomplete"
    sums = _sums(read_derived(view.home, "tidy", [file]))
    return ReconciledTable(table, _by_position(table, sums), sums)


def _sums(rows: pl.DataFrame) -> dict[str, dict[date, int | None]]:
    """Count -> month -> sum over all ICBs, `Unknown` included; None if one has no figure."""
    summed = rows.group_by("month").agg(
        pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)
        for name in RECONCILED
    )
    return {name: dict(summed.select("month", name).iter_rows()) for name in RECONCILED}


def find_national(sheets: list[Sheet], contract: Contract, read: str) -> National | None:
    """Return the national table, from any sheet but `read`, the one with the ICBs."""
    for sheet in sheets:
        named = [(_count_of(cells, contract), i) for i, cells in enumerate(sheet.rows)]
        rows = {name: i for name, i in reversed(named) if name}
        if not rows or sheet.name == read:
            continue
        above = reversed(sheet.rows[: min(rows.values())])
        labels = next((row for row in above if any(_month(cell, contract) for cell in row)), None)
        if labels is None:
            continue
        dated = [i for i, cell in enumerate(labels) if _month(cell, contract)]
        numbered = [i for row in rows.values() for i in _numbered(sheet.rows[row])]
        if numbered:
            span = range(min(dated + numbered), max(dated + numbered) + 1)
            places = tuple(Place(_letter(i), _label(_cell(labels, i), contract)) for i in span)
            figures = {
                name: tuple(_number(_cell(sheet.rows[row], i)) for i in span)
                for name, row in rows.items()
            }
            return National(sheet.name, places, figures)
    return None


def _count_of(cells: list[str], contract: Contract) -> str | None:
    """Return the count that the first or second cell of a row names."""
    named = [contract.column_of(cell) for cell in cells[:2] if cell]
    return next((name for name in named if name in contract.numbers), None)


def _number(cell: str) -> int | None:
    text = cell.strip()
    return int(text.split(".")[0].replace(",", "")) if NUMBER.fullmatch(text) else None


def _numbered(cells: list[str]) -> list[int]:
    return [i for i, cell in enumerate(cells) if _number(cell) is not None]


def _cell(cells: list[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""


def _month(text: str, contract: Contract) -> str:
    """Return a column's label as a month, like 2025-08; empty if it is not one."""
    spellings = month_spellings(contract.columns[contract.month or ""].formats)
    month = spellings.get(text.strip())
    return month_text(month) if month else ""


def _label(text: str, contract: Contract) -> str:
    return _month(text, contract) or text.strip() or "(blank)"


def _letter(index: int) -> str:
    """Return a column's letters in a spreadsheet: A for 0, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _by_position(
    table: National, sums: dict[str, dict[date, int | None]]
) -> tuple[date | None, ...]:
    """Return the month of each column by position, newest or oldest first, whichever fits better.

    If the national table has more or fewer months than the ICBs', the newest ones are shared.
    """
    held = sorted({month for months in sums.values() for month in months})
    width = len(table.places)
    shared = held[-width:]
    oldest_first = (*[None] * (width - len(shared)), *shared)

    def fit(months: tuple[date | None, ...]) -> tuple[int, int]:
        compared = ReconciledTable(table, months, sums)
        figures = [pair for name in RECONCILED for pair in _pairs(compared, name)]
        labels = [(place.label, month_text(month)) for place, month in _placed(compared)]
        return sum(p.national == p.icbs for p in figures), sum(a == b for a, b in labels)

    return max(oldest_first[::-1], oldest_first, key=fit)


def _placed(compared: ReconciledTable) -> list[tuple[Place, date]]:
    placed = zip(compared.table.places, compared.months, strict=True)
    return [(place, month) for place, month in placed if month]


def _pairs(compared: ReconciledTable, name: str) -> list[Pair]:
    table, sums = compared.table, compared.sums[name]
    columns = zip(table.places, compared.months, table.figures.get(name, ()), strict=False)
    return [
        Pair(month, place.letter, figure, total)
        for place, month, figure in columns
        if month and figure is not None and (total := sums.get(month)) is not None
    ]


def reconciled(view: EditionView) -> Iterator[Evidence]:
    """Compare each count of the national table with the sums of the ICBs."""
    compared = _compared(view)
    if isinstance(compared, str):
        yield skipped("national_total_reconciles", compared)
        return
    for name in RECONCILED:
        yield _reconciled(compared, name)


def _reconciled(compared: ReconciledTable, name: str) -> Evidence:
    rule, sheet = "national_total_reconciles", compared.table.sheet
    pairs = _pairs(compared, name)
    if not pairs:
        return skipped(rule, f"{sheet} and the ICBs have no month in common", name)
    wrong = [pair for pair in pairs if pair.national != pair.icbs]
    shown = [
        f"{month_text(p.month)} (column {p.letter} of {sheet}): {p.national:,} nationally, "
        f"but the ICBs add up to {p.icbs:,}"
        for p in wrong
    ]
    return Evidence(
        rule,
        name,
        pl.DataFrame(
            {
                "item": [month_text(p.month) for p in pairs],
                "now": [p.national for p in pairs],
                "before": [p.icbs for p in pairs],
            }
        ),
        expected=f"the sums of the ICBs, `Unknown` included, in {sheet}",
        observed=f"{len(wrong)} of {len(pairs)} months differ",
        failed_rows=len(wrong),
        total_rows=len(pairs),
        message=f"{'; '.join(shown)}: one of the two tables is wrong; {ASK}" if wrong else "",
    )


def labelled(view: EditionView) -> Evidence:
    """Compare the columns' month labels with their actual months."""
    rule, compared = "national_months_labelled", _compared(view)
    if isinstance(compared, str):
        return skipped(rule, compared)
    placed = [(place, month_text(month)) for place, month in _placed(compared)]
    wrong = [(place, month) for place, month in placed if place.label != month]
    shown = [
        f"column {place.letter} of {compared.table.sheet} is labelled {place.label}, not {month}"
        for place, month in wrong
    ]
    return Evidence(
        rule,
        None,
        pl.DataFrame(
            {
                "item": [f"column {place.letter}" for place, _ in placed],
                "text": [place.label for place, _ in placed],
                "expected": [month for _, month in placed],
            },
            schema=dict.fromkeys(("item", "text", "expected"), pl.String),
        ),
        expected="the months of the ICBs' table, in its order",
        observed=f"{len(wrong)} of {len(placed)} months labelled wrongly",
        failed_rows=len(wrong),
        total_rows=len(placed),
        message=f"{'; '.join(shown)}; figures are read by position and not affected; {ASK}"
        if wrong
        else "",
    )


RULES = {
    "national_total_reconciles": Rule(reconciled, lambda *_: dict.fromkeys(RECONCILED, equal())),
    "national_months_labelled": Rule(labelled, always(as_expected())),
}
