"""Reports of a practice's own system with people in them: a copy without people is kept, and of the
report itself its SHA-256 alone. Not here: what such a report is (`staff_report:` in a contract),
files that are refused for a person in them (`personal_data`)."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.archive.decisions import withdrawn
from warehouse.archive.source_files import Archive, EditionBasis, SourceFile
from warehouse.base.keys import FileKey
from warehouse.base.months import month_text
from warehouse.base.text import fold, heading_key
from warehouse.contract.layouts import StaffReport
from warehouse.contract.model import Contract, contracts
from warehouse.intake.edition import month_in_name
from warehouse.intake.recognise import Recognised
from warehouse.readers.containers import XLSX, Content
from warehouse.readers.refused import NamesPeople, Refused
from warehouse.readers.workbook import HEADING_ROWS, read_sheets
from warehouse.transform.conform import TOTAL
from warehouse.transform.persons import WITHHELD

NUMBER = re.compile(r"-?\d[\d, ]*(\.\d+)?")
A_TOTAL = "Total"  # in place of the code of a row of totals, which a rule of rows then finds
MOST_BYTES = 2_000_000  # of a workbook; reports are small, and reading each workbook twice is slow
NOTHING_KEPT = "Nothing of this file was kept."
Rows = list[list[str]]


@dataclass(frozen=True)
class StaffCopy:
    """A copy without people. `basis`: how its month is known."""

    content: Content
    original_sha256: str
    basis: EditionBasis


def without_people(
    content: Content, org: str | None, edition: str | None, names: Sequence[str], scratch: Path
) -> StaffCopy | None:
    """The copy of a spooled report, written to `scratch`; None for a file of another kind.

    `org`, `edition`: the code of its organisation and its month, as whoever imports it says;
    without them its `names` do: the file's own and that of its zip.

    It has the contract's columns in order: month and organisation as stated, each row's number in
    the report, numbers, and whether the row's texts are those of an earlier row. A row that has
    anything but a number where one is due has `withheld` there; a row of totals has `Total` for the
    organisation. Raises NamesPeople, quoting no cell, for a report that can't be copied.
    """
    for grid in _grids(content):
        for contract in contracts().values():
            report = contract.staff_report
            top = _heading_row(grid, report) if report else None
            if report is None or top is None:
                continue
            code, month, basis = _stated(contract, report, org, edition, names)
            table = _Table(contract, report, grid[top])
            rows = list(table.copied(grid, top, code, month))
            if not rows:
                raise NamesPeople(
                    "It has headings but no rows.", f"Export it again. {NOTHING_KEPT}"
                )
            name = f"{contract.feed.replace('_', '-')}-{code}-{month}.csv"
            copy = _written(contract, rows, name, scratch)
            return StaffCopy(copy, content.sha256, basis)
    return None


def _grids(content: Content) -> Iterator[Rows]:
    """The rows of a CSV, or of each sheet of a workbook, as texts."""
    if content.encoding == XLSX:
        if content.bytes > MOST_BYTES:
            return
        yield from (sheet.rows for sheet in read_sheets(content.path))
        return
    try:
        with content.path.open(encoding="utf-8-sig", newline="") as stream:
            top = [row for row, _ in zip(csv.reader(stream), range(HEADING_ROWS), strict=False)]
            told = [one.staff_report for one in contracts().values() if one.staff_report]
            if all(_heading_row(top, report) is None for report in told):
                return
            stream.seek(0)
            yield list(csv.reader(stream))
    except (csv.Error, UnicodeDecodeError):
        return  # other readers say what is wrong with it


def _heading_row(grid: Rows, report: StaffReport) -> int | None:
    """The place of the row with all the headings by which a report is told."""
    wanted = {heading_key(heading) for heading in report.headings}
    for number, cells in enumerate(grid[:HEADING_ROWS]):
        if wanted <= {heading_key(cell) for cell in cells} and not _is_another(cells):
            return number
    return None


def _is_another(cells: Sequence[str]) -> bool:
    """Whether headings are those of another table that is known and not read."""
    every = (table for one in contracts().values() for table in one.not_read_tables)
    return any(table.is_of(cells) for table in every)


def _stated(
    contract: Contract,
    report: StaffReport,
    org: str | None,
    edition: str | None,
    names: Sequence[str],
) -> tuple[str, str, EditionBasis]:
    """The organisation and month of a report, and how the month is known."""
    found = [re.search(report.named, name, re.IGNORECASE) for name in names]
    named, dated = next((f["code"] for f in found if f), None), month_in_name(contract, *names)
    code, month = org or named, edition or (dated and month_text(dated))
    if not code or not month:
        raise NamesPeople(
            f"It is a report with names of staff ({contract.feed}), which says neither of which "
            "practice nor of which month it is.",
            "Import it by itself with --org CODE --edition YYYY-MM, or name it "
            f"{contract.feed.replace('_', '-')}-CODE-YYYY-MM.csv. {NOTHING_KEPT}",
        )
    code = code.strip().upper()
    if not re.fullmatch(contract.columns[report.code].pattern or "", code):
        raise NamesPeople(
            f"{code} is not the ODS code of a practice.",
            f"State one such as C82001 with --org. {NOTHING_KEPT}",
        )
    return code, month, "argument" if edition else "file_name"


class _Table:
    """A report's table: where its numbers and texts are, by its headings."""

    def __init__(self, contract: Contract, report: StaffReport, headings: Sequence[str]) -> None:
        self.contract, self.report = contract, report
        self.width = len(headings)
        places = [(contract.column_of(h), i) for i, h in enumerate(headings)]
        wanted = [name for name in contract.numbers if name not in report.added]
        self.numbers = {name: i for name, i in reversed(places) if name in wanted}
        required = [name for name in wanted if contract.columns[name].required]
        missing = [contract.columns[n].published[0] for n in required if n not in self.numbers]
        if missing:
            raise NamesPeople(
                f"It is a report with names of staff ({contract.feed}), but the column is missing: "
                f"`{'`, `'.join(missing)}`.",
                "Export the report of total and unused slots. If the system renamed a column, add "
                f"its heading to assets/feeds/{contract.feed}/contract.yaml. {NOTHING_KEPT}",
            )
        told = {heading_key(heading) for heading in report.headings}
        counted = set(self.numbers.values())
        self.texts = [
            i for i, h in enumerate(headings) if heading_key(h) in told and i not in counted
        ]

    def copied(self, grid: Rows, top: int, org: str, edition: str) -> Iterator[list[str]]:
        """The rows of the copy, without blank ones and notes below the last number."""
        below = enumerate(grid[top + 1 :], top + 2)
        body = {number: cells for number, cells in below if any(map(str.strip, cells))}
        last = max((n for n, cells in body.items() if self._is_counted(cells)), default=0)
        seen: set[tuple[str, ...]] = set()
        for number, cells in body.items():
            if number > last:
                return
            texts = tuple(fold(self._cell(cells, i)) for i in self.texts)
            values = self._values(cells)
            report = self.report
            values |= {report.month: edition, report.code: org, report.row: str(number)}
            values[report.repeated] = str(int(texts in seen))
            if not any(texts) or any(re.search(TOTAL, text) for text in texts):
                values[report.code] = A_TOTAL
            seen.add(texts)
            yield [values.get(name, "") for name in self.contract.columns]

    def _values(self, cells: Sequence[str]) -> dict[str, str]:
        """The numbers of a row; no text, whatever stands where a number is due."""
        broken = self._is_broken(cells)
        found = {n: self._number(self._cell(cells, i), broken) for n, i in self.numbers.items()}
        for name, (total, part) in self.report.rest.items():
            pair = [re.sub("[, ]", "", found.get(one, "")) for one in (total, part)]
            whole = all(re.fullmatch(r"-?\d+", text) for text in pair)
            found[name] = str(int(pair[0]) - int(pair[1])) if whole else WITHHELD
        return found

    @staticmethod
    def _number(cell: str, broken: bool) -> str:
        withheld = broken or (cell and not NUMBER.fullmatch(cell))
        return WITHHELD if withheld else cell

    def _is_broken(self, cells: Sequence[str]) -> bool:
        """Whether a row has more cells than there are headings, or a cell swallowed other rows."""
        return any(map(str.strip, cells[self.width :])) or any("\n" in cell for cell in cells)

    def _is_counted(self, cells: Sequence[str]) -> bool:
        """Whether a row has a number, or may have one; others at the end are notes."""
        numbers = (NUMBER.fullmatch(self._cell(cells, place)) for place in self.numbers.values())
        return any(numbers) or self._is_broken(cells)

    @staticmethod
    def _cell(cells: Sequence[str], place: int) -> str:
        return cells[place].strip() if place < len(cells) else ""


