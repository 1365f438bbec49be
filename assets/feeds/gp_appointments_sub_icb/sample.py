"""Synthetic regional CSVs: one archive per edition, one member per ICB."""

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from assets.sample.elsewhere import elsewhere, elsewhere_cells
from assets.sample.places import Area
from assets.sample.profile import COUNT
from assets.sample.world import AREA, World
from assets.sample.writer import csv_bytes, short, stamp, write_zip

COLUMNS = [
    AREA, "SUB_ICB_LOCATION_ONS_CODE", "SUB_ICB_LOCATION_NAME", "ICB_ONS_CODE", "ICB_NAME",
    "REGION_ONS_CODE", "REGION_NAME", "APPOINTMENT_MONTH", "APPT_STATUS", "HCP_TYPE", "APPT_MODE",
    "TIME_BETWEEN_BOOK_AND_APPT", COUNT,
]  # fmt: skip
SORTED_BY = [AREA, *COLUMNS[7:12]]  # text order, so APR2023 comes before DEC2022
MEMBERS = {"QK1": "LeicesterLshire", "QUE": "CambridgeshirePboro"}
SPELLINGS = {
    "Video Conference/Online": "Video/Online",
    "Unknown / Data Issue": "Unknown / Data Quality",
}


def write(world: World, out: Path) -> list[Path]:
    """Write one archive per edition."""
    return [
        write_zip(
            out / f"Appointments_GP_Regional_CSV_{short(edition)}.zip", _members(world, edition)
        )
        for edition in world.editions
    ]


def _members(world: World, edition: date) -> dict[str, bytes]:
    areas = [*world.areas.values(), *[one.area for one in elsewhere(world.seed)]]
    rows = _rows(world, edition, areas).partition_by("ICB_ONS_CODE", as_dict=True)
    icbs = {area.icb_ons_code: area for area in areas}
    return {_member(icbs[code]): csv_bytes(of_icb) for (code,), of_icb in sorted(rows.items())}


def _member(area: Area) -> str:
    """The name of an ICB's file: `Regional_CSV_BlackCountry.csv`."""
    name = area.icb_name.removeprefix("NHS ").removesuffix(" Integrated Care Board")
    short_name = MEMBERS.get(area.icb_code) or "".join(filter(str.isalnum, name.title()))
    return f"Regional_CSV_{short_name}.csv"


def _rows(world: World, edition: date, areas: list[Area]) -> pl.DataFrame:
    """Return COLUMNS of all sub-ICBs and months of an edition, in the publisher's order."""
    named = pl.DataFrame(
        {
            AREA: area.code,
            "SUB_ICB_LOCATION_ONS_CODE": area.ons_code,
            # The crosstab writes the comma of this name, the regional files leave it out.
            "SUB_ICB_LOCATION_NAME": area.name.replace(",", ""),
            "ICB_ONS_CODE": area.icb_ons_code,
            "ICB_NAME": area.icb_name,
            "REGION_ONS_CODE": area.region_ons_code,
            "REGION_NAME": area.region_name,
        }
        for area in areas
    )
    months = [
        cells(edition, month).with_columns(APPOINTMENT_MONTH=pl.lit(stamp(month)))
        for month in world.window(edition)
        for cells in (world.area_cells, partial(elsewhere_cells, world))
    ]
    spelt = pl.concat(months).with_columns(
        pl.col("APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT").replace(SPELLINGS)
    )
    return spelt.join(named, on=AREA).select(COLUMNS).sort(SORTED_BY)
