"""Business rules of the GP Patient Survey: results that are suppressed, and shares that can't be
weighted."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, at_most, listed, offences
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, between
from checks.feed_rules import Rule
from checks.places_covered import places_covered
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract


def results_given(view: EditionView) -> Evidence:
    """Count practices without a share of good overall experience."""
    rule = "survey_results_given"
    rows = view.newest_rows("overall_good")
    without = rows.filter(pl.col("overall_good").is_null())["org_code"].sort().to_list()
    share, limit = len(without) / max(rows.height, 1), view.check(rule).limit
    return at_most(
        rule,
        "practices without a result",
        share,
        limit,
        expected=f"a result of all but {percent(limit, 0)} of the practices",
        observed=f"{len(without):,} of {rows.height:,} have none ({percent(share)})",
        failed=len(without),
        total=rows.height,
        message=f"{listed(without)}: places are of the other practices; if the publisher has a new "
        "code for no value, add it to `missing:` in the contract",
    )


def bases_given(view: EditionView) -> Evidence:
    """Find questions in which a practice has a share, and nothing to weight it by."""
    parts = {
        name: column.made_of
        for name, column in view.contract.columns.items()
        if column.made_of is not None
    }
    found, total = [], 0
    for part in parts.values():
        rows = view.newest_rows(part.share, part.of)
        lone = rows.filter(pl.col(part.share).is_not_null() & pl.col(part.of).is_null())
        total += rows.height
        found += [f"{code}: {part.share}" for code in lone["org_code"].sort()]
    return offences(
        "survey_bases_given",
        found,
        expected="weighted responses (baseevalw) beside every share",
        observed=f"{len(found):,} shares have none",
        total=total,
        message=f"{listed(found)}: without them they would be left out of their places; ask the "
        "publisher for a corrected file"
        if found
        else "",
    )


def covered(view: EditionView) -> Evidence:
    """Find sub-ICBs of which the edition has a part."""
    return places_covered(view, "survey_places_covered")


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {
    "survey_places_covered": Rule(covered, _few),
    "survey_results_given": Rule(results_given, _few),
    "survey_bases_given": Rule(bases_given),
}
