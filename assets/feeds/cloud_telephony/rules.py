"""Business rules of cloud based telephony: calls that no place has, months that were overwritten,
outcomes against inbound calls, and the percentages of the national table."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.check_evidence import MEETING, Evidence, listed, offences, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, always, between, none_found
from checks.feed_rules import Rule
from checks.national_table import NationalTable, national_table
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.derived import read_derived
from warehouse.transform.lake import lake_keys

OUTCOMES = ("answered_calls", "menu_calls", "missed_calls", "call_backs_requested")
LENGTHS = {  # the label of a count -> that of its percentage
    "Duration of 1 minute or less": "Percentage of calls with a duration of 1 minute or less",
    "Duration of 1 to 2 minutes": "Percentage of calls with a duration of 1 to 2 minutes",
    "Duration of 2 to 5 minutes": "Percentage of calls with a duration of 2 to 5 minutes",
    "Duration of over 5 minutes": "Percentage of calls with a duration of over 5 minutes",
}
ROUNDED = 0.001  # percentages have three decimals


def _cells(view: EditionView) -> pl.DataFrame:
    cells = view.measures()
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    return cells


def assigned(view: EditionView) -> Evidence:
    """Compare the calls of all practices and places with England's in the national table."""
    rule, table = "calls_assigned", national_table(view)
    if isinstance(table, str):
        return skipped(rule, table)
    england = table.of("Total Inbound Calls").get(view.month)
    if not england:
        return skipped(rule, f"{table.sheet} has no inbound calls of {view.edition}")
    own = int(_cells(view).filter(pl.col("month") == view.month)["inbound_calls"].sum())
    share, limit = own / england, view.check(rule).limit
    wrong = not limit <= share <= 1
    return Evidence(
        rule,
        None,
        pl.DataFrame({"item": ["calls assigned"], "number": [share]}),
        expected=f"{percent(limit, 0)} to 100% of {england:,.0f} inbound calls",
        observed=f"{own:,} ({percent(share)})",
        failed_rows=int(wrong),
        total_rows=1,
        message="the rest is of accounts that practices of several places share, and in no figure "
        "below England; check for rows that are missing or come twice"
        if wrong
        else "",
    )


def overwritten(view: EditionView) -> Evidence:
    """Find rows whose month was overwritten, and that are read as the edition's month."""
    found: list[str] = []
    for file in view.files:
        key = lake_keys(file).corrected
        if not view.home.store.exists(key):
            continue
        matched = pl.read_parquet(view.home.store.local_copy(key))
        months = matched.filter(pl.col("column_name") == "month")
        rows = read_derived(view.home, "tidy", [file], [SOURCE_ROW, "practice_code"]).unique()
        named = months.unique(SOURCE_ROW).join(rows, on=SOURCE_ROW, how="left").sort(SOURCE_ROW)
        found += [
            f"row {row} ({code or 'quarantined'}) has `{said}`"
            for row, code, said in named.select(SOURCE_ROW, "practice_code", "published").rows()
        ]
    return offences(
        "months_overwritten",
        found,
        expected="a month in every row",
        observed=f"{len(found):,} row(s) without one",
        total=view.rows,
        message=f"{listed(found, mark='; ')}: read as {view.edition}, the only month of the "
        "workbook; ask the publisher for a corrected one",
    )


def _pairs(view: EditionView, rule: str, now: pl.Expr, then: str, words: str) -> Evidence:
    """Count organisation-months in which two figures are equal; list those that differ most."""
    cells = _cells(view).select("org_code", now.alias("now"), pl.col(then).alias("then"))
    if cells.is_empty():
        return skipped(rule, "no practice has calls")
    apart = (pl.col("now") - pl.col("then")).abs()
    differ = cells.filter(apart > 0).sort(apart, "org_code", descending=[True, False])
    share, limit = 1 - differ.height / cells.height, view.check(rule).limit
    wrong = share < limit
    told = [f"{code}: {a:,} {words} {b:,}" for code, a, b in differ.head(MEETING * 10).rows()]
    return Evidence(
        rule,
        None,
        pl.DataFrame({"item": ["share that agrees"], "number": [share]}),
        expected=f"at least {percent(limit, 0)} of practices",
        observed=f"{percent(share)}; {differ.height:,} of {cells.height:,} differ",
        failed_rows=differ.height if wrong else 0,
        total_rows=cells.height,
        message=f"{listed(told, 10, '; ')}. Shares of such practices need not add up to 100%"
        if wrong
        else "",
    )


def outcomes(view: EditionView) -> Evidence:
    """Compare the four outcomes with inbound calls."""
    total = pl.sum_horizontal(list(OUTCOMES))
    return _pairs(view, "outcomes_add_up", total, "inbound_calls", "in all, of")


def call_backs(view: EditionView) -> Evidence:
    """Compare call backs made with those requested."""
    made = pl.col("call_backs_made")
    return _pairs(view, "call_backs_agree", made, "call_backs_requested", "made, requested")


def percentages(view: EditionView) -> Evidence:
    """Recalculate the national table's percentages of lengths of calls, for the newest month."""
    rule, table = "percentages_in_place", national_table(view)
    if isinstance(table, str):
        return skipped(rule, table)
    counts = {label: table.of(label).get(view.month) for label in LENGTHS}
    known = [count for count in counts.values() if count is not None]
    if len(known) < len(LENGTHS) or not sum(known):
        return skipped(rule, f"{table.sheet} has no lengths of calls of {view.edition}")
    wrong = [
        told
        for label, count in counts.items()
        if (told := _misplaced(table, view.month, label, (count or 0) / sum(known)))
    ]
    return offences(
        rule,
        wrong,
        expected="each percentage is that of the count with its label",
        observed=f"{len(wrong)} of {len(LENGTHS)} are not",
        total=len(LENGTHS),
        message=f"{'; '.join(wrong)}: the labels are moved by a row; only counts are read, so that "
        "figures are not affected",
    )


def _misplaced(table: NationalTable, month: date, label: str, share: float) -> str:
    """What is wrong with the percentage of a count; empty if nothing is."""
    said = table.of(LENGTHS[label]).get(month)
    if said is not None and abs(said - share) <= ROUNDED:
        return ""
    found = "nothing" if said is None else percent(said)
    return f"`{LENGTHS[label]}` of {table.sheet} has {found}, not {percent(share)}"


def _least(_: Contract, check: Check) -> Declared:
    return {None: between(check.limit, 1)}


RULES = {
    "calls_assigned": Rule(assigned, _least),
    "months_overwritten": Rule(overwritten, always(none_found())),
    "outcomes_add_up": Rule(outcomes, _least),
    "call_backs_agree": Rule(call_backs, _least),
    "percentages_in_place": Rule(percentages, always(none_found())),
}
