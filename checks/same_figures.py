"""Evidence on figures that another feed of the same publication has, too: organisation by
organisation. Not here: sums of places (`checks.completeness`)."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import MEETING, Evidence, listed, skipped
from checks.edition_view import EditionView
from warehouse.base.months import month_text
from warehouse.contract.model import contracts

SHOWN = 10


def agree(view: EditionView) -> Evidence:
    """Compare each organisation's measures with those of the same name in the other feed."""
    rule, feed = "figures_agree", view.contract.completeness.compared_feed or ""
    ours, theirs = view.measures(), view.measures(feed)
    if ours is None or theirs is None:
        return skipped(rule, f"{feed} {view.edition} is not available")
    shared = [name for name in view.contract.measures if name in contracts()[feed].measures]
    keys = ["org_code", "month"]
    sound = [frame.filter(~pl.col("unreliable")).select(*keys, *shared) for frame in (ours, theirs)]
    now, before = (
        one.unpivot(shared, index=keys, variable_name="measure", value_name="value")
        for one in sound
    )
    both = now.join(before, on=[*keys, "measure"], suffix="_before").drop_nulls()
    both = both.sort("measure", *keys)
    if both.is_empty():
        return skipped(rule, f"{feed} {view.edition} has none of its organisations and months")
    wrong = both.filter(pl.col("value") != pl.col("value_before"))
    told = [
        f"{one['org_code']} {month_text(one['month'])}: {titles(view, one['measure'])} "
        f"{one['value']:,}, {one['value_before']:,} in {feed}"
        for one in wrong.head(SHOWN + 1).iter_rows(named=True)
    ]
    right = both.join(wrong, on=[*keys, "measure"], how="anti").head(MEETING)
    item = pl.concat_str("org_code", "measure", separator=" ").alias("item")
    pair = [pl.col("value").alias("now"), pl.col("value_before").alias("before")]
    frame = pl.concat([wrong, right]).select(item, *(one.cast(pl.Float64) for one in pair))
    more = f" ({wrong.height:,} figures in all)" if wrong.height > SHOWN else ""
    return Evidence(
        rule,
        None,
        frame,
        expected=f"the figures of {feed}",
        observed=f"{wrong.height:,} of {both.height:,} figures differ",
        failed_rows=wrong.height,
        total_rows=both.height,
        message=f"{listed(told, SHOWN, '; ')}{more}: ask the publisher which of the two is right"
        if told
        else "",
    )


def titles(view: EditionView, measure: str) -> str:
    """The title of a measure, as in a sentence."""
    title = view.contract.measures[measure].title
    return title[0].lower() + title[1:]
