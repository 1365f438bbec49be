"""Synthetic epraccur files: one CSV per edition, with every practice of the sample that had opened,
and a community service per sub-ICB, which is listed and is not a practice."""

import csv
import io
from datetime import date
from pathlib import Path

from assets.sample.places import Area, Practice
from assets.sample.world import World
from warehouse.base.months import add_months, days_of, month_text

FIRST_DAY = date(1974, 4, 1)  # stands for all days before
COMMISSIONED = "20130401"
GP_PRACTICE, COMMUNITY_SERVICE = "4", "9"
SERVICE_CODE, FIRST_SERVICE = 99_001, date(2024, 12, 1)  # then one a month


def write(world: World, out: Path) -> list[Path]:
    """Write the register as at each edition's month."""
    return [_write_edition(world, out, edition) for edition in world.editions]


def _write_edition(world: World, out: Path, edition: date) -> Path:
    rows = [
        _row(one.code, one.name, one.area, one.postcode, _dates(one, edition), GP_PRACTICE)
        for one in world.practices
        if one.first <= edition
    ]
    for number, area in enumerate(world.areas.values()):
        name, opened = f"SYNTHETIC COMMUNITY SERVICE {area.code}", add_months(FIRST_SERVICE, number)
        code, dates = f"Z{SERVICE_CODE + number}", (opened, None)
        if opened <= edition:
            rows.append(_row(code, name, area, "ZZ1 1ZZ", dates, COMMUNITY_SERVICE))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(sorted(rows))
    path = out / f"epraccur_{month_text(edition)}.csv"
    path.write_bytes(text.getvalue().encode())
    return path


def _dates(practice: Practice, edition: date) -> tuple[date, date | None]:
    """Return when a practice opened, and closed if it had by the end of an edition's month."""
    closed = None if practice.last >= edition else days_of(practice.last)[-1]
    return max(practice.first, FIRST_DAY), closed


def _row(
    code: str,
    name: str,
    area: Area,
    postcode: str,
    dates: tuple[date, date | None],
    role: str,
) -> tuple[str, ...]:
    opened, closed = dates
    until = f"{closed:%Y%m%d}" if closed else ""
    since = max(f"{opened:%Y%m%d}", COMMISSIONED)
    return (
        *(code, name, area.region_code, area.icb_code),
        *("SYNTHETIC SURGERY", "1 INVENTED ROAD", "", area.code, "", postcode),
        *(f"{opened:%Y%m%d}", until, "C" if closed else "A", "B"),
        *(area.code, since, until, "", "", "", "", "0", "", area.code, "", role, ""),
    )
