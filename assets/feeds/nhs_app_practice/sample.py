"""Synthetic export of the NHS App dashboard by practice: one CSV with every month so far, with the
headings of `template.csv`."""

from pathlib import Path

from assets.sample.app_use import FIRST_MONTH, practice_use
from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import month_text

ICB = "QK1"
HEADINGS = (
    "Month", "Practice code", "Patients aged 13 and over", "Registered users 13+", "Log-ins",
    "Repeat prescription orders", "Ordering users",
)  # fmt: skip


def write(world: World, out: Path) -> list[Path]:
    """Write the export of the last month."""
    rows = (
        (month_text(month), practice.code, *use)
        for month in world.months_since(FIRST_MONTH)
        for practice, use in practice_use(world, ICB, month)
    )
    path = out / f"nhs-app-practice-{month_text(world.last_month)}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows))
    return [path]
