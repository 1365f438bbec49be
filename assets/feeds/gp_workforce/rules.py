"""Business rules of the general practice workforce: estimated hours, records that are not provided,
and GPs in some definitions only."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, at_most, listed, offences, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, always, between, none_found
from checks.feed_rules import Rule
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract

# Staff group in words -> the measure of practices with records of it.
GROUPS = {
    "GPs": "gp_practices",
    "nurses": "nurse_practices",
    "direct patient care staff": "direct_patient_care_practices",
    "administrative staff": "administrative_practices",
}
DEFINITIONS = ("gp_all", "gp_qualified", "gp_regular", "gp_permanent")


def _cells(view: EditionView) -> pl.DataFrame:
    cells = view.measures()
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    return cells


def estimated(view: EditionView) -> Evidence:
    """Count the practices whose GPs' hours the publisher estimated in part."""
    rule, cells = "gp_records_not_estimated", _cells(view).filter(pl.col("gp_practices") > 0)
    if cells.is_empty():
        return skipped(rule, "no practice has records of GPs")
    codes = cells.filter(pl.col("gp_practices_estimated") > 0)["org_code"].sort().to_list()
    share, limit = len(codes) / cells.height, view.check(rule).limit
    return at_most(
        rule,
        "practices with estimates",
        share,
        limit,
        expected=f"at most {percent(limit, 0)} of the practices with records of GPs",
        observed=f"{len(codes):,} of {cells.height:,} include estimates ({percent(share)})",
        failed=len(codes),
        total=cells.height,
        message=f"{listed(codes)}: hours of some of their GPs are estimated by the publisher; bear "
        "it in mind for places with many of them (gp_workforce_practices_with_estimates)",
    )


def sources(view: EditionView) -> Evidence:
    """Find practices whose source of GPs' records is told in words that are not listed."""
    other = view.contract.columns["gp_source"].otherwise
    rows = view.newest_rows("gp_source")
    codes = rows.filter(pl.col("gp_source").cast(pl.String) == other)["org_code"].sort().to_list()
    return offences(
        "gp_sources_listed",
        codes,
        expected="words that the contract lists",
        observed=f"{len(codes):,} of {rows.height:,} practices have other words",
        total=rows.height,
        message=f"{listed(codes)}: whether their records are estimated is not known; if the "
        "publisher uses other words, list them in the feed's contract",
    )


def together(view: EditionView) -> Evidence:
    """Find practices whose GPs are given in some definitions only."""
    given = [pl.col(name).is_not_null() for name in DEFINITIONS]
    rows = view.newest_rows(*DEFINITIONS)
    apart = rows.filter(pl.any_horizontal(given) & ~pl.all_horizontal(given))
    codes = apart["org_code"].sort().to_list()
    return offences(
        "gp_definitions_together",
        codes,
        expected="a number in all four definitions, or NA in all four",
        observed=f"{len(codes):,} of {rows.height:,} practices have some only",
        total=rows.height,
        message=f"{listed(codes)}: patients per GP would be of other practices in each definition; "
        "ask the publisher",
    )


def provided(view: EditionView) -> Evidence:
    """Count the practices without a valid record of each staff group."""
    rule, cells = "staff_records_provided", _cells(view)
    limit = view.check(rule).limit
    without = {words: int((cells[name] == 0).sum()) for words, name in GROUPS.items()}
    shares = {words: count / cells.height for words, count in without.items()}
    many = [f"{without[words]:,} of {words}" for words, share in shares.items() if share > limit]
    told = "; ".join(f"{words} {count:,}" for words, count in without.items())
    return Evidence(
        rule,
        None,
        pl.DataFrame({"item": list(shares), "number": list(shares.values())}),
        expected=f"at most {percent(limit, 0)} of the practices without records",
        observed=f"practices without records: {told}",
        failed_rows=sum(without[words] for words in shares if shares[words] > limit),
        total_rows=len(GROUPS) * cells.height,
        message=f"practices without records: {'; '.join(many)} (published as NA): they are "
        "missing, not zero; read the figures beside the number of practices with records"
        if many
        else "",
    )


def still_provided(view: EditionView) -> Evidence:
    """Count practices without a record of GPs that had one in the edition before."""
    rule, (before, why) = "staff_records_still_provided", view.previous()
    if before is None:
        return skipped(rule, why)
    then = _cells(before).filter(pl.col("gp_practices") > 0).select("org_code")
    both = then.join(_cells(view).select("org_code", "gp_practices"), on="org_code")
    if both.is_empty():
        return skipped(rule, f"no practice in common with {before.edition}")
    codes = both.filter(pl.col("gp_practices") == 0)["org_code"].sort().to_list()
    share, limit = len(codes) / both.height, view.check(rule).limit
    return at_most(
        rule,
        "practices without records now",
        share,
        limit,
        expected=f"records of GPs of all but {percent(limit, 0)} of the practices with records in "
        f"{before.edition}",
        observed=f"{len(codes):,} of {both.height:,} have none now ({percent(share)})",
        failed=len(codes),
        total=both.height,
        message=f"{listed(codes)}: their GPs are missing now, so the sums of their places fall for "
        "that reason alone",
    )


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {
    "gp_records_not_estimated": Rule(estimated, _few),
    "gp_sources_listed": Rule(sources),
    "gp_definitions_together": Rule(together, always(none_found())),
    "staff_records_provided": Rule(provided, _few),
    "staff_records_still_provided": Rule(still_provided, _few),
}
