"""Evidence on rows: accepted values, and quarantined rows with the reason. Not here: the row rules
themselves (`warehouse.transform.conform`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from checks.edition_view import SHOWN, EditionView, Evidence, Expectation
from warehouse.base.months import month_text
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import ROW_RULES, remedy, window

UNBROKEN = "no row fails"
WHOLE_ROW = {"row_shape", "total_row"}
DOMAIN_RULES = {"code_pattern", "count_not_negative", "label_known", "month_in_window"}

# Rules that typed values can no longer break: evaluated on the published text of quarantined rows.
# No text matches `(?!)`.
CAPTURING = re.compile(r"(?<!\\)\((?!\?)")  # pandas warns about capturing groups
MATCHES = "ExpectColumnValuesToMatchRegex"
IN_SET = "ExpectColumnValuesToBeInSet"
BETWEEN = "ExpectColumnValuesToBeBetween"
ONLY_BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "value_present": ("ExpectColumnValuesToNotBeNull", {}),
    "month_not_mangled": (MATCHES, {"regex": "^(?!)"}),
    "month_readable": (MATCHES, {"regex": "^(?!)"}),
    "count_whole": (MATCHES, {"regex": "^[+-]?[0-9]{1,18}$"}),
}


def row_rule(view: EditionView, rule: str) -> Iterator[Evidence]:
    """Yield one row rule's evidence by column; a single piece where only quarantined rows could
    break the rule, and there are none."""
    names = _columns_of(view.contract)[rule]
    broken = set(view.quarantine.filter(pl.col("rule") == rule)["column_name"])
    if rule in WHOLE_ROW:
        yield _whole_row(view, rule)
    elif rule in DOMAIN_RULES or broken:
        yield from (_row_rule(view, rule, name) for name in names)
    elif names:
        yield replace(_row_rule(view, rule, names[0]), column=", ".join(names))


def row_rules_gathered(contract: Contract) -> list[str]:
    """Return the row rules that apply to a feed, in the order of their evidence."""
    return [rule for rule, names in _columns_of(contract).items() if names]


def _columns_of(contract: Contract) -> dict[str, list[str]]:
    """Rule -> the columns in which it can be broken."""
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
    broken = view.quarantine.filter(pl.col("rule") == rule)
    seen = broken.select(pl.col("found").fill_null("").alias("value")).unique()
    expectation = Expectation("ExpectColumnValuesToBeNull", {})
    return _row_evidence(view, rule, broken, seen, expectation, ROW_RULES[rule])


def _row_rule(view: EditionView, rule: str, name: str) -> Evidence:
    """Evaluate a rule on distinct accepted values, and on quarantined ones."""
    broken = view.quarantine.filter((pl.col("rule") == rule) & (pl.col("column_name") == name))
    seen, expectation, expected, told = _domain(view, rule, name, broken)
    evidence = _row_evidence(view, rule, broken, seen, expectation, expected, told)
    return replace(evidence, column=name)


def _row_evidence(
    view: EditionView,
    rule: str,
    broken: pl.DataFrame,
    seen: pl.DataFrame,
    expectation: Expectation,
    expected: str,
    told: str = UNBROKEN,
) -> Evidence:
    found = broken["found"].unique(maintain_order=True).head(SHOWN).to_list()
    shown = ", ".join("nothing" if text is None else f"`{text}`" for text in found)
    return Evidence(
        rule,
        None,
        seen,
        expectation,
        expected,
        observed=shown if found else told,
        failed_rows=broken.height,
        total_rows=view.rows,
        message=_message(rule, broken, view.contract) if broken.height else "",
    )


def _message(rule: str, broken: pl.DataFrame, contract: Contract) -> str:
    """List quarantined rows; for local returns all of them, the first ones in full."""
    ordered = broken.sort("file_name", SOURCE_ROW)
    advice = remedy(rule, contract)
    if not contract.local_return:
        first = ordered.row(0, named=True)
        where = f"the first is row {first[SOURCE_ROW]} of {first['file_name']}"
        return f"{broken.height:,} row(s) quarantined, {where}; {advice}"
    told = [
        f"row {row[SOURCE_ROW]} of {row['file_name']}: " + row["reason"].removesuffix(f"; {advice}")
        for row in ordered.head(SHOWN).iter_rows(named=True)
    ]
    more = f"; and {broken.height - SHOWN:,} more" if broken.height > SHOWN else ""
    return f"{broken.height:,} row(s) quarantined: {'; '.join(told)}{more}; {advice}"


def _domain(
    view: EditionView, rule: str, name: str, broken: pl.DataFrame
) -> tuple[pl.DataFrame, Expectation, str, str]:
    """Return the evaluated values, the expectation, its description, and what was found.

    Accepted values are reduced to those that can affect the verdict: labels, the smallest count,
    the codes and months that break the rule.
    """
    contract = view.contract
    text = pl.col("found").str.strip_chars()
    if rule == "value_present":
        text = pl.when(text != "").then(text)
    failing = broken.select(text.alias("value")).unique(maintain_order=True)
    if rule not in DOMAIN_RULES:
        return failing, Expectation(*ONLY_BROKEN[rule]), ROW_RULES[rule], UNBROKEN
    if rule == "count_not_negative":
        least = view.scan_tidy().select(pl.col(name).min().alias("value")).collect()
        worst = failing.with_columns(pl.col("value").cast(pl.Int64))
        smallest = least["value"][0]
        told = "no count" if smallest is None else f"the smallest is {smallest}"
        told = UNBROKEN if contract.local_return else told  # it may be one practice's count
        below = pl.concat([least.filter(pl.col("value") < 0), worst])
        return below, Expectation(BETWEEN, {"min_value": 0}), "zero or more", told
    seen = _distinct(view, name)
    told = f"{seen.height:,} distinct value(s), all as expected"
    if rule == "label_known":
        labels = list(contract.labels(name))
        known = seen.with_columns(pl.col("value").cast(pl.String)).sort("value")
        expectation = Expectation(IN_SET, {"value_set": labels})
        return pl.concat([known, failing]), expectation, f"one of {len(labels)} labels", told
    if rule == "month_in_window":
        first, last = window(contract, view.month)
        outside = seen.filter(~pl.col("value").is_between(first, last))
        shown = pl.concat([outside.select(pl.col("value").dt.strftime("%Y-%m")), failing])
        expected = f"{month_text(first)} to {month_text(last)}"
        return shown, Expectation("ExpectColumnValuesToBeNull", {}), expected, told
    pattern = contract.columns[name].pattern or ""
    odd = seen.filter(~pl.col("value").str.contains(pattern))
    expectation = Expectation(MATCHES, {"regex": CAPTURING.sub("(?:", pattern)})
    return pl.concat([odd, failing]), expectation, f"a code like {pattern}", told


def _distinct(view: EditionView, name: str) -> pl.DataFrame:
    found = view.scan_tidy().select(pl.col(name).alias("value")).unique()
    return found.collect(engine="streaming").drop_nulls()
