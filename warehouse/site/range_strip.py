"""Where a figure is among those of comparable places, as a strip of an inch drawn within the page:
a bar from the tenth to the ninetieth percentile, a tick at the median, a dot for the figure."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, MARGIN = 120.0, 5.0


@dataclass(frozen=True)
class RangeStrip:
    """Positions from the left, in units of the drawing."""

    p10: int
    median: int
    p90: int
    own: int

    @property
    def width(self) -> int:
        """Length of the bar."""
        return max(1, self.p90 - self.p10)


def range_strip(value: float, p10: float, median: float, p90: float) -> RangeStrip:
    """The strip of a value, on a scale on which all four fit."""
    least, most = min(value, p10), max(value, p90)
    spread = most - least

    def at(one: float) -> int:
        share = (one - least) / spread if spread else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN))

    return RangeStrip(at(p10), at(median), at(p90), at(value))
