"""Synthetic deprivation scores: the extract of four columns, one row per practice."""

from pathlib import Path

from assets.sample.profile import draw
from assets.sample.world import LAST_MONTH, World
from assets.sample.writer import rows_bytes

HEADINGS = ("PRACTICE_CODE", "PRACTICE_NAME", "IMD_YEAR", "IMD_SCORE")
# Of the practices of a sub-ICB: the middle, and how far they are from it at most.
AROUND = {"03W": (12, 8), "04C": (33, 22), "04V": (15, 9)}
ELSEWHERE = (22, 18)


def write(world: World, out: Path) -> list[Path]:
    """Write one file, of the version of 2025."""
    rows = []
    for area in world.areas:
        middle, most = AROUND.get(area, ELSEWHERE)
        for one in world.open_practices(area, LAST_MONTH):
            score = middle + most * draw(world.seed, "imd", one.code).uniform(-1, 1)
            rows.append((one.code, one.name, 2025, f"{score:.3f}"))
    path = out / "fingertips-imd-2025-gp-practice.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows, line_end="\n"))
    return [path]
