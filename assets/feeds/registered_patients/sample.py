"""Synthetic patient lists: one CSV per month, all persons by practice, as at the first of the
month; and lists with faults, to practise decisions on."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.to_practise import PLACE, PractiseFile
from assets.sample.world import World
from assets.sample.writer import csv_bytes, short
from warehouse.base.months import add_months, month_text

FEED = "registered_patients"
REVISION, OVERRIDE = "a revision", "an edition accepted by decision"
PATIENTS, CODE = "NUMBER_OF_PATIENTS", pl.col("CODE")
GROWTH = 1.0004  # of each list in a month
REVISED = (0.96, 1.03, 0.98)  # of the first practices of PLACE, in the list issued again
UNREADABLE = ("n/a", "12O4")  # what stands for a count; the second has a letter O


def write(world: World, out: Path) -> list[Path]:
    """Write one file per month with appointments in any edition."""
    return [_write_month(world, out, month) for month in world.list_months]


def write_to_practise(world: World, out: Path, corrected: Path) -> list[PractiseFile]:
    """Write the newest lists again, each with another fault, and the month after.

    January: some counts revised. February: a practice listed twice. March: two counts that can't
    be read. April: without the whole ICB of PLACE. `corrected`: March and April as they should be.
    """
    newest = world.last_month
    january, february, march = (_rows(world, add_months(newest, back)) for back in (-2, -1, 0))
    march = _times(march, {}, GROWTH)  # with what the first issue of it lacked
    april = _times(march, {}, GROWTH).with_columns(
        EXTRACT_DATE=pl.lit(add_months(newest, 1).isoformat())
    )
    icb = world.areas[PLACE].icb_code
    own = [code for code, area in world.areas.items() if area.icb_code == icb]
    codes = [p.code for p in world.open_practices(PLACE, newest)[:3]]
    faulty = (
        (_times(january, dict(zip(codes, REVISED, strict=True))), -2, date(2025, 2, 20), REVISION),
        (
            *(pl.concat([february, february.filter(CODE.is_in(codes[1:2]))]), -1),
            *(date(2025, 3, 20), OVERRIDE),
        ),
        (
            *(_unreadable(march, dict(zip(codes[1:], UNREADABLE, strict=True))), 0),
            *(date(2025, 4, 3), "quarantined rows"),
        ),
        (
            *(april.filter(~pl.col("SUB_ICB_LOCATION_CODE").is_in(own)), 1),
            *(date(2025, 4, 10), "a held edition"),
        ),
    )
    right = ((march, 0, date(2025, 4, 24), ""), (april, 1, date(2025, 4, 24), ""))
    made: list[PractiseFile] = []
    for folder, files in ((out, faulty), (corrected, right)):
        for rows, ahead, day, shows in files:
            month = add_months(newest, ahead)
            path = _write(folder, month, rows, f"-of-{day:%d-%m}")
            about = (FEED, month_text(month), shows, shows == OVERRIDE, folder is corrected)
            made.append(PractiseFile(path, day, *about))
    return made


def _times(rows: pl.DataFrame, factors: dict[str, float], others: float = 1.0) -> pl.DataFrame:
    """A list with each practice's patients times a factor."""
    factor = CODE.replace_strict(factors, default=others, return_dtype=pl.Float64)
    return rows.with_columns((pl.col(PATIENTS) * factor).round().cast(pl.Int64))


def _unreadable(rows: pl.DataFrame, texts: dict[str, str]) -> pl.DataFrame:
    """A list with texts in place of some practices' patients."""
    counts = pl.col(PATIENTS).cast(pl.String)
    return rows.with_columns(CODE.replace_strict(texts, default=counts).alias(PATIENTS))


def _write_month(world: World, out: Path, month: date) -> Path:
    return _write(out, month, _rows(world, month))


def _write(out: Path, month: date, rows: pl.DataFrame, again: str = "") -> Path:
    path = out / f"gp-reg-pat-prac-all-{short(month).lower().replace('_', '-')}{again}.csv"
    path.write_bytes(csv_bytes(rows, line_end="\n"))  # the one feed here without CRLF
    return path


def _rows(world: World, month: date) -> pl.DataFrame:
    practices = [practice for area in world.areas for practice in world.open_practices(area, month)]
    return pl.DataFrame(
        {
            "PUBLICATION": "GP_PRAC_PAT_LIST",
            "EXTRACT_DATE": month.isoformat(),
            "TYPE": "GP",
            "SUB_ICB_LOCATION_CODE": practice.area.code,
            "ONS_SUB_ICB_LOCATION_CODE": practice.area.ons_code,
            "CODE": practice.code,
            "POSTCODE": practice.postcode,
            "SEX": "ALL",
            "AGE": "ALL",
            "NUMBER_OF_PATIENTS": world.patients(practice, month),
        }
        for practice in practices
    )
