"""How two measurements of the same units go together: a rank correlation and its interval. It says
how closely they lie along a line, not which of them moves the other. Not here: what is compared."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.statistics.intervals import z_of

VERSION = "association-1"
# Of fewer units an interval tells nothing.
LEAST = 10
CONFIDENCE = 0.95


def rank_correlation(units: pl.DataFrame, keys: Sequence[str], x: str, y: str) -> pl.DataFrame:
    """A row per `keys`: `units` (those that have both numbers), `rank_correlation` (Spearman's, -1
    to 1) and its limits at 95 %, `rank_correlation_lower95` and `_upper95`; null of fewer than
    `LEAST` units, and where one number is the same of all.

    Limits are Fisher's, with the variance of Bonett and Wright (2000): (1 + r² / 2) / (n - 3).
    """
    known = units.drop_nulls([x, y])
    found = known.group_by(*keys).agg(
        pl.len().cast(pl.Int64).alias("units"),
        pl.corr(x, y, method="spearman").fill_nan(None).alias("_r"),
    )
    n, r = pl.col("units"), pl.when(pl.col("units") >= LEAST).then(pl.col("_r").clip(-1, 1))
    half = z_of(CONFIDENCE) * ((1 + r * r / 2) / (n - 3)).sqrt()
    return found.select(
        *keys,
        "units",
        r.alias("rank_correlation"),
        (r.arctanh() - half).tanh().alias("rank_correlation_lower95"),
        (r.arctanh() + half).tanh().alias("rank_correlation_upper95"),
    ).sort(*keys)
