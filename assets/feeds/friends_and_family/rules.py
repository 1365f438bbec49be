"""Business rules of the Friends and Family Test: who sent a return, whose percentage is missing,
and whether percentages are those of the answers."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, at_most, listed, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, between
from checks.feed_rules import Rule
from checks.places_covered import places_covered
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract

SHOWN_FROM = 5  # responses from which the publisher shows a percentage
ROUNDED = 0.01  # a percentage may be rounded to a whole one


def returns_sent(view: EditionView) -> Evidence:
    """Count practices that are listed without a return."""
    rows = view.newest_rows("responses")
    none = rows.filter(pl.col("responses").is_null())
    return _few_of(
        view,
        "fft_returns_sent",
        "practices without a return",
        rows,
        none,
        expected="a return of all but {} of the practices listed",
        advice="they are missing, not zero; if nearly all are, check whether the column is read",
    )


def percentages_shown(view: EditionView) -> Evidence:
    """Find practices with enough responses whose percentage is missing."""
    rows = view.newest_rows("responses", "positive_share")
    enough = rows.filter(pl.col("responses") >= SHOWN_FROM)
    return _few_of(
        view,
        "fft_percentages_shown",
        "practices without a percentage",
        enough,
        enough.filter(pl.col("positive_share").is_null()),
        expected=f"a percentage of all but {{}} of those with {SHOWN_FROM} responses or more",
        advice="they are left out of their places' shares; ask the publisher why",
    )


def answers_agree(view: EditionView) -> Evidence:
    """Compare percentages with answers, where the file has these."""
    rule = "fft_answers_agree"
    rows = view.newest_rows("responses", "positive_share", "very_good", "good").drop_nulls()
    rows = rows.filter(pl.col("responses") > 0)
    if rows.is_empty():
        return skipped(rule, "the file has no counts of answers")
    share = (pl.col("very_good") + pl.col("good")) / pl.col("responses")
    apart = (share - pl.col("positive_share").cast(pl.Float64)).abs() > ROUNDED
    return _few_of(
        view,
        rule,
        "practices whose answers differ",
        rows,
        rows.filter(apart),
        expected="the percentage of very good and good answers at all but {} of the practices",
        advice="figures are of the answers; check what the percentage is of",
    )


def _few_of(
    view: EditionView,
    rule: str,
    item: str,
    rows: pl.DataFrame,
    failing: pl.DataFrame,
    *,
    expected: str,
    advice: str,
) -> Evidence:
    codes, limit = failing["org_code"].sort().to_list(), view.check(rule).limit
    share = len(codes) / max(rows.height, 1)
    return at_most(
        rule,
        item,
        share,
        limit,
        expected=expected.format(percent(limit, 0)),
        observed=f"{len(codes):,} of {rows.height:,} are not so ({percent(share)})",
        failed=len(codes),
        total=rows.height,
        message=f"{listed(codes)}: {advice}",
    )


def covered(view: EditionView) -> Evidence:
    """Find sub-ICBs of which the edition has a part."""
    return places_covered(view, "fft_places_covered")


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {
    "fft_places_covered": Rule(covered, _few),
    "fft_returns_sent": Rule(returns_sent, _few),
    "fft_percentages_shown": Rule(percentages_shown, _few),
    "fft_answers_agree": Rule(answers_agree, _few),
}
