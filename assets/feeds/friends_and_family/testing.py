"""Workbooks of the Friends and Family Test for GP practices, for tests: with macros, as published,
and the table of practices as CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from assets.feeds.testing import Row, table, workbook

RETURN: dict[str, object] = {
    "Region Code": "Y60",
    "ICB Code": "QK1",
    "ICB Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "Practice Code": "C82001",
    "Practice Name": "A SURGERY",
    "Total Responses": 200,
    "Percentage Positive": 0.93,
    "Percentage Negative": 0.03,
}
ANSWERS: dict[str, object] = {
    "Very Good": 150, "Good": 36, "Neither Good nor Poor": 8, "Poor": 2, "Very Poor": 2,
    "Don't Know": 2,
}  # fmt: skip
SHEET = "Practices"
NEVER_RUN = b"not a macro that anything could run"
PLAIN = b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WITH_MACROS = b"ms-excel.sheet.macroEnabled.main+xml"


def build(*rows: Row) -> bytes:
    """Return the table of these rows, or of one valid row, as CSV."""
    return table(RETURN, rows)


def answered(*rows: Row) -> bytes:
    """The same with a column per answer."""
    return table(RETURN | ANSWERS, rows)


def fft_workbook(
    *rows: Row,
    sheet: str = SHEET,
    title: object = "Friends and Family Test, GP practices",
    also: Mapping[str, Iterable[Iterable[object]]] | None = None,
    answers: bool = False,
    banner: bool = False,
) -> bytes:
    """A workbook with macros: notes, other levels (`also`), and practices below a title and a row
    of England. `answers`: whether it has a column per answer; `banner`: their headings are in a row
    below one heading for all."""
    heads: list[str] = list(RETURN | ANSWERS) if answers else list(RETURN)
    given = [RETURN | ANSWERS | dict(row) for row in list(rows) or [{}]]
    england = {"Practice Name": "England", "Total Responses": 9, "Percentage Positive": 0.5}
    practices: list[list[object]] = [
        [title],
        [],
        ["", "", "", "", "", "Responses"],
        *([heads] if not banner else _below_banner(heads)),
        [england.get(head, "") for head in heads],
        *[[row[head] for head in heads] for row in given],
        [],
        ["Notes: percentages are withheld below 5 responses"],
    ]
    summary: list[list[object]] = [
        ["Region Name", "Total Responses", "Percentage Positive"],
        ["MIDLANDS", 9, 0.5],
    ]
    sheets: dict[str, Iterable[Iterable[object]]] = {
        "Notes": [["Notes"], ["Not comparable between practices"]],
        "Regions": summary,
    }
    sheets |= {**(also or {}), sheet: practices}
    return with_macros(workbook(sheets))


def _below_banner(heads: list[str]) -> list[list[object]]:
    """Two rows of headings: those of answers in the second, below `Breakdown of Responses`."""
    first, told = next(iter(ANSWERS)), ["" if head in ANSWERS else head for head in heads]
    told[heads.index(first)] = "Breakdown of Responses"
    return [[*told], [head if head in ANSWERS else "" for head in heads]]


def with_macros(content: bytes, part: bytes | None = NEVER_RUN) -> bytes:
    """The workbook as one with macros (.xlsm). `part`: what it has as its macros, if any."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(PLAIN, WITH_MACROS))
        if part is not None:
            new.writestr("xl/vbaProject.bin", part)
    return out.getvalue()
