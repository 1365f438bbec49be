"""Synthetic workbooks of cloud based telephony, one per edition: England's months in `Table 1`,
outcomes by practice in `Table 3`, waits in `Table 4`; some calls are of a shared account."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from assets.sample.digital_access import Calls, calls
from assets.sample.places import MARK
from assets.sample.to_practise import LaterWorld, PractiseFile
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, NOTE
from warehouse.base.months import days_of, month_text

TITLE = "Cloud Based Telephony data in General Practice"
FIRST_MONTH = date(2024, 10, 1)
PLACE = (
    "Month [1]", "GP Practice \n(ODS_CODE)", "GP Name", "PCN Code", "PCN Name [2,3]",
    "Sub ICB Code [2]", "Sub ICB Name", "ICB Code  [2]", "ICB Name", "Region Code  [2]",
    "Region Name",
)  # fmt: skip
OUTCOMES = ("Answered", "Ended during the IVR Stage [4]", "Call back requested", "Missed",
            "Call back made")  # fmt: skip
BANDS = ("Less than 1 minute", "1 - 2 minutes", "2 - 5 minutes", "Longer than 5 minutes")
MENU = (
    "Calls ended during the IVR (Interactive Voice Response) stage of the call before joining the "
    "queue, in response to an automated message or diversion [3]"
)
WAITS = (
    "Calls answered within 1 minute", "Calls answered within 1 to 2 minutes",
    "Calls answered within 2 to 5 minutes", "Calls answered after waiting over 5 minutes",
)  # fmt: skip
LENGTHS = ("1 minute or less", "1 to 2 minutes", "2 to 5 minutes", "over 5 minutes")
NOTES = ("Notes:", "Invented practices of a few sub-ICBs stand for England (SYNTHETIC).")
SHARED = "Unassigned"
UNMAPPED = ("Unmapped",) * 9
# A publisher's error, corrected by `corrections.yaml`, in the first edition that had it.
MISPRINTED, COPYRIGHT = date(2025, 10, 1), "Copyright (c) 2025 NHS England"


class Line(NamedTuple):
    """A row of practices' tables. `shared`: an account that several practices share."""

    place: tuple[str, ...]
    calls: Calls
    patients: int
    shared: bool


def write(world: World, out: Path) -> list[Path]:
    """Write one workbook per edition."""
    return [_write_edition(world, out, edition) for edition in world.editions]


def write_to_practise(world: World, out: Path, corrected: Path) -> list[PractiseFile]:
    """Write a later workbook, in which the first practice has the copyright line for its month."""
    later = LaterWorld(months=world.months, seed=world.seed)
    path = _write_edition(later, out, MISPRINTED, COPYRIGHT)
    shows = "a correction of a publisher's error"
    edition = month_text(MISPRINTED)
    return [PractiseFile(path, date(2025, 11, 27), "cloud_telephony", edition, shows)]


def _lines(world: World, month: date) -> list[Line]:
    """Every practice that reports; of the last one of each sub-ICB the calls are of an account that
    it shares, of the very last one with practices of other places."""
    found: list[Line] = []
    areas = list(world.areas)
    for area in areas:
        open_now = [p for p in world.open_practices(area, month) if p.in_gpad]
        for practice in open_now:
            told = calls(world, practice, month)
            shared = practice is open_now[-1]
            if told is None:
                continue
            at = practice.area
            place = (
                *(practice.pcn[0], practice.pcn[1], at.code, at.name),
                *(at.icb_code, at.icb_name.upper(), at.region_code, at.region_name.upper()),
            )
            named = (practice.code, practice.name, *place)
            if shared:
                named = (SHARED, "Unmapped", *place) if area != areas[-1] else (SHARED, *UNMAPPED)
            found.append(Line(named, told, world.patients(practice, month), shared))
    return found


def _write_edition(world: World, out: Path, edition: date, misprint: str = "") -> Path:
    named = f"{FULL_MONTH_NAMES[edition.month - 1]} {edition.year}"
    path = out / f"Cloud Based Telephony Publication Summary {named}.xlsx"
    months = {month: _lines(world, month) for month in world.months_since(FIRST_MONTH, edition)}
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        # Without a creation date the bytes would depend on the clock.
        created = datetime(edition.year, edition.month, 28)
        book.set_properties({"title": TITLE, "comments": f"SYNTHETIC. {NOTE}", "created": created})
        title = (TITLE + MARK, "_", "Official Statistics in Development", f"SYNTHETIC: {NOTE}")
        book.add_worksheet("Title sheet").write_column(7, 0, title)
        dated = book.add_format({"num_format": "mmm-yy"})
        sheet = book.add_worksheet("Table 1")
        sheet.write_string(
            6, 0, "Table 1: Summary of Cloud based telephony calls by month, England"
        )
        _write(sheet, 7, _national(world, months), dated)
        lines = months[edition]
        for number, table in ((3, _outcomes), (4, _waits)):
            sheet = book.add_worksheet(f"Table {number}")
            sheet.write_string(6, 0, f"Table {number}: Summary of calls by practice, {named}")
            _write(sheet, 8, table(edition, lines, misprint), dated)
    return path


