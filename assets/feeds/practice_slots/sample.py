"""Synthetic slot reports, as practices export them from their systems: three practices of 04C, in
each of the last two months. Their staff are invented; an import keeps none of the names."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import add_months, month_text

PLACE, PRACTICES = "04C", 3
HEADINGS = (
    "Staff", "Slot Type", "Total Slots", "Unused Slots", "Unused Slots %", "Total Duration",
    "Unused Duration", "Unused Duration %",
)  # fmt: skip
STAFF = {
    "Dr Quentin Larkspur": ("GP Same Day Face to Face", "GP 5 Day Face to Face", "GP Telephone"),
    "Dr Ottoline Quayle": ("GP Same Day Face to Face", "GP Urgent", "Embargo"),
    "Mrs Zebedee Marchbanks": ("Nurse Planned clinic", "Flu/Covid Vaccination"),
    "Ossian Featherway": ("Blood Test", "HCA Face to face", "Home Visits"),
}
PER_1000 = 22.0  # slots of a kind for so many patients in a month


def write(world: World, out: Path) -> list[Path]:
    """Write the reports of the last two months, one per practice and month."""
    written = []
    for month in (add_months(world.last_month, -1), world.last_month):
        for practice in world.included_practices(PLACE, month)[:PRACTICES]:
            path = out / f"Unused {practice.code} {month_text(month)}.csv"
            path.write_bytes(rows_bytes(HEADINGS, _rows(world, practice, month)))
            written.append(path)
    return written


def _rows(world: World, practice: Practice, month: date) -> Iterator[tuple[object, ...]]:
    rng = draw(world.seed, "slots", practice.code, month)
    expected = world.patients(practice, month) / 1_000 * PER_1000 * practice.activity
    for staff, kinds in STAFF.items():
        for kind in kinds:
            total = max(1, round(expected * rng.uniform(0.5, 1.5)))
            unused = min(total, round(total * rng.uniform(0.01, 0.22)))
            minutes = rng.choice((10, 15, 20))
            share = f"{unused / total * 100:.1f}"
            yield (staff, kind, total, unused, share, total * minutes, unused * minutes, share)
