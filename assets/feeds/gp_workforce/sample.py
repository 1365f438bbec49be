"""Synthetic practice-level files of the general practice workforce, in a zip per month: the
detailed one, with `NA` in columns that nothing reads, and a few rows of the long one."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from assets.sample.places import Practice
from assets.sample.staff import Staff, staff_of
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, rows_bytes, write_zip
from warehouse.base.months import add_months

EDITIONS = 4
HEADINGS = Path(__file__).with_name("headings.txt")
ROLES = ("PRAC_CODE", "PRAC_NAME", "STAFF_GROUP", "DETAILED_STAFF_ROLE", "MEASURE", "VALUE")
GIVEN, PARTLY, NOT_GIVEN = (
    "Fully provided", "Includes FTE Estimates", "Fully estimated - no data provided",
)  # fmt: skip


def write(world: World, out: Path) -> list[Path]:
    """Write the newest months."""
    months = [add_months(world.last_month, -age) for age in reversed(range(EDITIONS))]
    headings = HEADINGS.read_text(encoding="utf-8").split()
    return [
        _write_edition(world, out, month, headings)
        for month in months
        if month in world.window(world.last_month)
    ]


def _write_edition(world: World, out: Path, month: date, headings: list[str]) -> Path:
    staff = {one: of for area in world.areas for one, of in staff_of(world, area, month).items()}
    told = f"{FULL_MONTH_NAMES[month.month - 1]} {month.year}"
    named = f"General Practice \N{EN DASH} {told} Practice Level"
    rows = [_row(world, month, one, of) for one, of in staff.items()]
    detailed = rows_bytes(headings, ([row.get(h, "NA") for h in headings] for row in rows))
    long = rows_bytes(ROLES, [roles for one, of in staff.items() for roles in _roles(one, of)])
    members = {f"1 {named} - Detailed.csv": detailed, f"3 {named} - High level.csv": long}
    return write_zip(out / f"GPWPracticeCSV.{month.month:02d}{month.year}.zip", members)


def digits(fte: Fraction | None) -> str:
    """FTE as published: nine decimals at most, `NA` where there is no record."""
    return "NA" if fte is None else f"{float(fte):.9f}".rstrip("0").rstrip(".")


def _row(world: World, month: date, practice: Practice, staff: Staff) -> dict[str, object]:
    area, (pcn, pcn_name) = practice.area, practice.pcn
    source = NOT_GIVEN if staff.permanent is None else PARTLY if staff.partly else GIVEN
    return {
        "PRAC_CODE": practice.code,
        "PRAC_NAME": practice.name,
        "PCN_CODE": "Unaligned" if pcn == "U" else pcn,
        "PCN_NAME": "Unaligned" if pcn == "U" else pcn_name,
        "SUB_ICB_CODE": area.code,
        "SUB_ICB_NAME": area.name,
        "ICB_CODE": area.icb_code,
        "ICB_NAME": area.icb_name,
        "REGION_CODE": area.region_code,
        "REGION_NAME": area.region_name,
        "TOTAL_PATIENTS": world.patients(practice, month),
        "GP_SOURCE": source,
        "NURSE_SOURCE": NOT_GIVEN if staff.nurses is None else GIVEN,
        "DPC_SOURCE": GIVEN,
        "ADMIN_SOURCE": GIVEN,
        "TOTAL_GP_FTE": digits(_with(staff, staff.locums + staff.trainees)),
        "TOTAL_GP_EXTG_FTE": digits(_with(staff, staff.locums)),
        "TOTAL_GP_EXL_FTE": digits(_with(staff, staff.trainees)),
        "TOTAL_GP_EXTGL_FTE": digits(staff.permanent),
        "TOTAL_NURSES_FTE": digits(staff.nurses),
        "TOTAL_DPC_FTE": digits(staff.care),
        "TOTAL_ADMIN_FTE": digits(staff.office),
    }


def _with(staff: Staff, others: Fraction) -> Fraction | None:
    return None if staff.permanent is None else staff.permanent + others


def _roles(practice: Practice, staff: Staff) -> Iterator[tuple[str, ...]]:
    """The long file: a part, and the total beside it."""
    for role in ("Medical Secretary", "Total"):
        told = ("Admin/Non-Clinical", role, "FTE", digits(staff.office))
        yield (practice.code, practice.name, *told)
