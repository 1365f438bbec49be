"""Synthetic workbooks of submissions via online consultation systems, one per edition: practices in
`Table 2`, and England's months in `Table 1`."""

from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from assets.sample.digital_access import Submissions, submissions
from assets.sample.places import MARK, Practice
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, NOTE, short

TITLE = "Submissions via Online Consultation Systems in General Practice"
HEADINGS = (
    "Month [1]", "GP Code", "GP Name", "PCN Code [2, 3]", "PCN Name [3]", "Sub ICB Code",
    "Sub ICB Name", "ICB Code", "ICB Name", "Region Code", "Region Name", "Supplier [4, 5, 6]",
    "Submissions [7]", "Clinical Submissions [7]", "Administrative Submissions [7]",
    "Other/Unknown Type Submissions [7]", "Registered Patient Count [8]",
    "Rate per 1,000 Registered Patients [9, 10]", "Participation",
)  # fmt: skip
SUMMARY = (
    ("Coverage", "Open active practices"),
    ("", "Count of practices known to have an Online Consultation System [1, 2]"),
    ("", "Count of practices receiving submissions via Online Consultation Systems [1, 2]"),
    ("", ""),
    ("", "Registered patients at open active practices"),
    ("", "Registered patients at practices that received submissions via an Online Consultation System"),  # noqa: E501
    ("", ""),
    ("Submissions", "Total submissions received by practices [3], of which:"),
    ("Submission type", "Clinical submissions"),
    ("", "Administrative submissions"),
    ("", "Other/unknown type submissions [4]"),
)  # fmt: skip
MONTHS = 13  # columns of the national table
NOTES = (
    "1   Invented practices of a few sub-ICBs stand for England.",
    "10   Rates cannot be aggregated if summarising these figures",
    "Copyright: none, invented figures",
)
Rows = list[tuple[Practice, int, Submissions]]


def write(world: World, out: Path) -> list[Path]:
    """Write one workbook per edition."""
    return [_write_edition(world, out, edition) for edition in world.editions]


def _rows(world: World, month: date) -> Rows:
    return [
        (practice, world.patients(practice, month), submissions(world, practice, month))
        for area in world.areas
        for practice in world.open_practices(area, month)
    ]


def _write_edition(world: World, out: Path, edition: date) -> Path:
    named = f"{FULL_MONTH_NAMES[edition.month - 1]} {edition.year}"
    path = out / f"{TITLE} - {named}.xlsx"
    months = world.window(edition)[-MONTHS:]
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        # Without a creation date the bytes would depend on the clock.
        created = datetime(edition.year, edition.month, 28)
        book.set_properties({"title": TITLE, "comments": f"SYNTHETIC. {NOTE}", "created": created})
        title = (TITLE + MARK, "Official Statistics in Development", "_", f"SYNTHETIC: {NOTE}")
        book.add_worksheet("Title sheet").write_column(7, 0, title)
        book.add_worksheet("Data Quality").write_column(4, 0, ("Return to Contents", "", NOTE))
        _national(book.add_worksheet("Table 1"), {m: _rows(world, m) for m in months})
        dated = book.add_format({"num_format": "mmm-yy"})
        sheet = book.add_worksheet("Table 2")
        _banner(sheet, f"Table 2: Submissions received by practices, {named}")
        sheet.write_row(11, 0, HEADINGS)
        rows = _rows(world, edition)
        for number, (practice, patients, sent) in enumerate(rows, 12):
            sheet.write_datetime(number, 0, datetime(*edition.timetuple()[:3]), dated)
            sheet.write_row(number, 1, _cells(practice, patients, sent))
        end = 12 + len(rows) + 1
        sheet.write_column(end, 0, ("Source: invented (SYNTHETIC)", "Notes:"))
        sheet.write_column(end + 2, 1, NOTES)
    return path


def _cells(practice: Practice, patients: int, sent: Submissions) -> tuple[object, ...]:
    area, (pcn, pcn_name) = practice.area, practice.pcn
    counts = (sent.total, sent.clinical, sent.administrative, sent.other)
    return (
        *(practice.code, practice.name, pcn, pcn_name, area.code, area.name),
        *(area.icb_code, area.icb_name.upper(), area.region_code, area.region_name.upper()),
        *(sent.supplier, *counts, patients, 1000 * sent.total / patients, int(sent.takes_part)),
    )


def _banner(sheet: Worksheet, words: str) -> None:
    sheet.write_column(7, 0, ("Return to Contents", "_", words))


def _national(sheet: Worksheet, months: dict[date, Rows]) -> None:
    """Table 1: a column per month, the newest first."""
    _banner(sheet, "Table 1: Summary of availability and usage of Online Consultation Systems")
    for number, texts in enumerate(SUMMARY, 11):
        sheet.write_row(number, 0, texts)
    for column, month in enumerate(sorted(months, reverse=True), 2):
        rows = months[month]
        received = [row for row in rows if row[2].total]
        sheet.write_string(10, column, short(month).replace("_", "-"))
        numbers = (
            len(rows),
            sum(sent.takes_part for *_, sent in rows),
            len(received),
            None,
            sum(patients for _, patients, _ in rows),
            sum(patients for _, patients, _ in received),
            None,
            *(sum(sent.total for *_, sent in rows), sum(sent.clinical for *_, sent in rows)),
            *(sum(sent.administrative for *_, sent in rows), sum(sent.other for *_, sent in rows)),
        )
        for number, value in enumerate(numbers, 11):
            if value is not None:
                sheet.write_number(number, column, value)
