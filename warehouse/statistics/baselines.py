"""Baselines of series: where one ends and the next begins, and the mean and limits of each. Not
here: signals (`signals`)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.statistics.chart_options import CLOSE, LIMIT, SCREEN, SETTLED_POINTS

SERIES, SEGMENT = "_series", "_segment"


def number_baselines(
    points: pl.DataFrame, keys: Sequence[str], rebases: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The points with `baseline`, from 0 in each series, and the helper columns `SERIES` and
    `SEGMENT`: numbers of a series, and of a baseline of one.

    `points`: `keys`, `month`, `value` (null: a missing month), `longest_gap`; sorted by keys and
    month. `rebases`: `keys`, `month`. A baseline begins with the first point from such a month on,
    and with the first value after more than `longest_gap` missing months.
    """
    frame = points.with_columns(pl.struct(keys).rle_id().alias(SERIES))
    frame = frame.with_columns(_gaps_before(frame), _rebases_before(frame, keys, rebases))
    frame = frame.with_columns(pl.struct(SERIES, "_rebases", "_gaps").rle_id().alias(SEGMENT))
    first = pl.col(SEGMENT).first().over(SERIES)
    return frame.with_columns((pl.col(SEGMENT) - first).cast(pl.Int64).alias("baseline")).drop(
        "_rebases", "_gaps"
    )


def _rebases_before(
    frame: pl.DataFrame, keys: Sequence[str], rebases: pl.DataFrame | None
) -> pl.Series:
    """How many of its series' rebases a point has behind it."""
    if rebases is None or rebases.is_empty():
        return pl.Series("_rebases", [0], pl.Int64).new_from_index(0, frame.height)
    starts = rebases.select(*keys, "month").unique().sort(*keys, "month")
    starts = starts.with_columns(pl.int_range(1, pl.len() + 1).over(keys).alias("_rebases"))
    # Both are sorted above; within groups polars can't tell.
    passed = frame.join_asof(starts, on="month", by=list(keys), check_sortedness=False)
    return passed["_rebases"].fill_null(0)


def _gaps_before(frame: pl.DataFrame) -> pl.Series:
    """How many gaps that are too long lie before a point, in its series and those before it."""
    if frame["longest_gap"].null_count() == frame.height:
        return pl.Series("_gaps", [0], pl.UInt32).new_from_index(0, frame.height)
    known = frame.select(SERIES, "month", "value", "longest_gap").with_row_index("_row")
    known = known.filter(pl.col("value").is_not_null())
    month = pl.col("month")
    number = month.dt.year().cast(pl.Int64) * 12 + month.dt.month()
    missing = number - number.shift(1) - 1
    after = (pl.col(SERIES) == pl.col(SERIES).shift(1)) & (missing > pl.col("longest_gap"))
    gaps = known.filter(after).select("_row", pl.lit(1, pl.UInt32).alias("_gaps"))
    rows = frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"))
    joined = rows.join(gaps, on="_row", how="left", maintain_order="left")
    return joined["_gaps"].fill_null(0).cum_sum()


def limits_of_baselines(counted: pl.DataFrame) -> pl.DataFrame:
    """A row per baseline: `SEGMENT, mean, lower_limit, upper_limit, near_lower_limit,
    near_upper_limit, points_in_baseline, limits` (`trial` or `settled`).

    `counted`: the points that count, sorted: `SEGMENT, value, fix_after_n_points,
    screen_outliers`. `points_in_baseline` are those that gave the limits. A baseline of one point
    has a mean and no limits.
    """
    used = _with_ranges(_first_points(counted))
    small = ~pl.col("screen_outliers") | (pl.col("range") < SCREEN * pl.col("all_ranges"))
    found = used.group_by(SEGMENT).agg(
        # A second pass takes away what the first sum lost: whether a point lies on the mean must
        # not depend on rounding.
        (pl.col("rough").first() + (pl.col("value") - pl.col("rough")).mean()).alias("mean"),
        # Ranges that are all nought are none of them smaller than their mean.
        pl.coalesce(pl.col("range").filter(small).mean(), pl.col("all_ranges").first()).alias("mr"),
        pl.len().cast(pl.Int64).alias("points_in_baseline"),
    )
    mean, away = pl.col("mean"), LIMIT * pl.col("mr")
    settled = pl.col("points_in_baseline") >= SETTLED_POINTS
    return found.select(
        SEGMENT,
        "mean",
        (mean - away).alias("lower_limit"),
        (mean + away).alias("upper_limit"),
        (mean - CLOSE * away).alias("near_lower_limit"),
        (mean + CLOSE * away).alias("near_upper_limit"),
        "points_in_baseline",
        pl.when(settled).then(pl.lit("settled")).otherwise(pl.lit("trial")).alias("limits"),
    )


def _first_points(counted: pl.DataFrame) -> pl.DataFrame:
    """The points that give a baseline its limits."""
    if counted["fix_after_n_points"].null_count() == counted.height:
        return counted
    place = pl.int_range(pl.len()).over(SEGMENT)
    return counted.filter((place < pl.col("fix_after_n_points")).fill_null(True))


def _with_ranges(used: pl.DataFrame) -> pl.DataFrame:
    """The points with `range` (null for the first of a baseline), and their baseline's `all_ranges`
    (the mean range) and `rough` (the mean, but for rounding)."""
    value = pl.col("value")
    same = pl.col(SEGMENT) == pl.col(SEGMENT).shift(1)
    moving = pl.when(same).then((value - value.shift(1)).abs()).alias("range")
    ranged = used.select(SEGMENT, "value", "screen_outliers", moving)
    means = ranged.group_by(SEGMENT).agg(
        pl.col("value").mean().alias("rough"), pl.col("range").mean().alias("all_ranges")
    )
    return ranged.join(means, on=SEGMENT, how="left", maintain_order="left")
