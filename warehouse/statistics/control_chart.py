"""Control charts (XmR) of many series at once: baselines, limits, signals, variation, assurance."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.statistics.baselines import (
    SEGMENT,
    limits_of_baselines,
    number_baselines,
)
from warehouse.statistics.chart_options import UNSTABLE, with_options
from warehouse.statistics.point_words import TOO_FEW
from warehouse.statistics.signals import NO_SIGNAL, find_signals

LIMITS = ("lower_limit", "upper_limit", "near_lower_limit", "near_upper_limit")
POLARITIES = ("higher_is_better", "lower_is_better", "neutral")


def control_chart(
    points: pl.DataFrame, keys: Sequence[str], rebases: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The points, sorted by keys and month, with `baseline` (from 0), `mean`, `LIMITS`,
    `points_in_baseline`, `limits`, `baseline_signals` (how many of the points that gave the limits
    are signals), `signal` and `direction`.

    `points`: one row per series (`keys`) and month: `month`, `value` (null: a missing month, which
    is skipped), the options of `chart_options.OPTIONS` where they differ from the defaults, and
    perhaps `left_out` (why a point is shown, but neither in limits nor in runs, and without a
    signal; null if it counts).
    `rebases`: `keys`, `month`, the months from which on there is a new baseline.
    """
    frame = with_options(points.sort(*keys, "month"))
    frame = number_baselines(frame, keys, rebases).with_row_index("_row")
    counts = pl.col("value").is_not_null()
    if "left_out" in frame.columns:
        counts &= pl.col("left_out").is_null()
    counted = frame.filter(counts)
    limits = limits_of_baselines(counted)
    judged = find_signals(
        counted.select("_row", SEGMENT, "value").join(
            limits.select(SEGMENT, "mean", *LIMITS, "points_in_baseline"),
            on=SEGMENT,
            maintain_order="left",
        )
    )
    limits = limits.join(_own_signals(judged), on=SEGMENT, how="left", maintain_order="left")
    charted = frame.join(limits, on=SEGMENT, how="left", maintain_order="left").join(
        judged.select("_row", "signal", "direction"), on="_row", how="left", maintain_order="left"
    )
    added = (
        *("baseline", "mean", *LIMITS, "points_in_baseline", "limits"),
        *("baseline_signals", "signal", "direction"),
    )
    # A missing month has no signal, not even that there is none.
    no_signal = pl.when(pl.col("value").is_not_null()).then(pl.lit(NO_SIGNAL))
    return charted.with_columns(pl.coalesce("signal", no_signal)).select(*points.columns, *added)


def _own_signals(judged: pl.DataFrame) -> pl.DataFrame:
    """`SEGMENT, baseline_signals`, of the points that count."""
    gave = pl.int_range(pl.len()).over(SEGMENT) < pl.col("points_in_baseline")
    signals = (gave & (pl.col("signal") != NO_SIGNAL)).sum().cast(pl.Int64)
    return judged.group_by(SEGMENT).agg(signals.alias("baseline_signals"))


def limits_not_stable() -> pl.Expr:
    """Whether half of the points that gave the limits, or more, are themselves signals."""
    points = pl.col("points_in_baseline")
    return (pl.col("baseline_signals") >= UNSTABLE * points) & pl.col("upper_limit").is_not_null()


def not_judged_because(fewest: int, left_out: str = "left_out") -> pl.Expr:
    """Why points of a chart are not judged; null if they are, or have no value. `fewest`: points
    that limits need; `left_out`: the column with why one does not count, null if it does."""
    points = pl.col("points_in_baseline").fill_null(0)
    return (
        pl.when(pl.col("value").is_null())
        .then(None)
        .when(pl.col("upper_limit").is_null())
        .then(pl.format(f"{TOO_FEW} ({{}} of {fewest})", points))
        .otherwise(pl.col(left_out))
        .alias("not_judged_because")
    )


def variation(polarity: str | pl.Expr = "polarity") -> pl.Expr:
    """What a signal means, by polarity (`POLARITIES`): `improvement, concern, neutral_high,
    neutral_low, common_cause`; null for a missing month."""
    better = pl.col(polarity) if isinstance(polarity, str) else polarity
    good = (
        pl.when(better == "higher_is_better")
        .then(pl.lit("high"))
        .when(better == "lower_is_better")
        .then(pl.lit("low"))
    )
    side = pl.col("direction")
    return (
        pl.when(pl.col("signal").is_null())
        .then(None)
        .when(side.is_null())
        .then(pl.lit("common_cause"))
        .when(good.otherwise(None).is_null())
        .then(pl.concat_str(pl.lit("neutral_"), side))
        .when(good.otherwise(None) == side)
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("concern"))
        .alias("variation")
    )


def assurance(target: str = "target", polarity: str = "polarity") -> pl.Expr:
    """Whether a target is met whatever chance does, by the limits: `passing, failing,
    hit_or_miss`; null without a target or limits, and for a neutral polarity."""
    below = pl.col("upper_limit") < pl.col(target)
    above = pl.col("lower_limit") > pl.col(target)
    higher = pl.col(polarity) == "higher_is_better"
    lower = pl.col(polarity) == "lower_is_better"
    return (
        pl.when((higher & above) | (lower & below))
        .then(pl.lit("passing"))
        .when((higher & below) | (lower & above))
        .then(pl.lit("failing"))
        .when((higher | lower) & above.is_not_null())
        .then(pl.lit("hit_or_miss"))
        .alias("assurance")
    )


def last_baselines(charted: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """A row per series with `keys` and the limits of its last baseline that has a mean."""
    known = charted.filter(pl.col("mean").is_not_null())
    return known.group_by(keys, maintain_order=True).agg(pl.col("baseline", "mean", *LIMITS).last())