def _written(contract: Contract, rows: Rows, name: str, scratch: Path) -> Content:
    """A copy's rows as a CSV in `scratch`."""
    out = io.StringIO()
    headings = [column.published[0] for column in contract.columns.values()]
    csv.writer(out, lineterminator="\n").writerows([headings, *rows])
    content = out.getvalue().encode("ascii", "replace")
    sha256 = hashlib.sha256(content).hexdigest()
    path = scratch / f"copy-{sha256}.csv"
    path.write_bytes(content)
    return Content(path, name, None, sha256, len(content), "ascii")


Refusals = list[tuple[str, Refused]]


def kept_apart(recognised: list[Recognised], refused: Refusals) -> list[Recognised]:
    """The files that may be kept: where one of a zip names people, only copies without them, and
    none of the others, because the zip would be kept with them. They are added to `refused`."""
    copies = [one for one in recognised if one.original_sha256]
    if not copies and not any(isinstance(why, NamesPeople) for _, why in refused):
        return recognised
    names = [one.content.name for one in copies]
    if twice := {name for name in names if names.count(name) > 1}:
        same = Refused(
            "The zip has several reports of the same practice and month.",
            "Import one of them, or give each the code of its practice and its month in its name.",
        )
        refused += [(name, same) for name in sorted(twice)]
        copies = [one for one in copies if one.content.name not in twice]
    why = Refused(
        "A file beside it in the zip names people, so the zip is not kept.",
        "Import it without that file.",
    )
    refused += [(one.content.name, why) for one in recognised if not one.original_sha256]
    return copies


def by_source(
    files: list[SourceFile], path: Path, recognised: list[Recognised]
) -> Iterator[tuple[Path, list[SourceFile]]]:
    """Where the bytes to keep of files are: of a copy without people in that copy, of others in the
    file that was imported."""
    copies = {one.content.sha256: one.content.path for one in recognised if one.original_sha256}
    yield from ((copies[one.sha256], [one]) for one in files if one.sha256 in copies)
    yield path, [one for one in files if one.sha256 not in copies]


def refuse_twice(archive: Archive, files: list[SourceFile]) -> None:
    """Take a report from the end of `files`, and refuse it, if it was imported as that of another
    organisation or month."""
    file, out = files[-1], withdrawn(archive.home)
    for other in archive.files(file.feed) if file.original_sha256 else ():
        same = other.original_sha256 == file.original_sha256 and other.sha256 != file.sha256
        if same and FileKey.of(other) not in out:
            files.pop()
            raise Refused(
                f"The same report was imported as {other.file_name}.",
                "If that was wrong, withdraw it first: access-recovery withdraw "
                f"{other.short} --reason TEXT",
            )
