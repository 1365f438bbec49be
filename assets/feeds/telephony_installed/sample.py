"""Synthetic local return of installed telephone systems: one CSV with every month so far, with the
headings of `template.csv`. From January 2025 on every practice of 04C is live."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import add_months, month_text

HEADINGS = ("Month", "Practice code", "Cloud telephony live", "Go-live date", "Supplier")
FIRST_MONTH, ALL_LIVE, EVERYWHERE = date(2024, 10, 1), date(2025, 1, 1), "04C"
PLACES = ("03W", EVERYWHERE, "04V")
SUPPLIERS = ("SUPPLIER A (SYNTHETIC)", "SUPPLIER B (SYNTHETIC)", "SUPPLIER C (SYNTHETIC)")


def write(world: World, out: Path) -> list[Path]:
    """Write the return of the last month."""
    rows = [row for month in world.months_since(FIRST_MONTH) for row in _rows(world, month)]
    path = out / f"telephony-installed-{month_text(world.last_month)}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows))
    return [path]


def _rows(world: World, month: date) -> Iterator[tuple[str, ...]]:
    for area in PLACES:
        for practice in world.included_practices(area, month):
            since, supplier = live_since(world, practice)
            live = since < add_months(month, 1)
            told = ("Yes", f"{since}", supplier) if live else ("No", "", "")
            yield (month_text(month), practice.code, *told)


def live_since(world: World, practice: Practice) -> tuple[date, str]:
    """Return the day on which a practice's system went live, and its supplier."""
    rng = draw(world.seed, "installed", practice.code)
    before = rng.randint(1, 30) if practice.area.code == EVERYWHERE else rng.randint(-3, 30)
    return add_months(ALL_LIVE, 1 - before).replace(day=rng.randint(1, 28)), rng.choice(SUPPLIERS)
