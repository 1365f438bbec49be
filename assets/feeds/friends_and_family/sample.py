"""Synthetic workbooks of the Friends and Family Test, one per month: practices below a title and a
row of England, in a file that is named as one with macros (.xlsm) and has none.

England's row is of the sample's practices, which are of a few sub-ICBs, and nothing reads it."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from assets.sample.places import MARK, Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, NOTE, write_zip
from warehouse.base.months import add_months

EDITIONS = 3
TITLE = "Friends and Family Test, GP practices"
HEADINGS = (
    "Region Code", "ICB Code", "ICB Name", "Practice Code", "Practice Name", "Total Responses",
    "Percentage Positive", "Percentage Negative",
)  # fmt: skip
NAMES = ("fft-gp-{short}-{yy}", "FFT_GP_MacroWebfile_{Short}-{yy}", "fft-gp-data-{full}-{year}")
SHEETS = ("Practices", "BY PRACTICE", "GP practice")
PER_PATIENT, POSITIVE = 0.012, (0.84, 0.99)
SILENT, NONE, HIDDEN_BELOW = 0.14, 0.04, 5  # of practices without a return, without responses
PLAIN = b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WITH_MACROS = b"ms-excel.sheet.macroEnabled.main+xml"
Return = tuple[Practice, int | None, float | None]  # responses, positive share


def write(world: World, out: Path) -> list[Path]:
    """Write the newest months, under names and with titles as irregular as the publisher's."""
    months = [add_months(world.last_month, -age) for age in reversed(range(EDITIONS))]
    kept = [month for month in months if month in world.window(world.last_month)]
    return [_write_month(world, out, month, number) for number, month in enumerate(kept)]


def _write_month(world: World, out: Path, month: date, number: int) -> Path:
    word = FULL_MONTH_NAMES[month.month - 1]
    parts = {"short": word[:3].lower(), "Short": word[:3], "full": word.lower()}
    name = NAMES[number].format(**parts, yy=f"{month:%y}", year=month.year)
    title = f"{TITLE}, {word} {month.year}{MARK}" if number else TITLE + MARK
    rows = [
        _return(world, one, month)
        for area in world.areas
        for one in world.open_practices(area, month)
    ]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # Without a creation date the bytes would depend on the clock.
        created = datetime(month.year, month.month, 28)
        book.set_properties({"title": TITLE, "comments": f"SYNTHETIC. {NOTE}", "created": created})
        book.add_worksheet("Notes").write_column(0, 0, (TITLE + MARK, f"SYNTHETIC: {NOTE}"))
        sheet = book.add_worksheet(SHEETS[number])
        sheet.write_string(0, 0, title)
        sheet.write_row(10, 0, HEADINGS)
        counts = [responses or 0 for _, responses, _ in rows]
        sheet.write_row(11, 4, ("England", sum(counts), 0.92, 0.04))
        for line, row in enumerate(rows, 12):
            for place, cell in enumerate(_cells(*row)):
                if cell is not None:
                    sheet.write(line, place, cell)
    return _named_as_with_macros(out / f"{name}.xlsm", content)


def _return(world: World, practice: Practice, month: date) -> Return:
    rng = draw(world.seed, "friends and family", practice.code, month)
    drawn, keen = rng.random(), draw(world.seed, "friends and family", practice.code).random()
    if drawn < SILENT:
        return practice, None, None
    responses = round(world.patients(practice, month) * PER_PATIENT * keen * rng.uniform(0.7, 1.3))
    if drawn < SILENT + NONE or not responses:
        return practice, 0, None
    positive = round(responses * rng.uniform(*POSITIVE))
    return practice, responses, positive / responses if responses >= HIDDEN_BELOW else None


def _cells(practice: Practice, responses: int | None, share: float | None) -> tuple[object, ...]:
    area = practice.area
    withheld = "*" if responses else None
    shares = (withheld, withheld) if share is None else (share, (1 - share) / 2)
    about = (area.region_code, area.icb_code, area.icb_name.upper())
    return (*about, practice.code, practice.name, responses, *shares)


def _named_as_with_macros(path: Path, content: io.BytesIO) -> Path:
    """Write a workbook of the kind that may have macros; this one has none."""
    with zipfile.ZipFile(content) as book:
        parts = {one: book.read(one).replace(PLAIN, WITH_MACROS) for one in book.namelist()}
    return write_zip(path, parts)
