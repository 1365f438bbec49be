"""A user's own suite: `expectations.json` in the feed's folder, as Great Expectations writes a
suite. It is evaluated on the accepted rows, and each expectation that is not met is a fault in
words. Not here: the suite generated from contract and checks (`checks.suite`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from checks.check_evidence import Evidence, listed, offences, skipped
from checks.edition_view import EditionView
from checks.evaluation import Piece, Result, exception_of, expectation, validated
from warehouse.contract.model import FEEDS_FOLDER

RULE, FILE = "own_expectations", "expectations.json"
MOST_ROWS = 200_000  # editions with more rows are evaluated on distinct values
OF_COLUMNS = ("column", "column_A", "column_B")
# Their verdict on distinct values is the one on all rows, unless only most of them need to meet it.
OF_DISTINCT = {
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_distinct_values_to_contain_set",
    "expect_column_distinct_values_to_equal_set",
    "expect_column_max_to_be_between",
    "expect_column_min_to_be_between",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_to_be_in_set",
    "expect_column_value_lengths_to_be_between",
    "expect_column_value_lengths_to_equal",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_be_null",
    "expect_column_values_to_match_regex",
    "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_not_match_regex",
}


def own_file(feed: str) -> Path:
    """Return the path of a feed's own suite, which is optional."""
    return FEEDS_FOLDER / feed / FILE


def has_own(feed: str) -> bool:
    """Whether a feed has a suite of its own."""
    return own_file(feed).exists()


def own(view: EditionView) -> Evidence:
    """Evaluate the feed's own suite on the edition's accepted rows."""
    try:
        said = _suite(own_file(view.contract.feed))
    except ValueError as error:
        return _evidence([f"{FILE}: {error}"], [], 1)
    rows, faults, left_out = _rows(view), list[str](), list[str]()
    whole = sum(fact.rows for fact in view.facts) <= MOST_ROWS
    everything = rows.collect(engine="streaming") if whole else None
    for one in said:
        name = _named(one)
        if everything is not None:
            frame = everything
        elif _is_of_distinct(one):
            frame = _distinct(rows, one)
        else:
            left_out.append(name)
            continue
        fault = _fault(view, one, frame)
        faults += [f"{name}: {fault}"] if fault else []
    if said and len(left_out) == len(said):
        return skipped(RULE, _why_left_out(left_out))
    return _evidence(faults, left_out, len(said) - len(left_out))


def _suite(path: Path) -> list[dict[str, Any]]:
    """Return type and arguments of each expectation. Raises ValueError if it is not a suite."""
    suite = json.loads(path.read_bytes())
    said = suite.get("expectations") if isinstance(suite, dict) else None
    if not isinstance(said, list):
        raise ValueError("found no `expectations`, expected a suite with a list of them")
    for number, one in enumerate(said, 1):
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            raise ValueError(f"expectation {number} has no `type`")
        if not isinstance(one.get("kwargs", {}), dict):
            raise ValueError(f"expectation {number}: `kwargs` has no names with values")
    return [{"type": one["type"], "kwargs": one.get("kwargs", {})} for one in said]


def _evidence(faults: list[str], left_out: list[str], total: int) -> Evidence:
    told = f"{len(faults):,} of {total:,} not met"
    return offences(
        RULE,
        faults,
        expected=f"every expectation of {FILE}",
        observed=told + (f"; {_why_left_out(left_out)}" if left_out else ""),
        total=total,
        message=listed(faults, mark="; "),
    )


def _why_left_out(names: list[str]) -> str:
    return (
        f"not run, because the edition has more than {MOST_ROWS:,} rows and they can't be "
        f"evaluated on distinct values: {listed(names)}"
    )


def _rows(view: EditionView) -> pl.LazyFrame:
    """Return the accepted rows: columns of the contract, months as `2025-10`."""
    tidy, columns = view.scan_tidy(), view.contract.columns
    shown = []
    for name, kind in tidy.collect_schema().items():
        if name in columns and columns[name].type == "month":
            shown.append(pl.col(name).dt.strftime("%Y-%m"))
        elif name in columns:
            is_text = kind in (pl.Categorical, pl.Enum)
            shown.append(pl.col(name).cast(pl.String) if is_text else pl.col(name))
    return tidy.select(shown)


def _is_of_distinct(one: dict[str, Any]) -> bool:
    """Whether distinct values have the verdict of all rows."""
    given = one["kwargs"]
    all_of_them = given.get("mostly", 1) == 1 and not given.get("row_condition")
    return one["type"] in OF_DISTINCT and all_of_them


def _distinct(rows: pl.LazyFrame, one: dict[str, Any]) -> pl.DataFrame:
    """Return the distinct values of the columns that an expectation names."""
    there = rows.collect_schema().names()
    named = [str(one["kwargs"].get(key)) for key in OF_COLUMNS if key in one["kwargs"]]
    columns = [name for name in dict.fromkeys(named) if name in there]
    return rows.select(columns or there[:1]).unique().collect(engine="streaming")


def _named(one: dict[str, Any]) -> str:
    """Return type and columns: `expect_column_values_to_be_in_set (hcp_type)`."""
    columns = [str(one["kwargs"][key]) for key in OF_COLUMNS if key in one["kwargs"]]
    return str(one["type"]) + (f" ({', '.join(columns)})" if columns else "")


def _fault(view: EditionView, one: dict[str, Any], frame: pl.DataFrame) -> str | None:
    """Describe why an expectation is not met; None if it is."""
    try:
        result = validated([Piece(expectation(**one), frame)])[0]
    except Exception as error:  # whatever the library raises on types and arguments
        return f"can't be evaluated: {' '.join(str(error).split())[:300]}"
    raised = exception_of(result)
    local = view.contract.local_return  # its values are shown nowhere, nor in what was raised
    if raised:
        return "can't be evaluated" + ("" if local else f": {' '.join(raised.split())[:300]}")
    return None if result["success"] else _unmet(result, local)


def _unmet(result: Result, local: bool) -> str:
    """Describe what was found; of local returns without values."""
    found = result.get("result", {})
    if "unexpected_count" not in found:
        return "not met" if local else f"found {found.get('observed_value')}"
    values = [f"`{one}`" for one in dict.fromkeys(map(str, found["partial_unexpected_list"]))]
    shown = "" if local or not values else f": {listed(values)}"
    return f"{found['unexpected_count']:,} of {found['element_count']:,} unexpected{shown}"
