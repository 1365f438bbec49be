"""The expectation that each check is, the same for every edition of a feed.

Belongs here: the type and arguments of expectations as Great Expectations names them, and the
columns of the evidence that they judge. Limits of a feed are arguments; limits of
one edition (a number of the edition before) are columns of the evidence. Does not: gathering
evidence and which checks a feed has (`checks.suite`), evaluating it (`checks.evaluation`), what a
custom expectation computes (`checks.custom_expectations`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from checks.check_catalogue import check_of
from checks.check_evidence import listed
from checks.check_model import Check
from warehouse.base.number_format import limit
from warehouse.contract.model import Contract

# Evidence of all checks of an edition is one table, which is the batch that a suite judges.
# `item`: the file, organisation-month or the like that a row is about.
EVIDENCE_SCHEMA: dict[str, type[pl.DataType]] = {
    "item": pl.String,
    "text": pl.String,
    "expected": pl.String,
    "number": pl.Float64,
    "now": pl.Float64,
    "before": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
CAPTURING = re.compile(r"(?<!\\)\((?!\?)")  # pandas warns about capturing groups
NO_TEXT = "^(?!)"  # what no text matches
MOST_SHOWN = 12  # values of a set in a sentence
NAMESPACE = uuid.UUID("6f2d1c1e-6d0a-5c0e-9a59-2f3c9a4b7d10")
SEVERITY = {"ERROR": "critical", "WARN": "warning"}


@dataclass(frozen=True)
class Expectation:
    """An expectation: its type, and its arguments without those that choose rows of a check.

    `sentence`: what it expects, shown after the title of the check (empty: the title says it). None
    for expectations of our own, which make their sentence themselves.
    """

    type: str
    arguments: dict[str, Any] = field(default_factory=dict)
    sentence: str | None = None


@dataclass(frozen=True)
class Expected:
    """One expectation of the suite of a feed (or of the mart), for one check and, where it has
    several, one column."""

    feed: str
    rule: str
    column: str | None
    expectation: Expectation

    @property
    def id(self) -> str:
        """Return the id that the expectation has in every suite and result."""
        name = f"{self.feed}/{self.rule}/{self.column or ''}"
        return str(uuid.uuid5(NAMESPACE, name))

    def configuration(self) -> dict[str, Any]:
        """Return the expectation as a suite's JSON has it."""
        check = check_of(self.rule, self.feed)
        rows = _rows_of(self.rule, self.column)
        found: dict[str, Any] = {
            "id": self.id,
            "type": self.expectation.type,
            "kwargs": {**self.expectation.arguments, "row_condition": rows},
            "meta": _meta(check, self.column),
            "severity": SEVERITY[check.severity],
            "notes": check.title,
        }
        if self.expectation.sentence is not None:
            of = f" ({self.column})" if self.column else ""
            then = f": {self.expectation.sentence}" if self.expectation.sentence else ""
            found["description"] = f"{check.title}{of}{then}"
        return found


def _meta(check: Check, column: str | None) -> dict[str, Any]:
    shown = check.model_dump(
        include={"layer", "dimension", "severity", "owner", "action", "threshold"}
    )
    return {
        "id": check.rule,
        "column": column,
        "title": check.title,
        **shown,
        "threshold_means": check.threshold_text(),
    }


def _rows_of(rule: str, column: str | None) -> dict[str, Any]:
    """Return the row condition that chooses the evidence of a check, as JSON."""
    of_rule = _is("check", rule)
    if column is None:
        return of_rule
    return {"type": "and", "conditions": [of_rule, _is("column", column)]}


def _is(column: str, value: str) -> dict[str, Any]:
    return {
        "type": "comparison",
        "column": {"name": column},
        "operator": "==",
        "parameter": value,
    }


# What evidence may be, in the words of the library.


def none_found() -> Expectation:
    """Expect that the evidence lists no fault: `text` has each in words."""
    return Expectation("expect_column_values_to_be_null", {"column": "text"}, sentence="")


