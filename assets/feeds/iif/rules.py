"""Business rule of incentive indicators: a part that is missing would be counted as zero."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule


def both_parts(view: EditionView) -> Evidence:
    """Find practices of which only the numerator or only the denominator is published."""
    rows = view.newest_rows("measure").with_columns(pl.col("measure").cast(pl.String))
    parts = rows.group_by("org_code").agg(
        pl.col("measure").n_unique().alias("parts"), pl.col("measure").first()
    )
    lacking = parts.filter(pl.col("parts") < len(view.contract.labels("measure")))
    found = [f"{code}: only {measure}" for code, _, measure in lacking.sort("org_code").iter_rows()]
    return offences(
        "iif_both_parts",
        found,
        expected="ACC-08 Numerator and ACC-08 Denominator of every practice",
        observed=f"{len(found):,} of {parts.height:,} practices have one of them only",
        total=parts.height,
        message=f"{', '.join(found[:3])}; its other part would be counted as zero; ask the "
        "publisher for a corrected file"
        if found
        else "",
    )


RULES = {"iif_both_parts": Rule(both_parts)}
