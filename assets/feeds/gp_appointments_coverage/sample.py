"""Synthetic coverage file: practices and patients included in each sub-ICB's appointments. The
daily counts in the same archive are left out."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.elsewhere import Elsewhere, elsewhere
from assets.sample.places import Area
from assets.sample.world import World
from assets.sample.writer import csv_bytes, short, stamp, write_zip

NUMBERS = (
    "Included Practices",
    "Open Practices",
    "Patients registered at included practices",
    "Patients registered at open practices",
)


def write(world: World, out: Path) -> list[Path]:
    """Write one archive per edition."""
    return [
        write_zip(
            out / f"Appointments_GP_Daily_CSV_{short(edition)}.zip",
            {"APPOINTMENTS_GP_COVERAGE.csv": _csv(world, edition)},
        )
        for edition in world.editions
    ]


def _csv(world: World, edition: date) -> bytes:
    """Return an edition's coverage: one row per sub-ICB and month, patients as at the 1st."""
    return csv_bytes(
        pl.DataFrame(
            row
            for month in world.window(edition)
            for row in (
                *[_row(world, area, month) for area in world.areas],
                *[_row_elsewhere(one, month) for one in elsewhere(world.seed)],
            )
        ).sort("SUB_ICB_LOCATION_CODE", maintain_order=True)
    )


def _row(world: World, code: str, month: date) -> dict[str, str | int]:
    included = world.included_practices(code, month)
    opened = world.open_practices(code, month)
    patients = [
        sum(world.patients(practice, month) for practice in those) for those in (included, opened)
    ]
    return _named(world.areas[code], month, [len(included), len(opened), *patients])


def _row_elsewhere(one: Elsewhere, month: date) -> dict[str, str | int]:
    patients = one.patients_at(month)
    return _named(one.area, month, [one.practices, one.practices, patients, patients])


def _named(area: Area, month: date, numbers: list[int]) -> dict[str, str | int]:
    return {
        "SUB_ICB_LOCATION_CODE": area.code,
        "ICB_ONS_CODE": area.icb_ons_code,
        "REGION_CODE": area.region_ons_code,
        "Appointment_Month": f"01{stamp(month)}",
        **dict(zip(NUMBERS, numbers, strict=True)),
    }
