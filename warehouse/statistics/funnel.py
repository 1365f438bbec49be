"""Funnels: whether a unit's share or rate differs from the average of its set by more than chance.

Spiegelhalter, Funnel plots for comparing institutional performance (2005); overdispersion by his
additive model (Handling over-dispersion of performance indicators, 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import polars as pl

from warehouse.statistics.intervals import byar, z_of

VERSION = "funnel-1"
CLASSES = ("low_0.001", "low_0.025", "within", "high_0.025", "high_0.001")
INNER, OUTER = 0.95, 0.998
# Plain limits that put more of the units than this outside the inner ones say that units differ for
# reasons that are not chance.
OUTSIDE = 0.2
# This part of the deviations at each end counts as no more than the next one (winsorised), so that
# the few who stand out do not widen the limits.
WINSORISED = 0.1
GRID = 4001  # numbers of events between which limits are interpolated
Overdispersion = Literal["never", "auto"]


def funnel(
    units: pl.DataFrame,
    keys: Sequence[str],
    overdispersion: Overdispersion = "never",
    measure: Literal["share", "rate"] = "share",
) -> pl.DataFrame:
    """The units with `average`, `funnel` (`CLASSES`), `funnel_method` and `tau`.

    `units`: `keys` (a set), `numerator`, `denominator`. A unit without a figure, or with a
    denominator of 0, has none. `average`: of sums. A share is compared with normal limits about the
    average; of a rate (events in a population) Byar's interval must exclude it. `auto`: limits are
    widened by `tau`, the standard deviation between units, where more than `OUTSIDE` of them would
    be outside; `funnel_method` says so: `plain` or `overdispersed`.
    """
    n = pl.when(pl.col("denominator") > 0).then(pl.col("denominator").cast(pl.Float64))
    known = units.with_columns(
        pl.when(pl.col("numerator").is_not_null()).then(n).alias("_n"),
        (pl.col("numerator") / n).alias("_value"),
    )
    top = pl.when(pl.col("_n").is_not_null()).then(pl.col("numerator"))
    known = known.with_columns((_sum(top, keys) / _sum(pl.col("_n"), keys)).alias("average"))
    average = pl.col("average")
    chance = average * (1 - average) if measure == "share" else average
    known = known.with_columns((chance / pl.col("_n")).alias("_variance"))
    known = known.with_columns(_plain(measure).alias("_plain"), _tau_squared(keys).alias("_tau2"))
    if overdispersion == "never":
        judged = known.with_columns(pl.lit(False).alias("_wide"))
    else:
        outside = (pl.col("_plain") != "within").mean().over(keys) > OUTSIDE
        judged = known.with_columns((outside & (pl.col("_tau2") > 0)).alias("_wide"))
    wide, judgeable = pl.col("_wide"), pl.col("_n").is_not_null()
    method = pl.when(wide).then(pl.lit("overdispersed")).otherwise(pl.lit("plain"))
    found = pl.when(wide).then(_normal(pl.col("_tau2"))).otherwise(pl.col("_plain"))
    return judged.with_columns(
        pl.when(judgeable).then(found).alias("funnel"),
        pl.when(judgeable).then(method).alias("funnel_method"),
        pl.when(wide).then(pl.col("_tau2").sqrt()).otherwise(0.0).alias("tau"),
    ).select(*units.columns, "average", "funnel", "funnel_method", "tau")


def control_limits(confidence: float, tau: pl.Expr | None = None) -> tuple[pl.Expr, pl.Expr]:
    """The limits about the average between which a share is expected, of columns `average` and
    `denominator` (and `tau`): null without a denominator. Not cut at 0 and 1."""
    n, average = pl.col("denominator").cast(pl.Float64), pl.col("average")
    chance = pl.when(n > 0).then(average * (1 - average) / n)
    spread = z_of(confidence) * (chance + (0.0 if tau is None else tau**2)).sqrt()
    return average - spread, average + spread


def limits_at(
    sizes: Sequence[float],
    average: float,
    tau: float,
    measure: Literal["share", "rate"] = "share",
) -> pl.DataFrame:
    """The limits between the classes of `funnel`, for units of these sizes: a row per size with
    `denominator` and, as shares or events per one of it, `low_0.001, low_0.025, high_0.025,
    high_0.001`; `average` and `tau` as `funnel` found them. Not cut at 0 and 1."""
    import numpy as np

    n = np.asarray(sizes, dtype=float)
    found = {"denominator": n}
    for tail, confidence in (("0.001", OUTER), ("0.025", INNER)):
        if measure == "rate" and tau == 0.0:
            low, high = _byar_limits(average * n, confidence)
            found |= {f"low_{tail}": low / n, f"high_{tail}": high / n}
        else:
            chance = average * (1 - average) if measure == "share" else average
            spread = z_of(confidence) * np.sqrt(chance / n + tau**2)
            found |= {f"low_{tail}": average - spread, f"high_{tail}": average + spread}
    return pl.DataFrame(found).select("denominator", *(one for one in CLASSES if one != "within"))


def _byar_limits(expected: Any, confidence: float) -> tuple[Any, Any]:
    """The events at which Byar's interval just has an expected number as its end."""
    import numpy as np

    room = 6 * np.sqrt(expected.max()) + 20
    events = pl.Series("events", np.linspace(0, expected.max() + room, GRID))
    low, high = byar(pl.col("events"), confidence)
    ends = events.to_frame().select("events", low.alias("low"), high.alias("high"))
    grid = ends["events"].to_numpy()
    return (
        np.interp(expected, ends["high"].to_numpy(), grid),
        np.interp(expected, ends["low"].to_numpy(), grid),
    )