def _write(sheet: Worksheet, first: int, rows: Iterable[Sequence[object]], dated: object) -> None:
    for number, cells in enumerate(rows, first):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                day = datetime(cell.year, cell.month, cell.day)
                sheet.write_datetime(number, place, day, dated)
            elif cell != "":
                sheet.write(number, place, cell)


def _outcomes(edition: date, lines: list[Line], misprint: str) -> Iterable[Sequence[object]]:
    """Table 3: a banner, headings in two rows, totals, then the practices."""
    blank = [""] * len(PLACE)
    yield [*blank, "", "", "Count of Inbound Call Outcome"]
    yield [*PLACE, "Count of Inbound calls", "", *(c for name in OUTCOMES for c in (name, "", ""))]
    yield [*blank, "Total", "", *(cell for _ in OUTCOMES for cell in ("Total", "%", ""))]
    yield [""]
    yield ["Total", *blank[1:], *_shares(_added(lines))]
    yield [""]
    for number, line in enumerate(lines):
        month = misprint if misprint and number == 0 else edition
        yield [month, *line.place, *_shares(line.calls)]
    yield [""]
    yield from ([note] for note in NOTES)


def _shares(told: Calls) -> list[object]:
    counts = (told.answered, told.menu, told.call_backs, told.missed, told.call_backs)
    cells = [cell for n in counts for cell in (n, round(n / told.inbound, 3), "")]
    return [told.inbound, "", *cells]


def _waits(edition: date, lines: list[Line], _: str) -> Iterable[Sequence[object]]:
    """Table 4: waits and lengths of answered calls under the same headings, told by banners."""
    blank = [""] * len(PLACE)
    bands, parts = [c for band in BANDS for c in (band, "")], ["Count", "%"] * len(BANDS)
    yield [*blank, "", "", "Answered Calls - Wait time [4]", *[""] * 8, "Answered Calls - Duration"]
    yield [*PLACE, "Total Inbound calls", "Answered", *bands, "", *bands]
    yield [*blank, "Count", "Count", *parts, "", *parts]
    yield ["Total", "National", *blank[2:], *_banded(_added(lines))]
    yield [""]
    for line in lines:
        yield [edition, *line.place, *_banded(line.calls)]
    yield [""]
    yield from ([note] for note in NOTES)


def _banded(told: Calls) -> list[object]:
    def cells(counts: tuple[int, ...]) -> list[object]:
        return [c for n in counts for c in (n, round(n / max(told.answered, 1), 3))]

    return [told.inbound, told.answered, *cells(told.waits), "", *cells(told.lengths)]


def _added(lines: list[Line]) -> Calls:
    every = [line.calls for line in lines]
    waits = tuple(map(sum, zip(*(one.waits for one in every), strict=True)))
    lengths = tuple(map(sum, zip(*(one.lengths for one in every), strict=True)))
    return Calls(
        sum(one.answered for one in every),
        sum(one.menu for one in every),
        sum(one.call_backs for one in every),
        sum(one.missed for one in every),
        (waits[0], waits[1], waits[2], waits[3]),
        (lengths[0], lengths[1], lengths[2], lengths[3]),
    )


def _national(world: World, months: dict[date, list[Line]]) -> Iterable[Sequence[object]]:
    """Table 1: a column per month, the newest first, under its last day."""
    newest_first = sorted(months, reverse=True)
    added = [_added(months[month]) for month in newest_first]
    open_now = [
        [p for area in world.areas for p in world.open_practices(area, month)]
        for month in newest_first
    ]
    yield ["", "", *(days_of(month)[-1] for month in newest_first)]
    yield ["Coverage", "Open active practices", *map(len, open_now)]
    yield ["", "Count of practices included", *(len(months[month]) for month in newest_first)]
    patients = [sum(line.patients for line in months[month]) for month in newest_first]
    yield ["", "Registered patients at included practices [2]", *patients]
    yield ["Inbound calls", "Total Inbound Calls", *(one.inbound for one in added)]
    yield ["Calls dealt with", "Calls answered [3]", *(one.answered for one in added)]
    yield ["", MENU, *(one.menu for one in added)]
    yield ["", "Calls resulting in a call back request [3]", *(one.call_backs for one in added)]
    yield ["", "Call backs made", *(one.call_backs for one in added)]
    yield ["Calls not dealt with", "Missed calls [3]", *(one.missed for one in added)]
    for place, label in enumerate(WAITS):
        yield ["", label, *(one.waits[place] for one in added)]
    for place, label in enumerate(LENGTHS):
        yield ["", f"Duration of {label}", *(one.lengths[place] for one in added)]
    for place, label in enumerate(LENGTHS):
        shares = (one.lengths[place] / one.answered for one in added)
        yield [
            "",
            f"Percentage of calls with a duration of {label}",
            *(round(s, 3) for s in shares),
        ]
