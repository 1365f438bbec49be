"""Synthetic individual-level files of the network workforce, in a zip per month, with a guide."""

from datetime import date
from pathlib import Path

from assets.feeds.gp_workforce.sample import digits
from assets.sample.network_staff import persons
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, NOTE, rows_bytes, write_zip
from warehouse.base.months import add_months

EDITIONS = 3
HEADINGS = (
    "Data_source", "CENSUS_YEAR", "CENSUS_MONTH", "PCN_CODE", "PCN_NAME", "SUB_ICB_CODE",
    "SUB_ICB_NAME", "ICB_CODE", "ICB_NAME", "COMM_REGION_CODE", "COMM_REGION_NAME", "STAFF_GROUP",
    "STAFF_ROLE", "DETAILED_STAFF_ROLE", "FTE", "UNIQUE_IDENTIFIER",
)  # fmt: skip
STAFF, CONTRACTED = "NWRS Staff", "NWRS contracted services"


def write(world: World, out: Path) -> list[Path]:
    """Write the newest months."""
    months = [add_months(world.last_month, -age) for age in reversed(range(EDITIONS))]
    window = world.window(world.last_month)
    return [_write_edition(world, out, month) for month in months if month in window]


def _write_edition(world: World, out: Path, month: date) -> Path:
    rows = []
    for number, one in enumerate(persons(world, month), 100_001):
        area = world.areas[one.area]
        rows.append(
            (
                *(CONTRACTED if one.contracted else STAFF, month.year, month.month, *one.pcn),
                *(area.code, area.name, area.icb_code, area.icb_name),
                *(area.region_code, area.region_name),
                *(one.role.group, one.role.role, one.role.detailed, digits(one.fte)),
                "" if one.contracted else number,
            )
        )
    named = f"1.Primary Care Networks - {FULL_MONTH_NAMES[month.month - 1]} {month.year}"
    members = {
        f"{named} Individual Level.csv": rows_bytes(HEADINGS, rows, encoding="utf-8-sig"),
        "0.Guide to using Pivot Tables with the Individual-level CSV.pdf": b"%PDF-1.4\n%"
        + NOTE.encode(),
    }
    return write_zip(out / f"PCNWFIndividualCSV.{month.month:02d}{month.year}.zip", members)