def _sum(column: pl.Expr, keys: Sequence[str]) -> pl.Expr:
    return column.sum().over(keys)


def _plain(measure: str) -> pl.Expr:
    """The class without overdispersion; null where there is no figure."""
    if measure == "share":
        return _normal(pl.lit(0.0))
    expected = pl.col("average") * pl.col("_n")
    (low, high), (lowest, highest) = (byar(pl.col("numerator"), one) for one in (INNER, OUTER))
    return _class(highest < expected, high < expected, low > expected, lowest > expected)


def _normal(between: pl.Expr) -> pl.Expr:
    """The class by normal limits, with a variance between units beside that of chance."""
    deviation = pl.col("_value") - pl.col("average")
    spread = (pl.col("_variance") + between).sqrt()
    inner, outer = z_of(INNER) * spread, z_of(OUTER) * spread
    return _class(deviation < -outer, deviation < -inner, deviation > inner, deviation > outer)


def _class(lowest: pl.Expr, low: pl.Expr, high: pl.Expr, highest: pl.Expr) -> pl.Expr:
    names = {name: pl.lit(name) for name in CLASSES}
    return (
        pl.when(lowest)
        .then(names["low_0.001"])
        .when(low)
        .then(names["low_0.025"])
        .when(highest)
        .then(names["high_0.001"])
        .when(high)
        .then(names["high_0.025"])
        .when(high.is_not_null())
        .then(names["within"])
    )


def _tau_squared(keys: Sequence[str]) -> pl.Expr:
    """The variance between units, by moments of winsorised deviations; 0 if chance explains all."""
    variance = pl.col("_variance")
    deviation = pl.when(variance > 0).then((pl.col("_value") - pl.col("average")) / variance.sqrt())
    ends = (
        deviation.quantile(one, interpolation="linear").over(keys)
        for one in (WINSORISED, 1 - WINSORISED)
    )
    squares = _sum(deviation.clip(*ends) ** 2, keys)
    weight = pl.when(variance > 0).then(1 / variance)
    units = weight.count().over(keys)
    spread = _sum(weight, keys) - _sum(weight**2, keys) / _sum(weight, keys)
    found = (squares - (units - 1)) / spread
    # One unit has no spread between units.
    return pl.when((units > 1) & (found > 0)).then(found).otherwise(0.0)
