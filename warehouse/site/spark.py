"""Spark lines: a series as a line of an inch beside a figure, drawn within the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 120.0, 32.0, 3.0


def spark_path(values: Sequence[float | None]) -> str:
    """The path of a line through values, the commands of SVG's `d`; a gap where one is missing."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    least, spread = min(known), max(known) - min(known) or 1.0
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    parts, drawing = [], False
    for number, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x = MARGIN + number * step
        y = HEIGHT - MARGIN - (value - least) / spread * (HEIGHT - 2 * MARGIN)
        parts.append(f"{'L' if drawing else 'M'}{x:.0f} {y:.0f}")
        drawing = True
    return "".join(parts)


def spark_end(values: Sequence[float | None]) -> tuple[float, float] | None:
    """Where a line's newest point is; None if it has no value."""
    path = spark_path(values)
    if not path:
        return None
    x, y = re.split("[ML]", path)[-1].split()
    return float(x), float(y)
