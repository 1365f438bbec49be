"""Mistakes that people make in local returns, and the machinery that makes them.

Each return lists its own in `mistakes_<feed>.py`: what is typed, and the words of the answer, None
where it is understood. Not here: the tests (`test_mistakes`).
"""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.feeds.testing import Row
from assets.ingest import take_in
from tests.support import BUILDERS, imported, write
from warehouse.base.home import Home
from warehouse.base.months import month_text
from warehouse.contract.model import contracts

Words = str | None
Change = Callable[[list[list[str]]], bytes]


@dataclass(frozen=True)
class Mistakes:
    """The mistakes of one return.

    `rows`: what is typed into one row, all in one file; `files`: what is done to a whole file; its
    rows are lists of texts, the headings first; `editions`: rows that a check of the edition finds,
    with the rule. `own`: the heading of the code that tells rows apart, and
    codes for it. `lists`: files of other feeds that the checks use.
    """

    own: tuple[str, Callable[[int], str]]
    rows: tuple[tuple[Row, Words], ...]
    editions: tuple[tuple[tuple[Row, ...], str, str], ...]
    files: tuple[tuple[Change, Words], ...] = ()
    lists: tuple[bytes, ...] = ()


def tables() -> dict[str, Mistakes]:
    """The mistakes of every return that lists them, by feed."""
    paths = sorted(Path(__file__).parent.glob("mistakes_*.py"))
    return {
        path.stem.removeprefix("mistakes_"): importlib.import_module(
            f"tests.assets.{path.stem}"
        ).MISTAKES
        for path in paths
    }


def lines(content: bytes) -> list[list[str]]:
    """The rows of a CSV as texts, the headings first."""
    return list(csv.reader(io.StringIO(content.decode())))


