"""Synthetic coverage file: practices and patients included in each sub-ICB's appointments. The
daily counts in the same archive are left out."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.world import World
from assets.sample.writer import csv_bytes, short, stamp, write_zip


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
            _row(world, area, month) for area in world.areas for month in world.window(edition)
        )
    )


def _row(world: World, code: str, month: date) -> dict[str, str | int]:
    area = world.areas[code]
    included = world.included_practices(code, month)
    opened = world.open_practices(code, month)
    return {
        "SUB_ICB_LOCATION_CODE": code,
        "ICB_ONS_CODE": area.icb_ons_code,
        "REGION_CODE": area.region_ons_code,
        "Appointment_Month": f"01{stamp(month)}",
        "Included Practices": len(included),
        "Open Practices": len(opened),
        "Patients registered at included practices": sum(
            world.patients(practice, month) for practice in included
        ),
        "Patients registered at open practices": sum(
            world.patients(practice, month) for practice in opened
        ),
    }
