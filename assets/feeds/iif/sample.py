"""Synthetic indicators of the Investment and Impact Fund: one CSV per financial year of which the
sample has the last month, practices and networks in one file, as published."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import NO_PCN, Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import add_months, financial_year

HEADINGS = (
    "ORGANISATION_TYPE", "ORGANISATION_CODE", "ORGANISATION_NAME", "QUALITY_SERVICE", "ACH_DATE",
    "IND_CODE", "MEASURE", "VALUE",
)  # fmt: skip
RETIRED = date(2024, 4, 1)  # no later year has the indicator
PER_PATIENT = 3.6  # appointments of its eight categories in a year
WITHIN_TWO_WEEKS = (0.74, 0.97)
NETWORK = (
    "ACC-10b baseline non-standardised numerator", "ACC-10b non-standardised numerator",
)  # fmt: skip
Values = tuple[str, str, int]  # code of the indicator, measure, value


def write(world: World, out: Path) -> list[Path]:
    """Write one file per whole financial year with the indicator."""
    known = world.list_months
    ends = [add_months(month, 11) for month in known if month.month == 4]
    whole = [end for end in ends if end in known and end < RETIRED]
    return [_write_year(world, out, end) for end in whole]


def _write_year(world: World, out: Path, end: date) -> Path:
    first = financial_year(end)
    years = f"{first}_{end.year % 100:02d}"
    practices = [one for area in world.areas for one in world.open_practices(area, end)]
    about = (f"NCD{first % 100}{end.year % 100}", f"31/03/{end.year}")
    networks = sorted({one.pcn for one in practices} - {NO_PCN})
    rows = [
        ("PCN", code, name, *about, *values)
        for code, name in networks
        for values in _of_network(world, code, end)
    ]
    rows += [
        ("GP practice", one.code, one.name, *about, *values)
        for one in practices
        for values in _of_practice(world, one, end)
    ]
    path = out / f"IIF_indicators_annual_pub_{years}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows, line_end="\n"))
    return path


def _of_network(world: World, code: str, end: date) -> Iterator[Values]:
    rng = draw(world.seed, "iif", code, end)
    for measure in NETWORK:
        yield "NCDMI191", measure, rng.randint(15, 60) * 10


def _of_practice(world: World, practice: Practice, end: date) -> Iterator[Values]:
    rng = draw(world.seed, "iif", practice.code, end)
    whole = round(world.patients(practice, end) * PER_PATIENT * practice.activity)
    within = round(whole * rng.uniform(*WITHIN_TWO_WEEKS))
    yield "NCD026", "ACC-08 Denominator", whole
    yield "NCD026", "ACC-08 Numerator", within
    yield "NCDMI198", "EHCH-04 Numerator", rng.randint(0, whole // 100)
