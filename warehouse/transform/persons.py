"""Files with a person per row: their rows are added up as they are read, and no row, nor a value of
one, goes further. Pure polars. Not here: which feeds these are (`persons: true` in a contract)."""

from __future__ import annotations

import polars as pl

from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW
from warehouse.transform.conform import RAW

WITHHELD = "withheld"


def add_up(rows: pl.LazyFrame, contract: Contract) -> pl.LazyFrame:
    """Accepted rows added up by all that is no number, in the order of these columns. A sum is no
    row of the file, so `source_row` is null."""
    named = [name for name in contract.columns if name not in contract.numbers]
    return (
        rows.group_by(named)
        .agg(pl.col(contract.numbers).sum())
        .sort(named, nulls_last=True)
        .select(pl.lit(None, pl.UInt32).alias(SOURCE_ROW), *contract.columns)
    )


def withhold(broken: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows that break a rule without what is written in them. Readable codes of organisations, and
    months, stay: they tell whose figures are affected. So does a row's number in the file, by which
    the publisher finds it.

    `broken`: as `conform` returns them; so is the result, with `withheld` for each published text.
    """
    codes = {name for one in contract.organisations for name in one.columns if name}
    codes = {name for name in codes if contract.columns[name].pattern}
    typed = [name for name in contract.columns if contract.columns[name].type != "month"]
    published = [name for name in broken.columns if name.startswith(RAW)]
    return broken.with_columns(
        *[_readable(contract, name) for name in typed if name in codes],
        *[pl.lit(None, broken.schema[name]).alias(name) for name in typed if name not in codes],
        *[_marked(name, WITHHELD) for name in published],
        # A line break tells that other rows may be lost, too.
        pl.coalesce(
            pl.when(pl.col(OVERFLOW).str.contains("\n", literal=True)).then(pl.lit("\n")),
            _marked(OVERFLOW, WITHHELD),
        ).alias(OVERFLOW),
    )


def _readable(contract: Contract, name: str) -> pl.Expr:
    right = pl.col(name).str.contains(contract.columns[name].pattern or "")
    return pl.when(right).then(name).alias(name)


def _marked(name: str, mark: str) -> pl.Expr:
    written = pl.col(name).cast(pl.String).str.strip_chars() != ""
    return pl.when(written).then(pl.lit(mark)).alias(name)
