"""Patients registered at a GP practice, all persons: pure polars.

Quirks: ISO dates today, `01JAN2021` and CCG headings in 2021; the name of a file is not its month.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`."""
    return conform(raw, contract, edition)
