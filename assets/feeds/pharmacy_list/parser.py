"""Consolidated pharmaceutical list: pure polars.

Quirks: no month in the file; headings were respelt between quarters; two pharmacies have no board.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`."""
    return conform(raw, contract, edition)
