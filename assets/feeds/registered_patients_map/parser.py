"""Map of practices on the patient lists: pure polars.

Quirks: mixed-case month (`01Jul2026`); PCN empty or `U` where a practice is in none.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform, unallocated_to_null


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`, PCN `U` as null."""
    return unallocated_to_null(conform(raw, contract, edition))
