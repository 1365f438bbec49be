"""How a cost grows with the months held: the exponent of a power law, fitted to logarithms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression


@dataclass(frozen=True)
class PowerLaw:
    """`cost = factor * months ** exponent`. `worst`: the largest relative deviation of a point."""

    factor: float
    exponent: float
    worst: float

    def at(self, months: float) -> float:
        """Return the cost that the law gives for so many months."""
        return self.factor * months**self.exponent


def power_law(points: Sequence[tuple[float, float]]) -> PowerLaw | None:
    """Fit points (months, cost) by least squares of their logarithms.

    None with fewer than two different numbers of months. Raises ValueError for months or costs that
    are not positive.
    """
    if any(months <= 0 or cost <= 0 for months, cost in points):
        raise ValueError(f"a power law needs positive months and costs, not {list(points)}")
    if len({months for months, _ in points}) < 2:
        return None
    slope, start = linear_regression(
        [math.log(months) for months, _ in points], [math.log(cost) for _, cost in points]
    )
    law = PowerLaw(math.exp(start), slope, 0.0)
    worst = max(abs(cost / law.at(months) - 1) for months, cost in points)
    return PowerLaw(law.factor, law.exponent, worst)
