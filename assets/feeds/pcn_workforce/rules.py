"""Business rule of the network workforce: roles that the contract does not list."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, at_most, listed
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, between
from checks.feed_rules import Rule
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract


def roles_listed(view: EditionView) -> Evidence:
    """Compare the FTE in roles that are not listed with all FTE."""
    rule, rows = "staff_roles_listed", view.newest_rows("role", "detailed_role", "fte")
    fte = pl.col("fte").cast(pl.Float64)
    other = rows.filter(pl.col("role").cast(pl.String) == view.contract.columns["role"].otherwise)
    whole = rows.select(fte.sum()).item()
    share = other.select(fte.sum()).item() / whole if whole else 0.0
    limit = view.check(rule).limit
    names = other["detailed_role"].cast(pl.String).fill_null("(blank)").unique().sort().to_list()
    return at_most(
        rule,
        "FTE in roles not listed",
        share,
        limit,
        expected=f"at most {percent(limit, 0)} of the FTE",
        observed=f"{percent(share)} of the FTE, in {len(names):,} roles",
        failed=other.height,
        total=rows.height,
        message=f"{listed(names)}: counted in the total alone; if the publisher renamed or added a "
        "role, list it in the feed's contract",
    )


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {"staff_roles_listed": Rule(roles_listed, _few)}
