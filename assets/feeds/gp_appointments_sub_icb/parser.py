"""Sub-ICB monthly GP appointments ("Regional CSV"): pure polars.

Quirks: headings of the CCG era (2021) and of today; a key of the 2021 files can stand twice,
because merged CCGs were relabelled, and its rows must be added up, never dropped.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`, repeats kept."""
    return conform(raw, contract, edition)
