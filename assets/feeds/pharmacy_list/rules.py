"""Business rule of the pharmaceutical list: its length."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, skipped
from checks.edition_view import EditionView
from checks.expectations import change_within
from checks.feed_rules import Rule
from warehouse.base.number_format import percent

LISTED = "listed_pharmacies"


def size(view: EditionView) -> Evidence:
    """Compare the number of pharmacies with the previous list's."""
    rule = "list_size_in_bounds"
    before, why = view.previous()
    if before is None:
        return skipped(rule, why)
    now, then = _listed(view), _listed(before)
    share = view.check(rule).limit
    least, most = (1 - share) * then, (1 + share) * then
    met = least <= now <= most
    return Evidence(
        rule,
        LISTED,
        pl.DataFrame({"item": [LISTED], "now": [now], "before": [then]}),
        expected=f"within {percent(share, 0)} of the {then:,} of {before.edition}",
        observed=f"{now:,} pharmacies",
        failed_rows=0 if met else abs(now - then),
        total_rows=max(now, then),
        message=""
        if met
        else f"{now:,} pharmacies, {then:,} on the list of {before.edition}: is it complete?",
    )


def _listed(view: EditionView) -> int:
    cells = view.measures()
    return 0 if cells is None else int(cells[LISTED].sum())


RULES = {
    "list_size_in_bounds": Rule(size, lambda _contract, check: {LISTED: change_within(check.limit)})
}
