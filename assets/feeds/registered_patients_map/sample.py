"""Synthetic practice map: the PCN, sub-ICB, ICB and region of each practice on the patient
lists."""

from pathlib import Path

import polars as pl

from assets.sample.places import Practice
from assets.sample.world import World
from assets.sample.writer import MONTH_NAMES, csv_bytes, write_zip


def write(world: World, out: Path) -> list[Path]:
    """Write the map as at the last month, the practices open then."""
    month = world.last_month
    extracted = f"01{MONTH_NAMES[month.month - 1]}{month.year}"
    rows = pl.DataFrame(
        _row(practice, extracted, practice.supplier(month))
        for area in world.areas
        for practice in world.open_practices(area, month)
    )
    content = csv_bytes(rows)
    return [write_zip(out / "gp-reg-pat-prac-map.zip", {"gp-reg-pat-prac-map.csv": content})]


def _row(practice: Practice, extracted: str, supplier: str) -> dict[str, str]:
    area = practice.area
    code, name = practice.pcn
    return {
        "PUBLICATION": "GP_PRAC_PAT_LIST",
        "EXTRACT_DATE": extracted,
        "PRACTICE_CODE": practice.code,
        "PRACTICE_NAME": practice.name,
        "PRACTICE_POSTCODE": practice.postcode,
        "PCN_CODE": code,
        "PCN_NAME": "Unallocated" if code == "U" else name,  # capitals only in the crosstab
        "ONS_SUB_ICB_LOCATION_CODE": area.ons_code,
        "SUB_ICB_LOCATION_CODE": area.code,
        "SUB_ICB_LOCATION_NAME": area.name,
        "ONS_ICB_CODE": area.icb_ons_code,
        "ICB_CODE": area.icb_code,
        "ICB_NAME": area.icb_name,
        "ONS_COMM_REGION_CODE": area.region_ons_code,
        "COMM_REGION_CODE": area.region_code,
        "COMM_REGION_NAME": area.region_name,
        "SUPPLIER_NAME": supplier.partition("/")[0],  # one supplier, unlike in the crosstab
    }
