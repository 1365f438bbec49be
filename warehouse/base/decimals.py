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


WHOLE: Final = 1.5  # a column of shares has fractions if its largest number is not above this


def rounded(text: pl.Expr) -> pl.Expr:
    """Numbers of texts, to the digit or, if there are more decimals or an exponent, rounded to
    `PLACES`; null for a text that is no number."""
    number = text.str.strip_chars().cast(pl.Float64, strict=False)
    near = pl.when(number.is_finite()).then(number).round(PLACES).cast(KIND, strict=False)
    return pl.coalesce(exactly(text), near)


def shares(text: pl.Expr) -> pl.Expr:
    """Shares of one, of texts that are fractions or percentages, rounded to `PLACES`; null for a
    text that is no number.

    Which of the two is decided for the column as a whole, by its largest number: 1 is 1% beside 93,
    and all beside 0.93.
    """
    number = text.str.strip_chars().str.strip_suffix("%").cast(pl.Float64, strict=False)
    known = pl.when(number.is_finite()).then(number)
    fraction = pl.when(known.max() > WHOLE).then(known / 100).otherwise(known)
    return fraction.round(PLACES).cast(KIND, strict=False)


def exactly(text: pl.Expr) -> pl.Expr:
    """Numbers of texts, to the digit; null for a text that is no number, or has more decimals."""
    return pl.when(text.str.contains(TEXT)).then(text.str.strip_chars().cast(KIND, strict=False))
