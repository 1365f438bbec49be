"""Inequality between groups of practices by the deprivation of their patients: national cut points,
figures by group, gaps, slope and relative index (SII, RII). Not here: intervals of gaps and indices
(`resampling`).

Group 1 is the most deprived. The groups are of practices: nothing here says who attended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from warehouse.statistics.intervals import PAIRWISE, byar, wilson

VERSION = "inequality-1"
GROUPS = 5
CONFIDENCE = 0.95
Kind = Literal["share", "rate"]


def cut_points(scores: pl.Series, patients: pl.Series, groups: int = GROUPS) -> list[float]:
    """The lowest scores of groups 1 to `groups` - 1, each of an equal part of all patients.

    `scores`: of practices, a higher one more deprived. A practice is in one group as a whole; equal
    scores are in one group. Practices without a score or patients count for nothing.
    """
    known = pl.DataFrame({"score": scores, "patients": patients}).drop_nulls()
    steps = known.group_by("score").agg(pl.col("patients").sum()).sort("score", descending=True)
    reached = pl.col("patients").cum_sum() / pl.col("patients").sum()
    steps = steps.with_columns(reached.alias("reached"))
    # A sum of parts may fall short of its share by rounding.
    shares = [group / groups - 1e-12 for group in range(1, groups)]
    return [steps.filter(pl.col("reached") >= share)["score"].max() for share in shares]  # type: ignore[misc]


def group_of(score: pl.Expr, cuts: Sequence[float]) -> pl.Expr:
    """The group of a score, by `cut_points`; null without a score."""
    below = sum((score < cut).cast(pl.Int64) for cut in cuts)
    return pl.when(score.is_not_null()).then(below + pl.lit(1, pl.Int64))


def by_group(practices: pl.DataFrame, keys: Sequence[str], kind: Kind) -> pl.DataFrame:
    """A row per `keys` and `quintile`: `numerator, denominator, patients, practices, value,
    lower95, upper95, lower83, upper83`.

    `practices`: `keys, quintile, numerator, denominator, patients`; one with a blank number counts
    for nothing. Values come from sums. Intervals: Wilson's of a share, Byar's of a rate (events by
    the denominator); at 83.4 % two that overlap differ by chance at about 5 %.
    """
    known = practices.drop_nulls(["quintile", "numerator", "denominator", "patients"])
    sums = known.group_by(*keys, "quintile").agg(
        pl.col("numerator", "denominator", "patients").sum(), pl.len().alias("practices")
    )
    top, bottom = pl.col("numerator"), pl.col("denominator")
    limits: dict[str, pl.Expr] = {}
    for name, confidence in (("95", CONFIDENCE), ("83", PAIRWISE)):
        if kind == "share":
            low, high = wilson(top, bottom, confidence)
        else:
            low, high = (limit / _positive(bottom) for limit in byar(top, confidence))
        limits |= {f"lower{name}": low, f"upper{name}": high}
    value = (top / _positive(bottom)).alias("value")
    added = [limit.alias(name) for name, limit in limits.items()]
    return sums.with_columns(value, *added).sort(*keys, "quintile")


def slope_index(groups: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """A row per `keys`: `sii, rii, groups`.

    `groups`: `keys, quintile, population, value`, one row per quintile. A line is fitted to values
    by the cumulative midpoint of population, from 0 (most deprived) to 1, weighted by population:
    SII = slope, RII = (intercept + slope) / intercept. Both null with fewer than two groups.
    """
    known = groups.drop_nulls(["quintile", "population", "value"])
    known = known.filter(pl.col("population") > 0).sort(*keys, "quintile")
    part = pl.col("population") / pl.col("population").sum()
    middle = part.cum_sum() - part / 2
    known = known.with_columns(part.over(keys).alias("_w"), middle.over(keys).alias("_x"))
    weight, x, y = pl.col("_w"), pl.col("_x"), pl.col("value")
    mean_x, mean_y = (weight * x).sum(), (weight * y).sum()
    slope = (weight * (x - mean_x) * (y - mean_y)).sum() / (weight * (x - mean_x) ** 2).sum()
    lines = known.group_by(keys, maintain_order=True).agg(
        slope.alias("sii"), mean_x.alias("_mx"), mean_y.alias("_my"), pl.len().alias("groups")
    )
    several = pl.col("groups") > 1
    sii = pl.when(several).then(pl.col("sii"))
    start = pl.col("_my") - sii * pl.col("_mx")
    ratio = pl.when(start != 0).then((start + sii) / start)
    return lines.select(*keys, sii.alias("sii"), ratio.alias("rii"), "groups")


def gaps(groups: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """A row per `keys`: `most_deprived, least_deprived` (values of quintiles 1 and 5),
    `absolute_gap` (1 less 5), `relative_gap` (1 by 5), `most_deprived_missing`.

    `groups`: `keys, quintile, value`.
    """
    ends = {"most_deprived": 1, "least_deprived": GROUPS}
    found = groups.group_by(keys, maintain_order=True).agg(
        pl.col("value").filter(pl.col("quintile") == group).first().alias(name)
        for name, group in ends.items()
    )
    most, least = pl.col("most_deprived"), pl.col("least_deprived")
    return found.with_columns(
        (most - least).alias("absolute_gap"),
        pl.when(least != 0).then(most / least).alias("relative_gap"),
        most.is_null().alias("most_deprived_missing"),
    )


def _positive(number: pl.Expr) -> pl.Expr:
    return pl.when(number > 0).then(number)
