"""Places of which an edition names some practices, and lacks others: part of a file would pass for
a whole place. Not here: places with coverage figures (`checks.completeness`)."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, skipped
from checks.edition_view import EditionView
from checks.patient_lists import read_list
from warehouse.base.number_format import percent
from warehouse.editions.check_history import nearest_list


def places_covered(view: EditionView, rule: str) -> Evidence:
    """Find sub-ICBs with practices in the edition, of whose registered patients too many are at
    practices that are not. By the nearest patient list."""
    nearest = nearest_list({file.edition for file in view.lists}, view.edition)
    if nearest is None:
        feed = view.contract.completeness.population_feed
        return skipped(rule, f"no {feed} near {view.edition} says which practices there are")
    practices = read_list(view.home, [file for file in view.lists if file.edition == nearest])
    named = pl.col("org_code").is_in(view.newest_rows()["org_code"].to_list())
    places = (
        practices.drop_nulls("sub_icb_code")
        .group_by("sub_icb_code")
        .agg(
            pl.col("patients").filter(~named).sum() / pl.col("patients").sum(),
            pl.col("org_code").filter(~named).sort().alias("lacking"),
            named.any().alias("is_there"),
        )
        .filter("is_there")
        .sort("sub_icb_code")
    )
    limit = view.check(rule).limit
    short = places.filter(pl.col("patients") > limit)
    shown = [
        f"{place} without {percent(share)} of its patients ({listed(codes)})"
        for place, share, codes, _ in short.rows()
    ]
    return Evidence(
        rule,
        None,
        places.select(pl.col("sub_icb_code").alias("item"), pl.col("patients").alias("number")),
        expected=f"of each sub-ICB practices with all but {percent(limit, 0)} of the patients on "
        f"the list of {nearest}",
        observed=f"{short.height:,} of {places.height:,} sub-ICBs have fewer",
        failed_rows=short.height,
        total_rows=places.height,
        message=f"{listed(shown, mark='; ')}: their figures are of the other practices; check "
        "whether the file is whole"
        if shown
        else "",
    )
