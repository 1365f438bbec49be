"""Synthetic pharmaceutical lists: one CSV per quarter, as at its end; one quarter is missing. Not
here: which pharmacies there are (`assets.sample.pharmacies`)."""

from datetime import date
from pathlib import Path

from assets.sample.pharmacies import Pharmacy, list_months, listed
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import add_months

RESPELT = date(2024, 12, 1)  # the first list with the headings of today
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
TOTALS = ("MON", "TUES", "WED", "THURS", "FRI", "SAT", "SUN")
BEFORE = (
    "PHARMACY_ODS_CODE_(F-CODE)", "HEALTH_AND_WELLBEING_BOARD", "PHARMACY_TRADING_NAME",
    "ORGANISATION_NAME", "ADDRESS_FIELD1", "ADDRESS_FIELD2", "ADDRESS_FIELD3", "ADDRESS_FIELD4",
    "POST_CODE",
)  # fmt: skip
HOURS = tuple(
    heading
    for day, total in zip(DAYS, TOTALS, strict=True)
    for heading in (f"PHARMACY_OPENING_HOURS_{day}", f"{total}_TOTAL")
)
AFTER = ("WEEKLY_TOTAL", "CONTRACT_TYPE")
TODAY = {
    "PHARMACY_ODS_CODE_(F-CODE)": "PHARMACY_ODS_CODE_F_CODE",
    **{f"ADDRESS_FIELD{n}": f"ADDRESS_FIELD_{n}" for n in range(1, 5)},
}
# Hours of a weekday and of Saturday, each with how long that is.
PATTERNS = (
    (("09:00-13:00,14:00-17:30", 7.5), ("CLOSED", 0.0)),
    (("09:00-18:00", 9.0), ("09:00-13:00", 4.0)),
    (("08:30-18:30", 10.0), ("09:00-17:30", 8.5)),
)


def write(world: World, out: Path) -> list[Path]:
    """Write the lists in force in the window."""
    months = list_months(world.window(world.last_month)[0])
    return [_write_list(world, out, month) for month in months]


def _write_list(world: World, out: Path, month: date) -> Path:
    headings = (*BEFORE, *HOURS, *AFTER)
    if month >= RESPELT:
        headings = tuple(TODAY.get(heading, heading) for heading in headings)
    first = month < RESPELT
    rows = [_row(pharmacy, first) for pharmacy in listed(world.seed, month)]
    path = out / f"consol_pharmacy_list_{quarter(month)}.csv"
    path.write_bytes(rows_bytes(headings, rows, line_end="\n", encoding="utf-8-sig"))
    return path


def quarter(month: date) -> str:
    """Return the financial year and quarter that a month ends: `202324q3` for December 2023."""
    last_of = add_months(month, -3)  # quarters as of a year that ends in December
    return f"{last_of.year}{(last_of.year + 1) % 100:02d}q{last_of.month // 3}"


def _row(pharmacy: Pharmacy, first: bool) -> tuple[str, ...]:
    """Return one row; `first`: of an early list, which lacks one board."""
    weekday, saturday = PATTERNS[pharmacy.number % len(PATTERNS)]
    week = [weekday] * 5 + [saturday, ("CLOSED", 0.0)]
    hours = [text for opened, length in week for text in (opened, f"{length:g}")]
    return (
        pharmacy.code,
        pharmacy.board.name if pharmacy.board_given or not first else "",
        pharmacy.name,
        f"SYNTHETIC CHEMISTS {pharmacy.code[1]} LTD",
        *pharmacy.address,
        pharmacy.postcode,
        *hours,
        f"{sum(length for _, length in week):g}",
        pharmacy.contract,
    )
