"""Why rows were quarantined, in words: what was found and expected, and what to do. Not here: the
rules (`conform`)."""

from __future__ import annotations

from typing import Any

import polars as pl

from warehouse.base.text import perhaps
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW
from warehouse.transform.conform import ALSO_FAILED, FAILED_RULE, RAW, WHOLE_ROW, remedy
from warehouse.transform.row_rule import RowRule

SHOWN = 200
TOLD = pl.Schema({"reason": pl.String(), "broken_columns": pl.List(pl.String())})


def name_rules(bad: pl.DataFrame, contract: Contract, rules: list[RowRule]) -> pl.DataFrame:
    """Quarantined rows with their reasons, and the columns that identify the figures affected."""
    raw_columns = [name for name in bad.columns if name.startswith(RAW)]
    words = pl.DataFrame(
        {
            FAILED_RULE: range(len(rules)),
            "rule": [rule.rule for rule in rules],
            "column_name": [rule.column for rule in rules],
            "expected": [rule.expected for rule in rules],
            "heading": [_heading(rule) for rule in rules],
            "source": [rule.source for rule in rules],
            "remedy": [rule.remedy or remedy(rule.rule, contract) for rule in rules],
        },
        schema_overrides={FAILED_RULE: pl.Int16},
    )
    broke = [pl.when(pl.col(FAILED_RULE) == i) for i in range(len(rules))]
    found = pl.coalesce(w.then(pl.col(rule.source)) for w, rule in zip(broke, rules, strict=True))
    row = pl.struct(pl.col(name).alias(name.removeprefix(RAW)) for name in raw_columns)
    quoted = pl.concat_str(pl.lit("`"), "found", pl.lit("`")).fill_null("nothing")
    reason = pl.format("{}: found {}, expected {}; {}", "heading", quoted, "expected", "remedy")
    named = (
        bad.with_columns(pl.col(raw_columns).cast(pl.String))
        .join(words, on=FAILED_RULE, how="left", maintain_order="left")
        .with_columns(
            found.str.head(SHOWN).alias("found"), row.struct.json_encode().alias("row_json")
        )
        .with_columns(reason.alias("reason"))
    )
    return _with_all(named, words, contract).drop("heading", "remedy", "source")


def _with_all(named: pl.DataFrame, words: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Quarantined rows of a local return with all that is wrong in `reason`, one fault a column,
    with the label that an unknown one resembles, and the names of these columns (`broken_columns`);
    other rows as they are."""
    if ALSO_FAILED not in named.columns:
        return named
    rules, told = words.to_dicts(), []
    for row in named.iter_rows(named=True):
        by_column: dict[str, dict[str, Any]] = {}
        for number in row[ALSO_FAILED]:
            by_column.setdefault(rules[number]["column_name"], rules[number])
        first = rules[row[FAILED_RULE]]
        others = [one for one in by_column.values() if one["column_name"] != row["column_name"]]
        broken = [first] if row["rule"] in WHOLE_ROW else [first, *others]
        reason = ". ".join(_told(one, row[one["source"]], contract) for one in broken)
        told.append({"reason": reason, "broken_columns": list(by_column)})
    found = pl.DataFrame(told, schema=TOLD)
    return named.drop(ALSO_FAILED, "reason").hstack(found)


def _told(rule: dict[str, Any], text: str | None, contract: Contract) -> str:
    """What is wrong with a cell, in words."""
    found, expected = "nothing" if text is None else f"`{text[:SHOWN]}`", rule["expected"]
    if rule["rule"] == "label_known" and any(one.isalpha() for one in text or ""):
        expected += perhaps(text or "", contract.labels(rule["column_name"]))
    return f"{rule['heading']}: found {found}, expected {expected}; {rule['remedy']}"


def _heading(rule: RowRule) -> str:
    """The heading of the column that broke the rule, as in the file."""
    return "the row" if rule.source == OVERFLOW else rule.source.removeprefix(RAW)
