"""The words of NHSRplotthedots, which NHS analysts know: in them `access-recovery spc` takes its
options and answers. Not here: the rules (`signals`)."""

from __future__ import annotations

import polars as pl

DIRECTIONS = {
    "increase": "higher_is_better",
    "decrease": "lower_is_better",
    "neutral": "neutral",
}
ASSURANCES = {
    "passing": "consistent_pass",
    "failing": "consistent_fail",
    "hit_or_miss": "inconsistent",
}
CAUSES = {
    ("outside_limits", "high"): "Above UCL",
    ("outside_limits", "low"): "Below LCL",
    ("trend", "high"): "7 Point Trend (Increasing)",
    ("trend", "low"): "7 Point Trend (Decreasing)",
    ("two_of_three", "high"): "2 in 3 Above CL",
    ("two_of_three", "low"): "2 in 3 Below CL",
    ("shift", "high"): "7 Points Above CL",
    ("shift", "low"): "7 Points Below CL",
}


def special_cause() -> pl.Expr:
    """`special_cause` of a charted point; null for a missing month."""
    words = {f"{signal} {direction}": cause for (signal, direction), cause in CAUSES.items()}
    named = pl.concat_str("signal", "direction", separator=" ").replace_strict(words)
    common = pl.when(pl.col("signal").is_not_null()).then(pl.lit("Common Cause"))
    return pl.coalesce(named, common).alias("special_cause")


def point_type() -> pl.Expr:
    """`point_type`, from `variation`."""
    found = pl.col("variation")
    special = pl.concat_str(pl.lit("special_cause_"), found)
    return pl.when(found == "common_cause").then(found).otherwise(special).alias("point_type")


def assurance() -> pl.Expr:
    """`assurance` of a series, from that of `control_chart.assurance`."""
    return pl.col("assurance").replace_strict(ASSURANCES, default=None)
