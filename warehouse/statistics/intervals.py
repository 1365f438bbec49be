"""Confidence intervals of one figure: Wilson's of a share, Byar's of a rate. As in
PHEindicatormethods 2.1 (Office for Health Improvement and Disparities)."""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

# Below so many events Byar's approximation is not good enough, and the exact interval is used.
EXACT_BELOW = 10
# Intervals of two figures that overlap at this confidence differ by chance at about 5 % (Goldstein
# and Healy 1995).
PAIRWISE = 0.834


def z_of(confidence: float) -> float:
    """The normal deviate that leaves half of the rest on each side: 1.959964 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(numerator: pl.Expr, denominator: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper limit of a share, 0 to 1; null where the denominator is 0 or null."""
    z = z_of(confidence)
    n = pl.when(denominator > 0).then(denominator)
    share = numerator / n
    half = z * (share * (1 - share) / n + z * z / (4 * n * n)).sqrt()
    middle, whole = share + z * z / (2 * n), 1 + z * z / n
    return (middle - half) / whole, (middle + half) / whole


def byar(events: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper limit of a count of events; exact (chi-square) below `EXACT_BELOW`.

    Of a rate: divide both by the population.
    """
    z, tail = z_of(confidence), (1 - confidence) / 2
    few = events < EXACT_BELOW
    many = pl.when(~few).then(events)
    low = many * (1 - 1 / (9 * many) - z / (3 * many.sqrt())) ** 3
    more = many + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * more.sqrt())) ** 3
    exact = pl.when(few).then(events)
    # Half a chi-square with 2 k degrees of freedom is a gamma variable of shape k.
    exact_low = pl.when(exact > 0).then(_gamma(exact, tail)).otherwise(exact)
    exact_high = _gamma(exact + 1, 1 - tail)
    return pl.coalesce(exact_low, low), pl.coalesce(exact_high, high)


def _gamma(shape: pl.Expr, probability: float) -> pl.Expr:
    """A quantile of gamma variables; null where the shape is."""
    from scipy.special import gammaincinv  # a tenth of a second, which most commands don't need

    def quantiles(shapes: pl.Series) -> pl.Series:
        known = shapes.cast(pl.Float64)
        found = gammaincinv(known.fill_null(1.0).to_numpy(), probability)
        return pl.DataFrame({"known": known, "found": found}).select(
            pl.when(pl.col("known").is_not_null()).then("found")
        )["found"]

    return shape.map_batches(quantiles, return_dtype=pl.Float64)


def difference(
    new: tuple[pl.Expr, pl.Expr, pl.Expr], old: tuple[pl.Expr, pl.Expr, pl.Expr]
) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper limit of the difference of two independent figures, each given as value,
    lower and upper limit: Newcombe's method 10 (1998) for shares with Wilson's limits."""
    (value, low, high), (before, before_low, before_high) = new, old
    change = value - before
    down = ((value - low) ** 2 + (before_high - before) ** 2).sqrt()
    up = ((high - value) ** 2 + (before - before_low) ** 2).sqrt()
    return change - down, change + up
