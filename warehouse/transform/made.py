"""Columns that no file has, made of typed columns of the same row (`made_of:`). Pure polars. Not
here: what they are made of (`warehouse.contract.made_columns`)."""

from __future__ import annotations

import polars as pl

from warehouse.base.decimals import KIND
from warehouse.contract.made_columns import PartOf
from warehouse.contract.model import Contract


def made_columns(contract: Contract) -> list[pl.Expr]:
    """The columns of a contract that are made of others, of typed rows."""
    return [
        _part(column.made_of).alias(name)
        for name, column in contract.columns.items()
        if column.made_of
    ]


def _part(wanted: PartOf) -> pl.Expr:
    share, of = pl.col(wanted.share), pl.col(wanted.of).cast(KIND)
    part = share * of
    if wanted.counted:
        counts = [pl.col(name).cast(KIND) for name in wanted.counted]
        part = pl.coalesce(pl.sum_horizontal(*counts, ignore_nulls=False), part)
    return pl.when(share.is_not_null() & of.is_not_null()).then(part)