def in_set(values: Sequence[str]) -> Expectation:
    """Expect each `text` to be one of these."""
    arguments = {"column": "text", "value_set": list(values)}
    said = f"each value is one of {listed(values, MOST_SHOWN)}"
    return Expectation("expect_column_values_to_be_in_set", arguments, said)


def matches(pattern: str) -> Expectation:
    """Expect each `text` to match a regular expression."""
    arguments = {"column": "text", "regex": CAPTURING.sub("(?:", pattern)}
    said = "there is none" if pattern == NO_TEXT else f"each value matches {pattern}"
    return Expectation("expect_column_values_to_match_regex", arguments, said)


def between(low: float | None = None, high: float | None = None) -> Expectation:
    """Expect each `number` to lie within these limits."""
    both = {"min_value": low, "max_value": high}
    given = {name: value for name, value in both.items() if value is not None}
    words = {"min_value": "at least", "max_value": "at most"}
    limits = " and ".join(f"{words[name]} {limit(value)}" for name, value in given.items())
    arguments = {"column": "number", **given}
    said = f"each number is {limits}"
    return Expectation("expect_column_values_to_be_between", arguments, said)


def within_own_limits() -> Expectation:
    """Expect each `number` to lie between `low` and `high`, which the evidence gives row by row."""
    return Expectation(
        "expect_numbers_to_be_within_their_limits", {"column_list": ["number", "low", "high"]}
    )


def not_null() -> Expectation:
    """Expect every `text` to be given."""
    return Expectation(
        "expect_column_values_to_not_be_null", {"column": "text"}, "each value is given"
    )


def unique() -> Expectation:
    """Expect no `text` twice."""
    return Expectation("expect_column_values_to_be_unique", {"column": "text"}, "none comes twice")


def equal() -> Expectation:
    """Expect `now` to equal `before`."""
    return Expectation(
        "expect_column_pair_values_to_be_equal",
        {"column_A": "now", "column_B": "before"},
        "now is equal to before",
    )


def as_expected() -> Expectation:
    """Expect `text` to be what is `expected`, which the evidence gives row by row."""
    return Expectation(
        "expect_column_pair_values_to_be_equal",
        {"column_A": "text", "column_B": "expected"},
        "each value is the expected one",
    )


def local_authorities() -> Expectation:
    """Expect each `text` to be a local authority of the reference, in any of its spellings."""
    return Expectation("expect_column_values_to_be_known_local_authorities", {"column": "text"})


def at_least() -> Expectation:
    """Expect `now` to be no smaller than `before`."""
    return Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "now", "column_B": "before", "or_equal": True},
        "now is at least before",
    )


def at_most() -> Expectation:
    """Expect `now` to be no larger than `before`."""
    return Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "before", "column_B": "now", "or_equal": True},
        "now is at most before",
    )


def within_factor(times: float) -> Expectation:
    """Expect `now` to lie within a factor of `before`."""
    return _compared("expect_numbers_to_be_within_factor", times=times)


def change_within(share: float) -> Expectation:
    """Expect `now` to differ from `before` by at most a share of it."""
    return _compared("expect_numbers_to_change_by_at_most", share=share)


def not_below(share: float) -> Expectation:
    """Expect `now` to be at least a share of `before`."""
    return _compared("expect_numbers_not_to_fall_below_share", share=share)


def share_at_most(share: float) -> Expectation:
    """Expect `now` to be at most a share of `before`."""
    return _compared("expect_numbers_to_be_at_most_share", share=share)


def _compared(kind: str, **limit: float) -> Expectation:
    return Expectation(kind, {"column_A": "now", "column_B": "before", **limit})


# Declaration of one check: from the feed's contract and the check as the feed has it to its
# expectations by column; column None for a check with one expectation.
Declared = dict[str | None, Expectation]
Declaration = Callable[[Contract, Check], Declared]


def always(expectation: Expectation) -> Declaration:
    """Declare the one expectation of a check, whatever the feed."""
    return lambda _contract, _check: {None: expectation}


def by_threshold(of: Callable[[float], Expectation]) -> Declaration:
    """Declare the one expectation of a check, with its threshold as the limit."""
    return lambda _contract, check: {None: of(check.limit)}
