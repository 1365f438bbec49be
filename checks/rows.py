"""Evidence on rows: accepted values, and quarantined rows with the reason. Not here: the row rules
themselves (`warehouse.transform.conform`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from checks.check_evidence import MEETING, SHOWN, Evidence
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import (
    NO_TEXT,
    Declared,
    Expectation,
    between,
    in_set,
    matches,
    none_found,
    not_null,
)
from warehouse.base import decimals
from warehouse.base.months import month_text, window
from warehouse.base.number_format import say_number
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import ROW_RULES, own_code, remedy

UNBROKEN = "no row fails"
WHOLE_ROW = {"row_shape", "total_row"}
DOMAIN_RULES = {"code_pattern", "count_not_negative", "label_known", "month_in_window"}

# Rules that typed values can no longer break: evaluated on the published text of quarantined rows.
ONLY_BROKEN = {
    "value_present": not_null(),
    "month_not_mangled": matches(NO_TEXT),
    "month_readable": matches(NO_TEXT),
    "date_readable": matches(NO_TEXT),
    "count_whole": matches("^[+-]?[0-9]{1,18}$"),
    "decimal_exact": matches(decimals.TEXT),
    "share_within_one": matches(NO_TEXT),
}


def expects(contract: Contract, check: Check) -> Declared:
    """Declare the expectation of a row rule for each column in which it can be broken."""
    rule, names = check.rule, _columns_of(contract)[check.rule]
    if rule in WHOLE_ROW:
        return {None: none_found()}
    return {name: _expectation(contract, rule, name) for name in names}


def _expectation(contract: Contract, rule: str, name: str) -> Expectation:
    if rule == "count_not_negative":
        return between(0)
    if rule == "label_known":
        return in_set(list(contract.labels(name)))
    if rule == "code_pattern":
        return matches(contract.columns[name].pattern or "")
    if rule == "month_in_window":
        return none_found()
    return ONLY_BROKEN[rule]


def row_rule(view: EditionView, rule: str) -> Iterator[Evidence]:
    """Yield one row rule's evidence by column; a single piece where only quarantined rows could
    break the rule, and there are none."""
    names = _columns_of(view.contract)[rule]
    broken = set(_quarantined(view, rule)["column_name"])
    if rule in WHOLE_ROW:
        yield _whole_row(view, rule)
    elif rule in DOMAIN_RULES or broken:
        yield from (_row_rule(view, rule, name) for name in names)
    elif names:
        whole = _row_rule(view, rule, names[0])
        yield replace(whole, column=", ".join(names), judged_by=tuple(names))


def row_rules_gathered(contract: Contract) -> list[str]:
    """Return the row rules that apply to a feed, in the order of their evidence."""
    return [rule for rule, names in _columns_of(contract).items() if names]


def _columns_of(contract: Contract) -> dict[str, list[str]]:
    """Rule -> the columns in which it can be broken."""
    columns = contract.columns.items()
    months = [name for name, c in columns if c.type == "month"]
    counts = [name for name, c in columns if c.type == "count"]
    decimals = [name for name, c in columns if c.type == "decimal" and not c.made_of]
    return {
        "row_shape": ["the row"],
        "total_row": ["the row"],
        "value_present": [name for name, c in columns if not c.nullable],
        "month_not_mangled": months,
        "month_readable": months,
        "date_readable": [name for name, c in columns if c.type == "date"],
        "count_whole": counts,
        "decimal_exact": decimals,
        "count_not_negative": contract.numbers,
        "share_within_one": [name for name, c in columns if c.share],
        "label_known": [name for name, c in columns if c.type == "label"],
        "code_pattern": [name for name, c in columns if c.pattern],
        "month_in_window": [contract.month] if contract.month else [],
    }


def _whole_row(view: EditionView, rule: str) -> Evidence:
    broken = _quarantined(view, rule)
    seen = broken.select(pl.col("found").fill_null("").alias("text")).unique(maintain_order=True)
    return _row_evidence(view, rule, broken, seen, ROW_RULES[rule])


def _row_rule(view: EditionView, rule: str, name: str) -> Evidence:
    """Gather distinct accepted values, and quarantined ones."""
    broken = _quarantined(view, rule, name)
    seen, expected, told = _domain(view, rule, name, broken)
    evidence = _row_evidence(view, rule, broken, seen, expected, told)
    return replace(evidence, column=name)


def _quarantined(view: EditionView, rule: str, name: str | None = None) -> pl.DataFrame:
    """Return the rows that broke a rule, in one column or any."""
    rows = view.quarantine
    if rows.is_empty():  # as in most editions: nothing is searched for each rule and column
        return rows
    of_rule = rows.filter(pl.col("rule") == rule)
    return of_rule if name is None else of_rule.filter(pl.col("column_name") == name)


def _row_evidence(
    view: EditionView,
    rule: str,
    broken: pl.DataFrame,
    seen: pl.DataFrame,
    expected: str,
    told: str = UNBROKEN,
) -> Evidence:
    found = list(dict.fromkeys(broken["found"]))[:SHOWN]
    shown = ", ".join("nothing" if text is None else f"`{text}`" for text in found)
    return Evidence(
        rule,
        None,
        seen,
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
) -> tuple[pl.DataFrame, str, str]:
    """Return the values to be judged, what is expected in words, and what was found.

    Accepted values are reduced to those that can affect the verdict (labels, the smallest count,
    codes and months that break the rule), and a few that meet it.
    """
    contract = view.contract
    text = pl.col("found").str.strip_chars()
    if rule == "value_present":
        text = pl.when(text != "").then(text)
    failing = broken.select(
        pl.concat_str(pl.lit("row "), SOURCE_ROW, pl.lit(" of "), "file_name").alias("item"),
        text.alias("text"),
    ).unique("text", maintain_order=True)
    if rule not in DOMAIN_RULES:
        return failing, ROW_RULES[rule], UNBROKEN
    if rule == "count_not_negative":
        return _counts(view, name, failing)
    seen = _distinct(view, name)
    told = f"{seen.height:,} distinct value(s), all as expected"
    if rule == "label_known":
        known = seen.select(pl.col("value").cast(pl.String).alias("text")).sort("text")
        expected = f"one of {len(contract.labels(name))} labels"
        return pl.concat([known, failing], how="diagonal"), expected, told
    if rule == "month_in_window":
        first, last = window(view.month, contract.window_months)
        outside = seen.filter(~pl.col("value").is_between(first, last))
        months = outside.select(pl.col("value").dt.strftime("%Y-%m").alias("text"))
        expected = f"{month_text(first)} to {month_text(last)}"
        return pl.concat([months, failing], how="diagonal"), expected, told
    pattern = contract.columns[name].pattern or ""
    meets = pl.col("text").str.contains(pattern)
    codes = seen.select(pl.col("value").alias("text")).sort("text")
    shown = pl.concat([codes.filter(~meets), codes.filter(meets).head(MEETING)])
    return pl.concat([shown, failing], how="diagonal"), f"a code like {pattern}", told


def _counts(view: EditionView, name: str, failing: pl.DataFrame) -> tuple[pl.DataFrame, str, str]:
    """Return the smallest accepted count, and those that are quarantined as negative."""
    smallest = view.scan_tidy().select(pl.col(name).min()).collect().item()
    told = "no count" if smallest is None else f"the smallest is {say_number(float(smallest))}"
    local = (
        view.contract.local_return or view.contract.persons
    )  # it may be of one practice or person
    least = smallest if smallest is None or smallest < 0 or not local else 0
    accepted = pl.DataFrame(
        {"item": ["the smallest accepted"], "number": [least]},
        schema_overrides={"number": pl.Float64},
    )
    number = pl.col("text").cast(pl.Float64, strict=False).fill_null(-1)  # a person's is withheld
    worst = failing.select("item", number.alias("number"))
    return pl.concat([accepted, worst]), "zero or more", UNBROKEN if local else told


def _distinct(view: EditionView, name: str) -> pl.DataFrame:
    found = view.scan_tidy().select(own_code(view.contract, name).alias("value")).unique()
    return found.collect(engine="streaming").drop_nulls()
