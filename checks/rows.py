"""Evidence on rows: which values were accepted, and which rows were not and why.

Belongs here: the row rules of `assets.conform`, as checks see them.
Does not: the rules themselves, nor what holds of whole files (`checks.evidence`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from assets.conform import ROW_RULES, SOURCE_ROW, month_text, remedy, window
from assets.contract import Contract
from checks.view import SHOWN, EditionView, Evidence, Expectation

UNBROKEN = "no row breaks it"
WHOLE_ROW = {"row_shape", "total_row"}
DOMAIN_RULES = {"code_pattern", "count_not_negative", "label_known", "month_in_window"}

# Rules that typed values can no longer break: what the published text of the rows that were not
# accepted is put before. No text matches `(?!)`.
CAPTURING = re.compile(r"(?<!\\)\((?!\?)")  # pandas takes groups for a wish to extract them
MATCHES = "ExpectColumnValuesToMatchRegex"
ONLY_BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "value_present": ("ExpectColumnValuesToNotBeNull", {}),
    "month_not_mangled": (MATCHES, {"regex": "^(?!)"}),
    "month_readable": (MATCHES, {"regex": "^(?!)"}),
    "count_whole": (MATCHES, {"regex": "^[+-]?[0-9]{1,18}$"}),
}


def row_rule(view: EditionView, rule: str) -> Iterator[Evidence]:
    """One row rule. One that only bad rows can show is one piece of evidence while none is bad;
    one with a domain to compare (labels, months, counts) is one per column."""
    names = _columns_of(view.contract)[rule]
    broken = set(view.quarantine.filter(pl.col("rule") == rule)["column_name"])
    if rule in WHOLE_ROW:
        yield _whole_row(view, rule)
    elif rule in DOMAIN_RULES or broken:
        yield from (_row_rule(view, rule, name) for name in names)
    elif names:
        whole = _row_rule(view, rule, names[0])
        yield replace(whole, column=", ".join(names), observed=UNBROKEN)


def row_rules_gathered(contract: Contract) -> list[str]:
    """The row rules that apply to a feed, in the order in which their evidence comes."""
    return [rule for rule, names in _columns_of(contract).items() if names]


def _columns_of(contract: Contract) -> dict[str, list[str]]:
    """Rule -> the columns it can be broken in; a row as a whole breaks in none in particular."""
    columns = contract.columns.items()
    months = [name for name, c in columns if c.type == "month"]
    counts = [name for name, c in columns if c.type == "count"]
    return {
        "row_shape": ["the row"],
        "total_row": ["the row"],
        "value_present": [name for name, c in columns if not c.nullable],
        "month_not_mangled": months,
        "month_readable": months,
        "count_whole": counts,
        "count_not_negative": counts,
        "label_known": [name for name, c in columns if c.type == "label"],
        "code_pattern": [name for name, c in columns if c.pattern],
        "month_in_window": [contract.month] if contract.month else [],
    }


def _whole_row(view: EditionView, rule: str) -> Evidence:
    """Rows that are wrong as a whole, in whichever column it shows."""
    broken = view.quarantine.filter(pl.col("rule") == rule)
    seen = broken.select(pl.col("found").fill_null("").alias("value")).unique()
    expectation = Expectation("ExpectColumnValuesToBeNull", {})
    evidence = _row_evidence(view, rule, broken, seen, expectation, ROW_RULES[rule])
    return evidence if broken.height else replace(evidence, observed=UNBROKEN)


def _row_rule(view: EditionView, rule: str, name: str) -> Evidence:
    """Distinct values that were accepted, and those that were not, against the rule itself."""
    broken = view.quarantine.filter((pl.col("rule") == rule) & (pl.col("column_name") == name))
    seen, expectation, expected = _domain(view, rule, name, broken)
    return replace(_row_evidence(view, rule, broken, seen, expectation, expected), column=name)


def _row_evidence(
    view: EditionView,
    rule: str,
    broken: pl.DataFrame,
    seen: pl.DataFrame,
    expectation: Expectation,
    expected: str,
) -> Evidence:
    found = broken["found"].unique(maintain_order=True).head(SHOWN).to_list()
    shown = ", ".join("nothing" if text is None else f"`{text}`" for text in found)
    return Evidence(
        rule,
        None,
        seen,
        expectation,
        expected,
        observed=shown if found else _as_expected(rule, seen),
        failed_rows=broken.height,
        total_rows=view.rows,
        message=_message(rule, broken, view.contract) if broken.height else "",
    )


def _message(rule: str, broken: pl.DataFrame, contract: Contract) -> str:
    """Which rows were not accepted; whoever typed them is told each, the first ones in full."""
    ordered = broken.sort("file_name", SOURCE_ROW)
    advice = remedy(rule, contract)
    if not contract.hand_made:
        first = ordered.row(0, named=True)
        where = f"the first is row {first[SOURCE_ROW]} of {first['file_name']}"
        return f"{broken.height:,} row(s) quarantined, {where}; {advice}"
    told = [
        f"row {row[SOURCE_ROW]} of {row['file_name']}: " + row["reason"].removesuffix(f"; {advice}")
        for row in ordered.head(SHOWN).iter_rows(named=True)
    ]
    more = f"; and {broken.height - SHOWN:,} more" if broken.height > SHOWN else ""
    return f"{broken.height:,} row(s) quarantined: {'; '.join(told)}{more}; {advice}"


def _as_expected(rule: str, seen: pl.DataFrame) -> str:
    if rule == "count_not_negative" and seen["value"].null_count() == 0:
        return f"the smallest is {seen['value'].to_list()[0]}"
    return f"{seen.height:,} distinct value(s), all as expected"


def _domain(
    view: EditionView, rule: str, name: str, broken: pl.DataFrame
) -> tuple[pl.DataFrame, Expectation, str]:
    contract = view.contract
    text = pl.col("found").str.strip_chars()
    if rule == "value_present":
        text = pl.when(text != "").then(text)
    failing = broken.select(text.alias("value")).unique()
    if rule not in DOMAIN_RULES:
        name, arguments = ONLY_BROKEN[rule]
        return failing, Expectation(name, arguments), ROW_RULES[rule]
    if rule == "label_known":
        labels = list(contract.labels(name))
        seen = _distinct(view, name).with_columns(pl.col("value").cast(pl.String))
        expectation = Expectation("ExpectColumnValuesToBeInSet", {"value_set": labels})
        return pl.concat([seen, failing]), expectation, f"one of {len(labels)} labels"
    if rule == "month_in_window":
        first, last = window(contract, view.month)
        seen = _distinct(view, name).with_columns(pl.col("value").dt.strftime("%Y-%m"))
        expected = f"{month_text(first)} to {month_text(last)}"
        allowed = pl.date_range(first, last, "1mo", eager=True).dt.strftime("%Y-%m").to_list()
        expectation = Expectation("ExpectColumnValuesToBeInSet", {"value_set": allowed})
        return pl.concat([seen, failing]), expectation, expected
    if rule == "count_not_negative":
        least = view.scan_tidy().select(pl.col(name).min().alias("value")).collect()
        worst = failing.with_columns(pl.col("value").cast(pl.Int64))
        expectation = Expectation("ExpectColumnValuesToBeBetween", {"min_value": 0})
        return pl.concat([least, worst]), expectation, "zero or more"
    pattern = contract.columns[name].pattern
    expectation = Expectation(MATCHES, {"regex": CAPTURING.sub("(?:", pattern or "")})
    return pl.concat([_distinct(view, name), failing]), expectation, f"a code like {pattern}"


def _distinct(view: EditionView, name: str) -> pl.DataFrame:
    return view.scan_tidy().select(pl.col(name).alias("value")).unique().collect(engine="streaming")
