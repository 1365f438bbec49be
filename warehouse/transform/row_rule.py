"""A row rule, as a value: which rows break it, and what is then said. Not here: the rules."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class RowRule:
    """A row rule: `broken` is true for rows to quarantine; `source`: the column with the published
    text; `expected`: in words; `remedy`: what to do, if this fault has a remedy of its own."""

    rule: str
    column: str
    source: str
    broken: pl.Expr
    expected: str
    remedy: str | None = None
