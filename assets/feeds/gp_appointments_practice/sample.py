"""Synthetic practice-level crosstabs: three months and `Mapping.csv` in one archive per edition.
The newest month is in two members, as the publisher splits a large one."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.profile import COUNT, PRACTICE
from assets.sample.world import AREA, World
from assets.sample.writer import csv_bytes, short, stamp, write_zip

MONTH = "APPOINTMENT_MONTH_START_DATE"
COLUMNS = [
    MONTH, PRACTICE, "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME", AREA, "SUB_ICB_LOCATION_NAME",
    "HCP_TYPE", "APPT_MODE", "NATIONAL_CATEGORY", "TIME_BETWEEN_BOOK_AND_APPT", COUNT,
    "APPT_STATUS",
]  # fmt: skip
MAPPING_COLUMNS = [
    PRACTICE, "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME", AREA, "SUB_ICB_LOCATION_NAME",
    "ICB_CODE", "ICB_NAME", "REGION_CODE", "REGION_NAME",
]  # fmt: skip
HALVES = {"London_East_South": "East of England", "Midlands_North": "Midlands"}


def write(world: World, out: Path) -> list[Path]:
    """Write one archive per edition."""
    return [
        write_zip(
            out / f"Practice_Level_Crosstab_{short(edition)}.zip",
            _members(world, edition, split=edition == world.last_month),
        )
        for edition in world.editions
    ]


def _members(world: World, edition: date, split: bool) -> dict[str, bytes]:
    """Return member name -> content: the months oldest first, then the mapping."""
    members: dict[str, bytes] = {}
    mapping: list[pl.DataFrame] = []
    for month in world.practice_window(edition):
        rows = _rows(world, edition, month)
        mapping.append(rows.select(MAPPING_COLUMNS).unique())
        if split and month == edition:
            for half, region in HALVES.items():
                part = rows.filter(pl.col("REGION_NAME") == region)
                members[f"Practice_Level_Crosstab_{half}_{short(month)}.csv"] = _csv(part)
        else:
            members[f"Practice_Level_Crosstab_{short(month)}.csv"] = _csv(rows)
    # A practice that changed supplier within the edition keeps a row for each, as published.
    practices = pl.concat(mapping).unique().sort(PRACTICE, "SUPPLIER")
    return members | {"Mapping.csv": csv_bytes(practices)}


def _csv(rows: pl.DataFrame) -> bytes:
    return csv_bytes(rows.select(COLUMNS))


def _rows(world: World, edition: date, month: date) -> pl.DataFrame:
    """Return COLUMNS and MAPPING_COLUMNS of a month, practices in code order."""
    details = pl.DataFrame(
        {
            PRACTICE: practice.code,
            "GP_NAME": practice.name,
            "SUPPLIER": practice.supplier(month),
            "PCN_CODE": practice.pcn[0],
            "PCN_NAME": practice.pcn[1],
            "SUB_ICB_LOCATION_NAME": practice.area.name,
            "ICB_CODE": practice.area.icb_code,
            "ICB_NAME": practice.area.icb_name,
            "REGION_CODE": practice.area.region_code,
            "REGION_NAME": practice.area.region_name,
        }
        for practice in world.practices
    )
    cells = world.practice_cells(edition, month)
    joined = cells.join(details, on=PRACTICE, maintain_order="left")
    return joined.with_columns(pl.lit(f"01{stamp(month)}").alias(MONTH))
