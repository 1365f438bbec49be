"""Synthetic returns of a plan: its tracker as it stood in three months, of `sample.csv`.
Every action is invented. Some contradict the sample's figures, each in its own way."""

import csv
from pathlib import Path

from assets.sample.world import World
from assets.sample.writer import rows_bytes
from warehouse.base.months import parse_month

RETURNS = Path(__file__).with_name("sample.csv")


def write(world: World, out: Path) -> list[Path]:
    """Write a return for each month of `sample.csv` that the sample has."""
    headings, *rows = list(csv.reader(RETURNS.read_text(encoding="utf-8").splitlines()))
    made = []
    for month in sorted({row[0] for row in rows}):
        if parse_month(month) in world.list_months:
            path = out / f"access-plan-{month}.csv"
            path.write_bytes(rows_bytes(headings, [row for row in rows if row[0] == month]))
            made.append(path)
    return made
