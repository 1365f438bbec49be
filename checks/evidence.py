"""Evidence: the compact frames in which each check of an edition can be seen to hold or not.

Belongs here: small polars queries over an edition's tidy, quarantine and measure files. A frame
of distinct labels says as much as three million rows, and is judged in milliseconds.
Does not: comparing with other feeds (`checks.places`), verdicts (`checks.runner`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from assets.conform import (
    OVERFLOW,
    REMEDIES,
    ROW_RULES,
    SOURCE_ROW,
    month_text,
    source_columns,
    window,
)
from assets.contract import Contract
from checks import places
from checks.view import EditionView, Evidence, Expectation
from warehouse.tidy import lake_paths

__all__ = ["EditionView", "Evidence", "Expectation", "gather", "rules_gathered"]

DOMAIN_RULES = {"code_pattern", "count_not_negative", "label_known", "month_in_window"}

# Rules that typed values can no longer break: what the published text of the rows that were not
# accepted is put before. No text matches `(?!)`.
MATCHES = "ExpectColumnValuesToMatchRegex"
ONLY_BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "row_shape": ("ExpectColumnValuesToBeNull", {}),
    "value_present": ("ExpectColumnValuesToNotBeNull", {}),
    "month_readable": (MATCHES, {"regex": "^(?!)"}),
    "count_whole": (MATCHES, {"regex": "^[+-]?[0-9]{1,18}$"}),
}


def gather(view: EditionView) -> Iterator[Evidence]:
    """All the evidence on an edition, check by check. One failure never hides another."""
    yield _readable(view)
    yield from _columns(view)
    yield from _row_rules(view)
    yield _rows_accepted(view)
    yield _keys(view)
    yield _basis(view)
    if view.contract.measures:
        yield places.cells_whole(view)
    rule = view.contract.completeness
    if rule.expected_feed:
        yield places.coverage_present(view, rule.expected_feed)
        yield places.parts(view, rule.expected_feed, rule.expected_column)
    if rule.reconcile_feed:
        yield places.sums(view, rule.reconcile_feed)


def rules_gathered(contract: Contract) -> list[str]:
    """The checks that `gather` yields evidence for on this feed, in order, before any run."""
    types = {column.type for column in contract.columns.values()}
    rules = ["file_readable", "columns_present", "columns_expected"]
    rules += ["row_shape", "value_present"]
    rules += ["month_readable"] if "month" in types else []
    rules += ["count_whole", "count_not_negative"] if "count" in types else []
    rules += ["label_known"] if "label" in types else []
    rules += ["code_pattern"] if any(c.pattern for c in contract.columns.values()) else []
    rules += ["month_in_window"] if contract.month else []
    rules += ["rows_accepted", "keys_unique", "edition_from_content"]
    rules += ["cells_whole"] if contract.measures else []
    if contract.completeness.expected_feed:
        rules += ["coverage_present", "parts_complete"]
    return rules + (["sums_reconcile"] if contract.completeness.reconcile_feed else [])


def _readable(view: EditionView) -> Evidence:
    """Rows read against rows imported, file by file."""
    read = pl.DataFrame(
        {
            "file_name": [file.file_name for file in view.files],
            "imported": [file.rows for file in view.files],
            "read": [fact.rows + fact.quarantined for fact in view.facts],
        }
    )
    short = read.filter(pl.col("imported") != pl.col("read"))
    return Evidence(
        "file_readable",
        None,
        read,
        Expectation(
            "ExpectColumnPairValuesToBeEqual", {"column_A": "imported", "column_B": "read"}
        ),
        expected=f"{read['imported'].sum():,} rows, as imported",
        observed=f"{read['read'].sum():,} rows in {read.height} file(s)",
        failed_rows=int((short["imported"] - short["read"]).abs().sum()),
        total_rows=int(read["imported"].sum()),
        message=f"rows differ in {', '.join(short['file_name'])}: import the file again"
        if short.height
        else "",
    )


def _columns(view: EditionView) -> Iterator[Evidence]:
    contract = view.contract
    doubled, present = set[str](), set(contract.columns)
    for file in view.files:
        source = source_columns(contract, list(file.headings))
        named = [contract.column_of(h) for h in file.headings]
        doubled |= {name for name in source if named.count(name) > 1}
        present &= set(source)
    required = [name for name, column in contract.columns.items() if column.required]
    missing = set(required) - present
    faults = [f"missing: {', '.join(sorted(missing))}"] if missing else []
    faults += [f"under two headings: {', '.join(sorted(doubled))}"] if doubled else []
    yield Evidence(
        "columns_present",
        None,
        pl.DataFrame(schema=dict.fromkeys(sorted(present - doubled), pl.String)),
        Expectation(
            "ExpectTableColumnsToMatchSet",
            {"column_set": [*required, *sorted(doubled - set(required))], "exact_match": False},
        ),
        expected=f"{len(required)} columns, each once",
        observed="; ".join(faults) or "all there",
        failed_rows=len(missing | doubled),
        total_rows=len(required),
        message="if the publisher renamed a column, add the heading to the contract"
        if missing
        else "",
    )
    extra = sorted({h for fact in view.facts for h in fact.extra_headings})
    yield Evidence(
        "columns_expected",
        None,
        pl.DataFrame({"heading": extra}, schema={"heading": pl.String}),
        Expectation("ExpectTableRowCountToEqual", {"value": 0}),
        expected="no other column",
        observed=f"new: {', '.join(extra)}" if extra else "none",
        failed_rows=len(extra),
        total_rows=len(contract.columns) + len(extra),
        message="New columns are not read; add them to the contract if they matter."
        if extra
        else "",
    )


def _row_rules(view: EditionView) -> Iterator[Evidence]:
    """Row by row rules. Those that only bad rows can show are one piece of evidence while none is
    bad; those with a domain to compare (labels, months, counts) are one per column."""
    columns = view.contract.columns.items()
    month = view.contract.month
    by_rule = {
        "row_shape": [OVERFLOW],
        "value_present": [name for name, c in columns if not c.nullable],
        "month_readable": [name for name, c in columns if c.type == "month"],
        "count_whole": [name for name, c in columns if c.type == "count"],
        "count_not_negative": [name for name, c in columns if c.type == "count"],
        "label_known": [name for name, c in columns if c.type == "label"],
        "code_pattern": [name for name, c in columns if c.pattern],
        "month_in_window": [month] if month else [],
    }
    for rule, names in by_rule.items():
        broken = set(view.quarantine.filter(pl.col("rule") == rule)["column_name"])
        if rule in DOMAIN_RULES or broken:
            yield from (_row_rule(view, rule, name) for name in names)
        elif names:
            whole = _row_rule(view, rule, names[0])
            column = None if rule == "row_shape" else ", ".join(names)
            yield replace(whole, column=column, observed="no row breaks it")


def _row_rule(view: EditionView, rule: str, name: str) -> Evidence:
    """Distinct values that were accepted, and those that were not, against the rule itself."""
    broken = view.quarantine.filter((pl.col("rule") == rule) & (pl.col("column_name") == name))
    found = broken["found"].unique(maintain_order=True).head(5).to_list()
    first = broken.sort("file_name", SOURCE_ROW).head(1).to_dicts()
    seen, expectation, expected = _domain(view, rule, name, broken)
    shown = ", ".join("nothing" if text is None else f"`{text}`" for text in found)
    return Evidence(
        rule,
        None if rule == "row_shape" else name,
        seen,
        expectation,
        expected,
        observed=shown if found else _as_expected(rule, seen),
        failed_rows=broken.height,
        total_rows=view.rows,
        message=f"{broken.height:,} row(s) quarantined, the first is row "
        f"{first[0][SOURCE_ROW]} of {first[0]['file_name']}; {REMEDIES[rule]}"
        if first
        else "",
    )


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
    expectation = Expectation("ExpectColumnValuesToMatchRegex", {"regex": pattern})
    return pl.concat([_distinct(view, name), failing]), expectation, f"a code like {pattern}"


def _distinct(view: EditionView, name: str) -> pl.DataFrame:
    return view.scan_tidy().select(pl.col(name).alias("value")).unique().collect(engine="streaming")


def _rows_accepted(view: EditionView) -> Evidence:
    accepted = sum(fact.rows for fact in view.facts)
    return Evidence(
        "rows_accepted",
        None,
        pl.DataFrame({"rows": [accepted]}),
        Expectation("ExpectColumnMinToBeBetween", {"column": "rows", "min_value": 1}),
        expected="at least one row",
        observed=f"{accepted:,} of {view.rows:,}",
        failed_rows=view.rows - accepted if accepted == 0 else 0,
        total_rows=view.rows,
        message="" if accepted else "no row agrees with the contract: is it the right file?",
    )


def _keys(view: EditionView) -> Evidence:
    """Keys that stand twice in one file. Where the contract adds them up, none is an error."""
    repeated, examples = 0, ""
    key = list(view.contract.key)
    for file in view.files:
        rows = pl.scan_parquet(lake_paths(view.home, file).tidy)
        counted = rows.select(
            pl.len().alias("rows"), pl.struct(key).hash(0).n_unique().alias("keys")
        ).collect(engine="streaming")
        if counted["rows"][0] == counted["keys"][0]:
            continue
        groups = rows.group_by(key).len().filter(pl.col("len") > 1).collect(engine="streaming")
        repeated += groups.height
        if groups.height and not examples:
            examples = " | ".join(str(value) for value in groups.sort(key).row(0)[:-1])
    summed = view.contract.repeated_keys == "sum"
    note = "repeated keys are added up, as the contract says" if summed else f"first: {examples}"
    return Evidence(
        "keys_unique",
        ", ".join(key),
        pl.DataFrame({"repeated": [0 if summed else repeated]}),
        Expectation("ExpectColumnMaxToBeBetween", {"column": "repeated", "max_value": 0}),
        expected="each key once" if not summed else "repeated keys may stand, and are added up",
        observed=f"{repeated:,} repeated keys",
        failed_rows=0 if summed else repeated,
        total_rows=view.rows,
        message=note if repeated else "",
    )


def _basis(view: EditionView) -> Evidence:
    stated = [file for file in view.files if file.edition_basis in ("file_name", "argument")]
    names = ", ".join(sorted(file.file_name for file in stated))
    return Evidence(
        "edition_from_content",
        None,
        pl.DataFrame({"value": [file.edition_basis for file in view.files]}),
        Expectation("ExpectColumnValuesToBeInSet", {"value_set": ["content", "sibling"]}),
        expected="content, or a sibling in the same zip",
        observed=", ".join(sorted({file.edition_basis for file in view.files})),
        failed_rows=len(stated),
        total_rows=len(view.files),
        message=f"edition taken from the name or the command, not from the data: {names}"
        if stated
        else "",
    )
