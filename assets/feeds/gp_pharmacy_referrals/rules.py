"""Business rules of referrals since April: whether months can be taken from them, and whether they
only grow."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, at_most, listed, numbers, offences, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, always, at_least, between
from checks.feed_rules import Rule
from warehouse.base.months import add_months, month_text
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract

APRIL = 4
SINCE_APRIL = "referrals_since_april"
BEGINS = "figures begin anew in April"


def edition_before(view: EditionView) -> Evidence:
    """Find out whether the edition of the month before is available."""
    rule, month = "edition_before_at_hand", add_months(view.month, -1)
    if view.month.month == APRIL:
        return skipped(rule, BEGINS)
    before, why = view.previous()
    found = ""
    if before is None:
        found = why
    elif before.month != month:
        found = f"the newest earlier one is {before.edition}"
    return offences(
        rule,
        [found] if found else [],
        expected=f"edition {month_text(month)}",
        observed=found or "it is available",
        total=1,
        message=f"{month_text(view.month)} has no figure of the month alone, only that since "
        f"April: import edition {month_text(month)}",
    )


def not_falling(view: EditionView) -> Evidence:
    """Find practices whose figure since April is less than a month before."""
    rule, (before, why) = "cumulative_not_falling", view.previous()
    if view.month.month == APRIL:
        return skipped(rule, BEGINS)
    if before is None or before.month != add_months(view.month, -1):
        return skipped(rule, why or f"edition {before.edition if before else ''} is of no use")
    both = _cells(view).join(_cells(before), on="org_code", suffix="_before").drop_nulls()
    fallen = both.filter(pl.col(SINCE_APRIL) < pl.col(f"{SINCE_APRIL}_before")).sort("org_code")
    shown = [f"{code}: {then:,} to {now:,}" for code, now, then in fallen.rows()]
    return numbers(
        rule,
        [(code, now, then) for code, now, then in both.sort("org_code").rows()],
        failed=fallen.height,
        expected=f"at least the figure of {before.edition}",
        observed=f"{fallen.height:,} of {both.height:,} practices have less",
        total=both.height,
        message=f"{listed(shown, mark='; ')}: their month is negative, and shown so; no action if "
        "the publisher corrected records",
    )


def _cells(view: EditionView) -> pl.DataFrame:
    cells = view.measures()
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    return cells.select("org_code", SINCE_APRIL)


def told(view: EditionView) -> Evidence:
    """Count practices whose value is suppressed."""
    rule = "referrals_told"
    cells = _cells(view)
    withheld = cells.filter(pl.col(SINCE_APRIL).is_null())["org_code"].sort().to_list()
    share = len(withheld) / max(cells.height, 1)
    limit = view.check(rule).limit
    return at_most(
        rule,
        "practices without a value",
        share,
        limit,
        expected=f"a value of all but {percent(limit, 0)} of the practices",
        observed=f"{len(withheld):,} of {cells.height:,} have none ({percent(share)})",
        failed=len(withheld),
        total=cells.height,
        message=f"{listed(withheld)}: places are the sums of the other practices, and too small",
    )


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {
    "edition_before_at_hand": Rule(edition_before),
    "cumulative_not_falling": Rule(not_falling, always(at_least())),
    "referrals_told": Rule(told, _few),
}
