"""Baselines of series: where one ends and the next begins, and the mean and limits of each. Not
here: signals (`signals`)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.statistics.chart_options import CLOSE, LIMIT, SCREEN, SETTLED_POINTS

SERIES, SEGMENT, ROW = "_series", "_segment", "_place"


def number_baselines(
    points: pl.DataFrame, keys: Sequence[str], rebases: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The points with `baseline`, from 0 in each series, and the helper columns `SERIES` and
    `SEGMENT`: numbers of a series, and of a baseline of one.

    `points`: `keys`, `month`, `value` (null: a missing month), `longest_gap`; sorted by keys and
    month. `rebases`: `keys`, `month`. A baseline begins with the first value from such a month on
    (and with the missing months before it, back to that month), and with the first value after more
    than `longest_gap` missing months.
    """
    frame = points.with_columns(pl.struct(keys).rle_id().alias(SERIES)).with_row_index(ROW)
    frame = frame.with_columns(_rebases_before(frame, keys, rebases))
    known = frame.filter(pl.col("value").is_not_null())
    known = known.with_columns(_gaps_before(known).alias("_gaps"))
    number = pl.struct(SERIES, "_rebases", "_gaps").rle_id().alias("_number")
    known = known.with_columns(number).with_columns(
        (pl.col("_number") - pl.col("_number").first().over(SERIES))
        .cast(pl.Int64)
        .alias("baseline")
    )
    if known.height == frame.height:
        numbered = known.drop("_gaps", "_number")
    else:
        own = known.select(ROW, "baseline")
        numbered = _with_missing(frame.join(own, on=ROW, how="left", maintain_order="left"))
    segment = pl.struct(SERIES, "baseline").rle_id().alias(SEGMENT)
    return numbered.with_columns(segment).drop("_rebases", ROW)


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


def month_number() -> pl.Expr:
    """Consecutive numbers of the months in `month`, so that their distance is a difference."""
    month = pl.col("month")
    return month.dt.year().cast(pl.Int64) * 12 + month.dt.month()


def _gaps_before(known: pl.DataFrame) -> pl.Expr:
    """How many gaps that are too long lie before a value, in its series and those before it."""
    if known["longest_gap"].null_count() == known.height:
        return pl.lit(0)
    number = month_number()
    missing = number - number.shift(1) - 1
    after = (pl.col(SERIES) == pl.col(SERIES).shift(1)) & (missing > pl.col("longest_gap"))
    return after.fill_null(False).cum_sum()


def _with_missing(frame: pl.DataFrame) -> pl.DataFrame:
    """The points with the `baseline` of missing months: the one before, or the one after if a
    rebase lies between them and the value before."""
    there = pl.when(pl.col("baseline").is_not_null()).then(pl.col("_rebases"))
    before, after = there.forward_fill().over(SERIES), there.backward_fill().over(SERIES)
    begun = (pl.col("_rebases") == after) & pl.col("_rebases").ne_missing(before)
    earlier = pl.col("baseline").forward_fill().over(SERIES)
    later = pl.col("baseline").backward_fill().over(SERIES)
    number = pl.when(begun).then(later).otherwise(pl.coalesce(earlier, later, 0))
    return frame.with_columns(pl.coalesce("baseline", number).alias("baseline"))


def limits_of_baselines(counted: pl.DataFrame) -> pl.DataFrame:
    """A row per baseline: `SEGMENT, mean, lower_limit, upper_limit, near_lower_limit,
    near_upper_limit, points_in_baseline, limits` (`trial` or `settled`).

    `counted`: the points that count, sorted: `SEGMENT, value, fix_after_n_points,
    screen_outliers, fewest_points`. `points_in_baseline` are those that gave the limits. A
    baseline of one point, or of fewer than `fewest_points`, has a mean and no limits.
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
        pl.col("fewest_points").first(),
    )
    enough = pl.col("points_in_baseline") >= pl.col("fewest_points")
    mean, away = pl.col("mean"), pl.when(enough).then(LIMIT * pl.col("mr"))
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
    ranged = used.select(SEGMENT, "value", "screen_outliers", "fewest_points", moving)
    means = ranged.group_by(SEGMENT).agg(
        pl.col("value").mean().alias("rough"), pl.col("range").mean().alias("all_ranges")
    )
    return ranged.join(means, on=SEGMENT, how="left", maintain_order="left")
