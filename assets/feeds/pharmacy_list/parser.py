"""Consolidated pharmaceutical list: pure polars.

Quirks: no month in the file; headings were respelt between quarters; two pharmacies have no board.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.conform import conform
from assets.contract import Contract


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `assets.conform.conform`."""
    return conform(raw, contract, edition)
