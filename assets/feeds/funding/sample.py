"""Synthetic return of funding: one CSV of all whole financial years, practices and networks, with
the headings of `template.csv`. In 2024/25 the practices of Leicester City (04C) are paid £7,000,000
for health inequalities."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import NO_PCN, Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import add_months, financial_year

HEADINGS = (
    "Financial year", "Organisation code", "Organisation name", "ICB code", "Scheme", "Amount",
)  # fmt: skip
ICB, CITY = "QK1", "04C"
INEQUALITIES, INEQUALITIES_OF = 7_000_000, date(2025, 3, 1)  # pounds to the city, in which year
# Pence per patient of a network's practices.
OF_NETWORKS = {
    "Capacity and Access Support Payment": 276,
    "Capacity and Access Improvement Payment": 118,
    "Additional roles": 2_200,
}
COVER, TELEPHONY = (1_150_000, 1_350_000), (80, 140)  # pence: a practice's, and per patient
Row = tuple[str, str, str, str, str, str]


def write(world: World, out: Path) -> list[Path]:
    """Write one file of every financial year of which the sample has the first and last month."""
    known = world.list_months
    ends = [add_months(month, 11) for month in known if month.month == 4]
    whole = [end for end in ends if end in known]
    if not whole:
        return []
    path = out / f"funding-{label(whole[-1]).replace('/', '-')}.csv"
    path.write_bytes(rows_bytes(HEADINGS, [row for end in whole for row in _rows(world, end)]))
    return [path]


def label(end: date) -> str:
    """`2024/25`: the financial year that ends in a month."""
    return f"{financial_year(end)}/{end.year % 100:02d}"


def _rows(world: World, end: date) -> Iterator[Row]:
    areas = [code for code, area in world.areas.items() if area.icb_code == ICB]
    practices = [one for area in areas for one in world.included_practices(area, end)]
    for practice, scheme, pence in of_practices(world, practices, end):
        yield (label(end), practice.code, practice.name, ICB, scheme, _pounds(pence))
    for (code, name), scheme, pence in of_networks(world, practices, end):
        yield (label(end), code, f"{name} (SYNTHETIC)", ICB, scheme, _pounds(pence))


def of_practices(
    world: World, practices: list[Practice], end: date
) -> Iterator[tuple[Practice, str, int]]:
    """Yield what practices are paid in a year, in pence."""
    city = [one for one in practices if one.area.code == CITY]
    weights = {one.code: world.patients(one, end) for one in city}
    left = INEQUALITIES * 100
    for practice in practices:
        rng = draw(world.seed, "funding", practice.code, end)
        if rng.random() < 0.4:
            yield practice, "Transition cover", rng.randint(*COVER)
        yield (
            practice,
            "Cloud based telephony",
            world.patients(practice, end) * rng.randint(*TELEPHONY),
        )
        if end == INEQUALITIES_OF and practice.code in weights:
            last = practice == city[-1]
            share = INEQUALITIES * 100 * weights[practice.code] // sum(weights.values())
            yield practice, "Health inequalities", left if last else share
            left -= share


def of_networks(
    world: World, practices: list[Practice], end: date
) -> Iterator[tuple[tuple[str, str], str, int]]:
    """Yield what networks are paid in a year for their patients, in pence."""
    for network in sorted({one.pcn for one in practices} - {NO_PCN}):
        patients = sum(world.patients(one, end) for one in practices if one.pcn == network)
        for scheme, each in OF_NETWORKS.items():
            yield network, scheme, patients * each


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"
