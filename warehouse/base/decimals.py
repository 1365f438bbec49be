"""Numbers with decimals, kept as the publisher's digits: no binary fraction before they are
published, so that sums re-add to what is printed."""

from __future__ import annotations

from typing import Final

import polars as pl

PLACES: Final = 10  # after the point; publishers of FTE give nine
KIND = pl.Decimal(38, PLACES)
SQL_KIND: Final = f"DECIMAL(38, {PLACES})"
# What is kept without loss. Zeros at the end are no digits; an exponent is a rounded number.
TEXT: Final = rf"^\s*[+-]?[0-9]{{1,18}}(\.[0-9]{{0,{PLACES}}}0*)?\s*$"


def exactly(text: pl.Expr) -> pl.Expr:
    """Numbers of texts, to the digit; null for a text that is no number, or has more decimals."""
    return pl.when(text.str.contains(TEXT)).then(text.str.strip_chars().cast(KIND, strict=False))
