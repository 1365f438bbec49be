"""Practice-level crosstab of GP appointments: pure polars.

Quirks: two label families, `8  to 14 Days` with double spaces, PCN `U` for none; a month may
come in two files, which are parts of one edition.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform, unallocated_to_null


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`, PCN `U` as null."""
    return unallocated_to_null(conform(raw, contract, edition))
