"""The dated reference of England, regions, ICBs and sub-ICBs: ODS and ONS codes, and parents. Not
here: practices and networks, which feeds name month by month.

The table is exact from July 2022. An earlier month uses the first row of codes that existed
then: publishers restate earlier months on the boundaries of the release. A code created later
has no parents before that, so that it never appears beside the code it replaced.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from warehouse.reference.levels import DATED

TABLE = Path(__file__).with_name("organisations.csv")
BASE = date(2022, 7, 1)
ENGLAND = "E92000001"


@cache
def reference() -> pl.DataFrame:
    """The shipped table, one row per code and period, with `effective_from` and `effective_to`.

    These have no gaps or nulls: the first period of a code of July 2022 or before has no beginning.
    """
    table = pl.read_csv(TABLE, schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date})
    earliest = pl.col("valid_from").min().over("org_level", "org_code")
    first = (pl.col("valid_from") == earliest) & (earliest <= BASE)
    return table.with_columns(
        pl.when(first)
        .then(date(1900, 1, 1))
        .otherwise(pl.col("valid_from"))
        .alias("effective_from"),
        pl.col("valid_to").fill_null(date(9999, 12, 31)).alias("effective_to"),
    )


@cache
def ods_codes() -> dict[str, str]:
    """ONS code -> ODS code of every region, ICB and sub-ICB that ever had it."""
    return dict(reference().select("ons_code", "org_code").iter_rows())


@cache
def valid_at(month: date) -> pl.DataFrame:
    """The rows of `reference` of codes that were valid in a month."""
    return reference().filter(pl.lit(month).is_between("effective_from", "effective_to"))


@cache
def members_at(level: str, code: str, month: date) -> tuple[str, ...]:
    """Codes of the sub-ICBs that belonged to a place in a month."""
    valid = valid_at(month)
    found = {code}
    for step in reversed(DATED):
        inside = valid.filter((pl.col("org_level") == step) & pl.col("parent_code").is_in(found))
        found |= set(inside["org_code"])
    subs = set(valid.filter(pl.col("org_level") == "sub_icb")["org_code"])
    return tuple(sorted(found & subs))
