"""Business rule of deprivation scores: ranks and deciles of the index look like scores."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule

SCORES, MIDDLE, ENOUGH = (0.0, 100.0), (8.0, 40.0), 10  # of a practice; of the median practice


def scores_plausible(view: EditionView) -> Evidence:
    """Find scores that no practice can have, and a median that no index has."""
    rows = view.newest_rows("score").with_columns(pl.col("score").cast(pl.Float64))
    outside = rows.filter(~pl.col("score").is_between(*SCORES)).sort("org_code")
    found = [f"{code}: {score:g}" for code, _, score in outside.iter_rows()]
    [median] = rows.select(pl.col("score").median()).to_series().to_list() or [None]
    least, most = MIDDLE
    if rows.height >= ENOUGH:
        found += [] if least <= median <= most else [f"median of all practices: {median:g}"]
    return offences(
        "scores_plausible",
        found,
        expected=f"scores from {SCORES[0]:g} to {SCORES[1]:g}, with a median from {MIDDLE[0]:g} "
        f"to {MIDDLE[1]:g}",
        observed=f"{rows.height:,} scores, median {median}",
        total=rows.height,
        message=f"{', '.join(found[:3])}; export the indicator's score, not its rank or decile"
        if found
        else "",
    )


RULES = {"scores_plausible": Rule(scores_plausible)}