def as_csv(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows of texts as a CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def name_of(content: bytes) -> str:
    """A file name that fits the content."""
    return "return.xlsx" if content.startswith(b"PK") else "return.csv"


def refusal(home: Home, content: bytes) -> str | None:
    """What the import of a file says if it refuses it; None if it does not."""
    [outcome, *_] = imported(home, write(home.root.parent / name_of(content), content))
    return f"{outcome.message} {outcome.remedy}" if outcome.verdict == "refused" else None


def checked(
    home: Home, feed: str, lists: tuple[bytes, ...], rows: tuple[Row, ...]
) -> dict[str, str]:
    """Rule -> message of the checks that a return of these rows does not meet."""
    for number, content in enumerate(lists):
        imported(home, write(home.root.parent / f"list{number}.csv", content))
    path = write(home.root.parent / "return.csv", BUILDERS[feed](*rows))
    [outcome, *_] = imported(home, path)
    assert outcome.file is not None, outcome.message
    taken = take_in(home, feed, outcome.file.edition, "run")
    assert taken is not None
    return {
        one.rule: f"{one.title}; found {one.observed}; {one.message}"
        for one in taken.results
        if one.verdict in ("warn", "fail")
    }


def of_months(heading: str) -> Iterator[tuple[Row, Words]]:
    """How people type October 2025, and what they type in its place."""
    for written in (
        "Oct-25",
        "October 2025",
        "01/10/2025",
        "1/10/2025",
        "10/2025",
        " 2025-10 ",
        "Oct. 2025",
    ):
        yield {heading: written}, None
    said = {
        "45931": "format the column as text",
        "25-Oct": "format the column as text",
        "10/01/2025": "it may be an American date",
        "15/10/2025": "a month, not a day within it",
        "2025/26": "a month, not a financial year",
        "2025-13": "a month from 01 to 12, as 2024-12, or, in a column of financial years, 2024/25",
        "04C": "a month, not a code; type it as YYYY-MM, and check whether two columns are swapped",
        "Q3 2025": "a month, not a quarter",
        "Oct-Dec 2025": "one month, not several",
        "October": "a month with its year",
        "#REF!": "not a formula's error",
        "2015-10": "expected a month from 20",
        "": "Month: found nothing, expected a value",
    }
    for written, words in said.items():
        yield {heading: written}, words


def of_counts(heading: str) -> Iterator[tuple[Row, Words]]:
    """How people type a count, and what they type in its place."""
    for written in ("1,234", "1 234", " 12 ", "12.0"):
        yield {heading: written}, None
    said = {
        "72%": "a number, not a percentage",
        "n/a": "type 0 if there were none",
        "-": "type 0 if there were none",
        "<5": "not an estimate or a limit",
        "12,34": "a comma before each three digits",
        "0.72": "check for an average, a share or a percentage",
        "£12": "a count, not an amount of money",
        "12 of them": "a number without words or units",
        "(3)": "a number in brackets is negative",
        "-3": "expected zero or more; correct the row",
        "C82001": "a number, not a code; check whether two columns are swapped",
        "NLX07": "found `NLX07`, expected a number, not a code",
        "12k": "a number without words or units; type the whole number; for 12k, type 12000",
        "2025-10": "a number, not a date",
        "many": "found `many`, expected a whole number; correct the row",
    }
    for written, words in said.items():
        yield {heading: written}, words


def of_practices(heading: str) -> Iterator[tuple[Row, Words]]:
    """How people type the code of a practice, and what they type in its place."""
    for written in ("c82001", " C82002 ", "C82 003"):
        yield {heading: written}, None
    said = {
        "Willows Surgery": "the ODS code, not the name; find the code",
        "U12345": "a practice's code, not a network's",
        "04C": "not that of a sub-ICB or ICB",
        "C82001, C82002": "one code; give each organisation a row",
        "C8200O": "a letter O in place of a zero",
        "82001": "a code that begins with a letter",
        "2025-10": "a code, not a date; check whether two columns are swapped",
        "Grand total": "totals are calculated here",
        "": "found nothing, expected a value",
    }
    for written, words in said.items():
        yield {heading: written}, words


def _personal(heading: str, cell: str) -> Change:
    return lambda rows: as_csv([[*rows[0], heading], *([*row, cell] for row in rows[1:])])


def of_files(feed: str) -> Iterator[tuple[Change, Words]]:
    """What people do to a whole file of a feed, and how they save it."""
    first = next(iter(contracts()[feed].columns.values())).published[0]
    yield lambda rows: as_csv(rows, ";"), "separated by semicolons"
    yield lambda rows: as_csv(rows, "\t", "utf-16"), "separated by tabs"
    yield lambda rows: as_csv(rows, encoding="utf-16"), None
    yield lambda rows: as_csv(rows, encoding="cp1252"), None
    yield lambda rows: as_csv([rows[0], [""] * len(rows[0]), *rows[1:], ["Note: by hand"]]), None
    yield (
        lambda rows: as_csv([row[1:] for row in rows]),
        f"the column is missing: `{first}`",
    )
    yield (
        lambda rows: as_csv([[f"{rows[0][0][:-1]}x", *rows[0][1:]], *rows[1:]]),
        f"Rename the heading `{first[:-1]}x` to `{first}`, if it has these figures. For a local",
    )
    yield lambda rows: as_csv([[*row, row[0]] for row in rows]), "Two headings for one column"
    yield lambda rows: as_csv([rows[0]]), "headings but no rows"
    yield lambda rows: as_csv([["Our return"], *rows]), "Column headings match no known feed"
    yield _personal("NHS number", "x"), "Its column `NHS number` looks like personal data"
    yield _personal("Patient surname", "x"), "Its column `Patient surname` looks like personal"
    yield _personal("Remarks", "see 943 476 5919"), "Row 2 has an NHS number in `Remarks`"
    yield (
        lambda rows: as_csv([rows[0], [""] * len(rows[0]), [*rows[1][:-1], "943 476 5919"]]),
        "Row 3 has an NHS number",
    )
    yield _personal("Remarks", "ask jo.bloggs@example.org"), "an e-mail address in `Remarks`"
    yield _personal("Remarks", "ring 0116 496 0123"), "Row 2 has a telephone number in `Remarks`"


def in_future(feed: str) -> tuple[Row, ...]:
    """A return with a month of 2040."""
    column = contracts()[feed].columns[contracts()[feed].month or ""]
    return ({}, {column.published[0]: month_text(column.months["2040-01"])})
