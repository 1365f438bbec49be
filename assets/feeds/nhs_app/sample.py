"""Synthetic NHS App workbooks: one per edition, each with every month so far. The older edition
repeats a published mistake: the newest month of Table 1 is labelled as the month before. The newer
one has the further measures of later releases, whose headings are assumed."""

from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from assets.sample.app_use import FIRST_MONTH, IntegratedCareBoard, Use, integrated_care_boards, use
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, NOTE
from warehouse.base.months import add_months

TITLE = "NHS App Management Information Statistics"
TABLES = {
    1: "National Summary of NHS App usage and registration statistics",
    2: "ICB level NHS App usage and registration statistics",
}
HEADINGS = (
    "Month", "ICB ODS Code [1,2]", "ICB Name [1,2]", "NHSE Region ODS Code [1,2]",
    "NHSE Region Name [1,2]", "NHS App logins", "NHS App unique user logins",
)  # fmt: skip
# Later editions have further measures.
FURTHER = (
    "NHS App unique user logins in 12 months", "NHS App prescription orders",
    "NHS App unique users ordering prescriptions",
)  # fmt: skip
SUMMARY = (("Usage", "NHS App logins"), ("Individual Usage", "NHS App unique user logins"))
SOURCE, COPYRIGHT = "Source: invented (SYNTHETIC)", "Copyright: none, invented figures"
NOTES = (
    "  1   Use that could not be placed is under the ICB and region Unknown.",
    "  2   ICBs and regions are those of the edition.",
)
METADATA = (
    ("Metric", "CSV Column Name", "Description", "Methodology", "Geography", "Caveats"),
    ("NHS App logins", "LatestLogins", "Sessions started in the month.", NOTE, "ICB", ""),
    ("NHS App unique user logins", "LatestUniqueLogins", "People who did.", NOTE, "ICB", ""),
)
LABELLED_WRONGLY = date(2025, 2, 1)  # the edition in which Table 1 names a month twice
Rows = dict[date, list[tuple[IntegratedCareBoard, Use]]]


def write(world: World, out: Path) -> list[Path]:
    """Write one workbook per edition."""
    return [_write_edition(world, out, edition) for edition in world.editions]


def _write_edition(world: World, out: Path, edition: date) -> Path:
    named = _named(edition)
    rows: Rows = {
        month: [(board, use(world, board, month, edition)) for board in integrated_care_boards()]
        for month in world.months_since(FIRST_MONTH, edition)
    }
    path = out / f"{TITLE} - {named}.xlsx"
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        # Without a creation date the bytes would depend on the clock.
        created = datetime(edition.year, edition.month, 28)
        book.set_properties({"title": TITLE, "comments": f"SYNTHETIC. {NOTE}", "created": created})
        months = book.add_format({"num_format": "mmm-yy"})
        title = (f"{TITLE} (SYNTHETIC)", f"{_named(min(rows))} to {named}", f"SYNTHETIC: {NOTE}")
        _lines(book.add_worksheet("Title Sheet"), title)
        _lines(book.add_worksheet("Data Quality"), ("Return to Contents", "Data Quality", NOTE))
        _summary(book.add_worksheet("Table 1"), rows, edition, months)
        _by_icb(book.add_worksheet("Table 2"), rows, edition, months)
        metadata = book.add_worksheet("Metric Metadata")
        for number, line in enumerate(METADATA):
            metadata.write_row(number, 0, line)
    return path


def _named(month: date) -> str:
    return f"{FULL_MONTH_NAMES[month.month - 1]} {month.year}"


def _lines(sheet: Worksheet, lines: tuple[str, ...]) -> None:
    sheet.write_column(0, 0, lines)


def _banner(sheet: Worksheet, table: int, edition: date) -> None:
    _lines(sheet, ("Return to Title Sheet", f"Table {table}: {TABLES[table]}, {_named(edition)}"))


def _summary(sheet: Worksheet, rows: Rows, edition: date, months: Format) -> None:
    """Table 1: a column per month, the newest first."""
    _banner(sheet, 1, edition)
    for number, texts in enumerate(SUMMARY, 3):
        sheet.write_row(number, 0, texts)
    for column, month in enumerate(sorted(rows, reverse=True), 2):
        wrong = month == edition == LABELLED_WRONGLY
        sheet.write_datetime(2, column, add_months(month, -1) if wrong else month, months)
        sheet.write_number(3, column, sum(used.logins for _, used in rows[month]))
        sheet.write_number(4, column, sum(used.users for _, used in rows[month]))
    sheet.write_column(5, 0, (SOURCE, "Notes:", COPYRIGHT))


def _by_icb(sheet: Worksheet, rows: Rows, edition: date, months: Format) -> None:
    """Table 2: a row per ICB and month; editions differ in their order."""
    _banner(sheet, 2, edition)
    later = edition > LABELLED_WRONGLY
    sheet.write_row(2, 0, (*HEADINGS, *FURTHER) if later else HEADINGS)
    lines = [(month, *cells) for month, given in rows.items() for cells in given]
    if edition == LABELLED_WRONGLY:
        lines.sort(key=lambda line: (line[1].code, -line[0].toordinal()), reverse=True)
    for number, (month, board, used) in enumerate(lines, 3):
        sheet.write_datetime(number, 0, month, months)
        sheet.write_row(number, 1, (*board, *(used if later else used[:2])))
    end = 3 + len(lines)
    sheet.write_column(end, 0, (SOURCE, "Notes:", "", COPYRIGHT))
    sheet.write_column(end + 1, 1, NOTES)
