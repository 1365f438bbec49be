"""Intervals of gaps and indices of inequality, by drawing practices again and again (bootstrap).
Not here: the indices themselves (`inequality`)."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.statistics.inequality import CONFIDENCE, GROUPS

DRAWS = 1000
SEED = 20
INTERVALS = ("absolute_gap", "relative_gap", "sii", "rii")
Numbers = npt.NDArray[np.float64]


def bootstrap(
    practices: pl.DataFrame, place: str, draws: int = DRAWS, seed: int = SEED
) -> dict[str, float | None]:
    """`<name>_lower` and `<name>_upper` at 95 % of each of `INTERVALS`, null if it is not known.

    `practices`: those of one place and figure: `practice, quintile, numerator, denominator,
    patients`. Practices are drawn with replacement within their quintile, which keeps the
    deprivation of the place as it is. The same `seed`, place and practices give the same interval,
    in any order. The limits are percentiles of the draws. A single practice in a quintile has no
    spread.
    """
    known = practices.drop_nulls(["quintile", "numerator", "denominator", "patients"])
    known = known.sort("quintile", "practice")
    random = np.random.default_rng([seed, zlib.crc32(place.encode())])
    sums = np.full((3, GROUPS, draws), np.nan)
    for group in range(1, GROUPS + 1):
        rows = known.filter(pl.col("quintile") == group)
        if rows.height:
            drawn = random.integers(0, rows.height, (draws, rows.height))
            for n, column in enumerate(("numerator", "denominator", "patients")):
                sums[n, group - 1] = rows[column].cast(pl.Float64).to_numpy()[drawn].sum(axis=1)
    with np.errstate(all="ignore"):
        values = np.where(sums[1] > 0, sums[0] / sums[1], np.nan)
        found = _measures(values, sums[2])
    return {
        f"{name}_{end}": _percentile(found[name], part)
        for name in INTERVALS
        for end, part in (("lower", (1 - CONFIDENCE) / 2), ("upper", (1 + CONFIDENCE) / 2))
    }


def _measures(values: Numbers, patients: Numbers) -> dict[str, Numbers]:
    """Each of `INTERVALS` in each draw, from values and patients by quintile and draw."""
    there = ~np.isnan(values) & (patients > 0)
    weight = np.where(there, patients, 0)
    weight = weight / weight.sum(axis=0)
    x = np.cumsum(weight, axis=0) - weight / 2
    y = np.where(there, values, 0)
    mean_x, mean_y = (weight * x).sum(axis=0), (weight * y).sum(axis=0)
    spread = (weight * (x - mean_x) ** 2).sum(axis=0)
    slope = (weight * (x - mean_x) * (y - mean_y)).sum(axis=0) / spread
    slope = np.where(there.sum(axis=0) > 1, slope, np.nan)
    start = mean_y - slope * mean_x
    most, least = values[0], values[-1]
    return {
        "absolute_gap": most - least,
        "relative_gap": np.where(least != 0, most / least, np.nan),
        "sii": slope,
        "rii": np.where(start != 0, (start + slope) / start, np.nan),
    }


def _percentile(drawn: Numbers, part: float) -> float | None:
    known = drawn[np.isfinite(drawn)]
    # A measure that some draws do not have (a rate of nought to divide by) has no honest interval.
    return float(np.quantile(known, part)) if known.size == drawn.size else None
