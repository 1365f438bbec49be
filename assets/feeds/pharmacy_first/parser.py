"""Pharmacy First and CPCS claims in the dispensing contractors' data: pure polars.

Quirks: until early 2025 a column per service (one heading with a stray space, three without a
name) and no month in the file; then a row per service among many others, with a BOM. The contract
turns the first shape into the second (`wide:`) and keeps only this service's rows (`keep:`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`."""
    return conform(raw, contract, edition)
