"""Business rule of enhanced access: a place that is no sub-ICB takes its appointments nowhere."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.reference.organisations import valid_at


def places(view: EditionView) -> Evidence:
    """Find rows whose place is not a sub-ICB of their month."""
    rows = view.scan_tidy().select(SOURCE_ROW, "month", "sub_icb_code").collect()
    found = []
    for month in rows["month"].unique().sort():
        known = valid_at(month).filter(org_level="sub_icb")["org_code"].to_list()
        wrong = rows.filter(pl.col("month") == month, ~pl.col("sub_icb_code").is_in(known))
        found += [f"row {row}: {code}" for row, _, code in wrong.sort(SOURCE_ROW).iter_rows()]
    return offences(
        "enhanced_access_places",
        found,
        expected="the code of a sub-ICB, such as 04C",
        observed=f"{len(found):,} of {rows.height:,} rows have another code",
        total=rows.height,
        message=f"{listed(found)}: not a sub-ICB in that month, so in no figure of an ICB; check "
        "the code of the place, which is neither an ICB's nor a network's",
        column="sub_icb_code",
    )


RULES = {"enhanced_access_places": Rule(places)}
