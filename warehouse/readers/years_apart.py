"""Months of which the year is in a column of its own: both as one text, `2026-06`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.contract.model import Contract


def with_years(rows: pl.LazyFrame, contract: Contract, headings: Sequence[str]) -> pl.LazyFrame:
    """The rows of a table (a text column per heading) with the year before each such month."""
    found = contract.columns_in(headings)
    joined = [
        pl.concat_str(
            _text(found[column.year]), _text(found[name]).str.zfill(2), separator="-"
        ).alias(found[name])
        for name, column in contract.columns.items()
        if column.year in found and name in found
    ]
    return rows.with_columns(joined) if joined else rows


def _text(heading: str) -> pl.Expr:
    return pl.col(heading).cast(pl.String).str.strip_chars()
