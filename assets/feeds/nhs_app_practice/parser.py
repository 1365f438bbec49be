"""NHS App by practice, a local export of the dashboard: pure polars.

Quirks: all that people and spreadsheets do to a table; `template.csv` shows how it should look.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`."""
    return conform(raw, contract, edition)
