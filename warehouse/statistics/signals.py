"""Signals: points that chance alone seldom makes, by four rules. Not here: limits (`baselines`)."""

from __future__ import annotations

import polars as pl

from warehouse.statistics.baselines import SEGMENT
from warehouse.statistics.chart_options import SHIFT_POINTS, TREND_POINTS

# In order of precedence.
RULES = ("outside_limits", "trend", "two_of_three", "shift")
NO_SIGNAL = "none"


def find_signals(points: pl.DataFrame) -> pl.DataFrame:
    """The points with `signal` (the first of `RULES` that holds, or `none`) and `direction`
    (`high`, `low`; null without a signal; of a trend `high` if it rises).

    `points`: those that count, sorted: `SEGMENT, value, mean` and the four limits. Rules see one
    baseline at a time.
    """
    frame = _with_run(_with_run(_with_signs(points), "_side"), "_step")
    found = {
        "outside_limits": pl.col("_outside"),
        "trend": _trend(),
        "two_of_three": _two_of_three(),
        "shift": pl.when(pl.col("_side_run") >= SHIFT_POINTS).then(pl.col("_side")),
    }
    frame = frame.with_columns(sign.fill_null(0).alias(rule) for rule, sign in found.items())
    signal = pl.coalesce(pl.when(pl.col(rule) != 0).then(pl.lit(rule)) for rule in RULES)
    sign = pl.coalesce(pl.when(pl.col(rule) != 0).then(pl.col(rule)) for rule in RULES)
    direction = pl.when(sign > 0).then(pl.lit("high")).when(sign < 0).then(pl.lit("low"))
    return frame.select(
        *points.columns,
        signal.fill_null(NO_SIGNAL).alias("signal"),
        direction.alias("direction"),
    )


def _with_signs(points: pl.DataFrame) -> pl.DataFrame:
    """The points with 1, 0 or -1: `_side` of the mean, `_step` from the point before (null for the
    first of a baseline), `_outside` the limits; and whether one is `_close` to a limit."""
    value = pl.col("value")
    within = pl.col(SEGMENT) == pl.col(SEGMENT).shift(1)
    above, below = value > pl.col("upper_limit"), value < pl.col("lower_limit")
    close = (value > pl.col("near_upper_limit")) | (value < pl.col("near_lower_limit"))
    return points.with_columns(
        (value - pl.col("mean")).sign().cast(pl.Int8).alias("_side"),
        pl.when(within).then((value - value.shift(1)).sign()).cast(pl.Int8).alias("_step"),
        pl.when(above).then(1).when(below).then(-1).otherwise(0).cast(pl.Int8).alias("_outside"),
        (close & ~above & ~below).fill_null(False).alias("_close"),
    )


def _with_run(frame: pl.DataFrame, sign: str) -> pl.DataFrame:
    """The frame with how many consecutive rows of a baseline have this row's sign."""
    changed = (pl.col(SEGMENT) != pl.col(SEGMENT).shift(1)) | pl.col(sign).ne_missing(
        pl.col(sign).shift(1)
    )
    run = changed.fill_null(True).cum_sum()
    return frame.with_columns(run.alias("_run")).with_columns(
        pl.len().over("_run").alias(f"{sign}_run")
    )


def _trend() -> pl.Expr:
    """1 where a point is of a rising trend, -1 of a falling one: the points of so many steps, and
    the one that they start from. A point between two trends is of the second."""
    long = pl.when(pl.col("_step_run") >= TREND_POINTS - 1).then(pl.col("_step"))
    from_here = pl.when(pl.col(SEGMENT) == pl.col(SEGMENT).shift(-1)).then(long.shift(-1))
    return pl.when(from_here != 0).then(from_here).otherwise(long)


def _two_of_three() -> pl.Expr:
    """The side of points close to a limit in three consecutive ones of one side, two of them
    close."""
    side, close = pl.col("_side"), pl.col("_close").cast(pl.Int8)
    baseline = pl.col(SEGMENT)
    ends = (
        (baseline == baseline.shift(2))
        & (side == side.shift(1))
        & (side == side.shift(2))
        & (close + close.shift(1) + close.shift(2) >= 2)
    ).fill_null(False)
    # A point is the last, the second or the first of three.
    of_three = ends | ends.shift(-1, fill_value=False) | ends.shift(-2, fill_value=False)
    return pl.when(pl.col("_close") & of_three).then(side)
