"""Where a unit stands among the others of its set: rank, percentile, decile, and the spread of the
set. Not here: whether it differs by more than chance (`funnel`)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

BEST_FIRST, LARGEST_FIRST = "best_first", "largest_first"
QUANTILES = {"p10": 0.1, "median": 0.5, "p90": 0.9}


def rank_units(units: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The units with `rank, ranked_of, percentile, decile, rank_order` and `QUANTILES`.

    `units`: `keys` (a set), `value`, `polarity`, `ranked` (false: shown, but in no rank). The best
    value by polarity has rank 1, of a neutral one the largest (`rank_order`); equal values have
    equal ranks. Percentile and decile count from the first, which is in hundredth and tenth 1.
    """
    value = pl.when(pl.col("ranked")).then(pl.col("value"))
    lower = pl.col("polarity") == "lower_is_better"
    neutral = pl.col("polarity") == "neutral"
    rank = pl.when(lower).then(value).otherwise(-value).rank("min").over(keys).cast(pl.Int64)
    number = value.count().over(keys).cast(pl.Int64)
    parts = {"percentile": 100, "decile": 10}
    order = pl.when(neutral).then(pl.lit(LARGEST_FIRST)).otherwise(pl.lit(BEST_FIRST))
    return units.with_columns(
        rank.alias("rank"),
        number.alias("ranked_of"),
        *((n * (rank - 1) // number + 1).alias(name) for name, n in parts.items()),
        order.alias("rank_order"),
        *(
            value.drop_nulls().quantile(part, interpolation="linear").over(keys).alias(name)
            for name, part in QUANTILES.items()
        ),
    )


def nearest(units: pl.DataFrame, features: Sequence[str], number: int) -> pl.DataFrame:
    """`unit, peer`: for each unit the `number` others nearest by features, each in its own standard
    deviations; none for a unit that lacks one. Of equally near ones the first by name.

    `units`: `unit`, and the features as numbers.
    """
    known = units.drop_nulls(features).unique("unit").sort("unit")
    scaled = known.select(
        "unit",
        *(
            ((pl.col(one) - pl.col(one).mean()) / pl.col(one).std()).fill_nan(0).fill_null(0)
            for one in features
        ),
    )
    pairs = scaled.join(scaled, how="cross", suffix="_peer")
    pairs = pairs.filter(pl.col("unit") != pl.col("unit_peer"))
    distance = sum(((pl.col(one) - pl.col(f"{one}_peer")) ** 2 for one in features), pl.lit(0.0))
    pairs = pairs.with_columns(distance.alias("_distance")).sort("unit", "_distance", "unit_peer")
    return (
        pairs.group_by("unit", maintain_order=True)
        .head(number)
        .select("unit", pl.col("unit_peer").alias("peer"))
    )
