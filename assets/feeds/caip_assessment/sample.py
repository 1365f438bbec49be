"""Synthetic return of the improvement payment: one file of what the sample's networks declared and
the ICB decided in the newest financial year. All of it is invented."""

from collections.abc import Iterator
from pathlib import Path

from assets.sample.places import NO_PCN
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import financial_year, month_text

HEADINGS = (
    *("Month", "ICB code", "Financial year", "PCN code", "Area", "Declared on", "Declared by"),
    *("Decision", "Decided on", "Decided by", "Share approved", "Reason", "Evidence documents"),
    *("Maximum per patient", "Adjusted population"),
)
ICB, BOARD, MAXIMUM = "QK1", "Strategic commissioning group", "1.40"  # pounds, invented
AREAS = ("telephony", "online", "navigation")


def write(world: World, out: Path) -> list[Path]:
    """Write one return of the newest month."""
    path = out / f"improvement-payment-{month_text(world.last_month)}.csv"
    path.write_bytes(rows_bytes(HEADINGS, list(_rows(world))))
    return [path]


def _rows(world: World) -> Iterator[list[str]]:
    month = world.last_month
    year = f"{financial_year(month)}/{month.year % 100:02d}"
    areas = [code for code, area in world.areas.items() if area.icb_code == ICB]
    practices = [one for area in areas for one in world.included_practices(area, month)]
    for code, _ in sorted({one.pcn for one in practices} - {NO_PCN}):
        patients = sum(world.patients(one, month) for one in practices if one.pcn[0] == code)
        for area in AREAS:
            luck = draw(world.seed, "improvement payment", code, area).random()
            yield [
                *(month_text(month), ICB, year, code, area, *_decided(luck)),
                *("Invented (SYNTHETIC)", MAXIMUM, str(patients)),
            ]


def _decided(luck: float) -> tuple[str, ...]:
    """Declared on and by, decision, decided on and by, share, reason."""
    if luck < 0.15:
        return "", "", "pending", "", "", "", ""
    declared = ("2025-02-10", "Clinical director")
    if luck < 0.3:
        return *declared, "not approved", "2025-03-20", BOARD, "", "One practice has none"
    return *declared, "approved", "2025-03-20", BOARD, "", ""
