"""NHS App management information, ICB table of the workbook: pure polars.

Quirks: footnote marks in headings, notes below the table, an ICB `Unknown`; later workbooks have
further measures, and say `[x]` where there is none.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.transform.conform import conform


def parse(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Published rows -> conformed rows; shapes as in `transform.conform`."""
    return conform(raw, contract, edition)
