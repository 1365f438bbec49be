"""Synthetic local return of referrals to Pharmacy First: one CSV with every month so far.

Belongs here: the headings that the project defines, as in `template.csv`, and the file's name. Does
not: any figure (`referrals`).
"""

from pathlib import Path

from assets.sample.pharmacies import LAUNCH
from assets.sample.referrals import referrals
from assets.sample.world import World
from assets.sample.writer import rows_bytes

HEADINGS = (
    "Month", "Practice code", "Referring channel", "Referrals sent", "Referrals accepted",
    "Referrals completed",
)  # fmt: skip


def write(world: World, out: Path) -> list[Path]:
    """Write the return of the last month."""
    rows = (
        (f"{month:%Y-%m}", line.practice.code, *line[1:])
        for month in world.months_since(LAUNCH)
        for line in referrals(world, month)
    )
    path = out / f"pharmacy-first-referrals-{world.last_month:%Y-%m}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows))
    return [path]
