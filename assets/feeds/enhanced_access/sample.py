"""Synthetic return of enhanced access: one CSV with every month so far, with the headings of
`template.csv`. In December 2024, the first month, five providers offer appointments to Leicester
City (04C), of which 72% are booked; one of them delivers in all three places."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import NO_PCN
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import month_text, months_apart

HEADINGS = (
    "Month", "Provider code", "Provider name", "Sub-ICB code", "PCN code", "Appointments offered",
    "Appointments booked", "Appointments attended", "Minutes offered",
)  # fmt: skip
FIRST_MONTH, CITY = date(2024, 12, 1), "04C"
NAME = "PROVIDER {} (SYNTHETIC)"
# Provider -> its appointments offered by place in the first month, and booked in the city's.
FIRST: dict[str, dict[str, tuple[int, int]]] = {
    "ZZ101": {CITY: (1_500, 1_110), "03W": (640, 430), "04V": (710, 505)},
    "ZZ102": {CITY: (1_200, 852)},
    "ZZ103": {CITY: (1_000, 735)},
    "ZZ104": {CITY: (800, 548)},
    "ZZ105": {CITY: (500, 355)},
    "ZZ106": {"04V": (900, 610)},
    "ZZ107": {"03W": (520, 365)},
}
OF_A_NETWORK = "ZZ105"  # it delivers for one network; all others for the whole place
MINUTES = 12
ATTENDED, GROWTH = (0.88, 0.93), 0.02
Line = tuple[str, str, int, int, int]  # provider, place, offered, booked, attended


def write(world: World, out: Path) -> list[Path]:
    """Write the return of the last month."""
    rows = [row for month in world.months_since(FIRST_MONTH) for row in _rows(world, month)]
    path = out / f"enhanced-access-{month_text(world.last_month)}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows))
    return [path]


def _rows(world: World, month: date) -> Iterator[tuple[object, ...]]:
    networks = {one.pcn[0] for one in world.open_practices(CITY, month) if one.pcn != NO_PCN}
    for provider, place, offered, booked, attended in lines(world, month):
        network = min(networks) if provider == OF_A_NETWORK else ""
        name = NAME.format(provider[-1])
        counts = (offered, booked, attended, offered * MINUTES)
        yield (month_text(month), provider, name, place, network, *counts)


def lines(world: World, month: date) -> Iterator[Line]:
    """Yield what each provider offers in each of its places in a month."""
    for provider, places in FIRST.items():
        for place, (first, taken) in places.items():
            rng = draw(world.seed, "enhanced", provider, place, month)
            age = months_apart(FIRST_MONTH, month)
            offered = round(first * (1 + GROWTH * age))
            booked = taken if age == 0 else round(offered * rng.uniform(0.68, 0.8))
            yield provider, place, offered, booked, round(booked * rng.uniform(*ATTENDED))
