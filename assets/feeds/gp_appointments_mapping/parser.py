"""Mapping.csv of the practice-level GP appointments: pure polars.

Quirks: no month in the file; several rows for a practice with several suppliers; PCN `U`.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.conform import conform, unallocated_to_null
from assets.contract import Contract


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `assets.conform.conform`, PCN `U` as null."""
    return unallocated_to_null(conform(raw, contract, edition))
