"""Synthetic patient lists: one CSV per month, all persons by practice, as at the first of the
month."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.world import World
from assets.sample.writer import csv_bytes, short


def write(world: World, out: Path) -> list[Path]:
    """Write one file per month with appointments in any edition."""
    return [_write_month(world, out, month) for month in world.list_months]


def _write_month(world: World, out: Path, month: date) -> Path:
    practices = [practice for area in world.areas for practice in world.open_practices(area, month)]
    rows = pl.DataFrame(
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
    path = out / f"gp-reg-pat-prac-all-{short(month).lower().replace('_', '-')}.csv"
    path.write_bytes(csv_bytes(rows, line_end="\n"))  # the one feed here without CRLF
    return path
