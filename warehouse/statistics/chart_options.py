"""How a series is charted: the constants of the method, and what may differ from series to series.

Constants: Making Data Count (NHS England), as in NHSRplotthedots 0.2.2. Changing one changes what
is called a signal, and must change `VERSION`, which is stored beside every result.
"""

from __future__ import annotations

import polars as pl

VERSION = "xmr-1"

# Limits lie so many mean moving ranges from the mean: three standard deviations, estimated by
# ranges of two consecutive points (3 / 1.128).
LIMIT = 2.66
# Points beyond this part of the way from the mean to a limit are close to it.
CLOSE = 2 / 3
# Moving ranges from so many times their mean on are left out, where outliers are screened.
SCREEN = 3.267
# So many points on one side of the mean are a shift; so many that rise or fall throughout, a trend.
SHIFT_POINTS = 7
TREND_POINTS = 7
# Limits of fewer points may still move a lot.
SETTLED_POINTS = 13
# From fewer points no rule can speak of each of them: a single month between two others is within
# the limits of seven however far away it is, and seven are never all on one side of their mean.
JUDGED_POINTS = 8

# A baseline of which this part of the points are themselves signals is no stable one: the series
# was changing while it gave the limits.
UNSTABLE = 0.5

# Columns of options of each series, with what holds where they are blank. `fix_after_n_points`: the
# first n points of a baseline give its limits, all if null. `screen_outliers`: whether large ranges
# are left out of the mean range. `longest_gap`: after more missing months a baseline begins; never
# if null. `fewest_points`: a baseline of fewer has a mean and no limits.
OPTIONS: dict[str, pl.Expr] = {
    "fix_after_n_points": pl.lit(None, pl.Int64),
    "screen_outliers": pl.lit(False),
    "longest_gap": pl.lit(None, pl.Int64),
    "fewest_points": pl.lit(2, pl.Int64),
}


def with_options(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame of series with all columns of `OPTIONS`, blank ones filled."""
    return frame.with_columns(
        (pl.coalesce(name, default) if name in frame.columns else default).alias(name)
        for name, default in OPTIONS.items()
    )
