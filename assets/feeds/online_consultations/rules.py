"""Business rules of submissions via online consultation systems: the national table of a workbook
against its practices, and whether it is told who takes part and who sent nothing."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, always, between, equal
from checks.feed_rules import Rule
from checks.national_table import national_table
from warehouse.base.months import month_text
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract

# Measure -> the beginning of the national table's label.
RECONCILED = {
    "submissions": "Total submissions received by practices",
    "clinical_submissions": "Clinical submissions",
    "administrative_submissions": "Administrative submissions",
    "other_submissions": "Other/unknown type submissions",
    "practices_with_data": "Count of practices receiving submissions",
    "patients_with_data": "Registered patients at practices that received submissions",
}


def reconciled(view: EditionView) -> Evidence:
    """Compare the newest month of the national table with the sums of the practices."""
    rule, table, cells = "submissions_reconcile", national_table(view), view.measures()
    if isinstance(table, str):
        return skipped(rule, table)
    own = _newest(view, cells)
    pairs = [
        (measure, int(table.of(label)[view.month]), int(own[measure].sum()))
        for measure, label in RECONCILED.items()
        if view.month in table.of(label)
    ]
    if own.is_empty() or not pairs:
        return skipped(rule, f"{table.sheet} and the practices have no figure in common")
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    shown = [
        f"{view.contract.measures[name].title}: {national:,} nationally, but the practices add up "
        f"to {practices:,}"
        for name, national, practices in wrong
    ]
    return Evidence(
        rule,
        None,
        pl.DataFrame(pairs, schema=["item", "before", "now"], orient="row"),
        expected=f"the sums of the practices in {table.sheet}",
        observed=f"{len(wrong)} of {len(pairs)} figures differ",
        failed_rows=len(wrong),
        total_rows=len(pairs),
        message=f"{'; '.join(shown)}: one of the two tables is wrong, or rows are in quarantine; "
        "ask the publisher"
        if wrong
        else "",
    )


def _newest(view: EditionView, cells: pl.DataFrame | None) -> pl.DataFrame:
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    return cells.filter(pl.col("month") == view.month)


def participation(view: EditionView) -> Evidence:
    """Find months in which it is withheld which practices take part."""
    rule, cells = "participation_told", view.measures()
    first = view.contract.measures["participating_practices"].first_month or ""
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    given = cells.filter(pl.col("month").dt.strftime("%Y-%m") >= first)
    if given.is_empty():
        return skipped(rule, f"the publisher tells it from {first} on")
    by_month = (
        given.group_by("month")
        .agg(pl.col("participating_practices").null_count().alias("withheld"), pl.len())
        .sort("month")
    )
    wrong = by_month.filter(pl.col("withheld") > 0)
    shown = [f"{month_text(m)}: {n:,} of {every:,} practices" for m, n, every in wrong.rows()]
    return Evidence(
        rule,
        None,
        by_month.select(
            pl.col("month").dt.strftime("%Y-%m").alias("item"),
            pl.col("withheld").cast(pl.Float64).alias("number"),
        ),
        expected="whether each practice takes part",
        observed=f"withheld in {wrong.height} of {by_month.height} months",
        failed_rows=int(wrong["withheld"].sum()),
        total_rows=given.height,
        message=f"{listed(shown, mark='; ')}: whether they take part is withheld (`*`), so "
        "practices taking part have no figure; other figures are not affected"
        if shown
        else "",
    )


def outages(view: EditionView) -> Evidence:
    """Count practices of which nothing was received, although the edition before has data of them,
    by their supplier in that edition."""
    rule, (before, why) = "suppliers_still_send", view.previous()
    if before is None:
        return skipped(rule, why)
    sent = pl.col("submissions").is_not_null()
    then = _newest(before, before.measures()).filter(sent)
    own = _newest(view, view.measures()).select("org_code", "submissions")
    both = then.select("org_code").join(own, on="org_code")
    silent, limit = both.filter(~sent)["org_code"], view.check(rule).limit
    if both.is_empty():
        return skipped(rule, f"no practice in common with {before.edition}")
    share = silent.len() / both.height
    suppliers = _suppliers(before, silent) if share > limit else []
    return Evidence(
        rule,
        None,
        pl.DataFrame({"item": ["practices without data"], "number": [share]}),
        expected=f"data of all but {percent(limit, 0)} of the practices with data in "
        f"{before.edition}",
        observed=f"{silent.len():,} of {both.height:,} have none ({percent(share)})",
        failed_rows=silent.len() if suppliers else 0,
        total_rows=both.height,
        message=f"by supplier in {before.edition}: {listed(suppliers, mark='; ')}. Their figures "
        "are missing, not zero; if a supplier sent nothing, add a caveat of kind `outage`"
        if suppliers
        else "",
    )


def _suppliers(view: EditionView, codes: pl.Series) -> list[str]:
    """`ECONSULT HEALTH LIMITED (90)`: the suppliers of practices, the most frequent first."""
    named = pl.coalesce(pl.col("supplier").cast(pl.String).str.to_uppercase(), pl.lit("none named"))
    found = (
        view.scan_tidy()
        .filter(pl.col("month") == view.month, pl.col("practice_code").is_in(codes.to_list()))
        .select("practice_code", named.alias("supplier"))
        .unique()
        .group_by("supplier")
        .len()
        .sort("len", "supplier", descending=[True, False])
        .collect()
    )
    return [f"{supplier} ({count:,})" for supplier, count in found.rows()]


def _few(_: Contract, check: Check) -> Declared:
    return {None: between(high=check.limit)}


RULES = {
    "submissions_reconcile": Rule(reconciled, always(equal())),
    "participation_told": Rule(participation, always(between(high=0))),
    "suppliers_still_send": Rule(outages, _few),
}
