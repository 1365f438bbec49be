"""Since when organisations are what they are, for tables that are worked out in frames: the part of
`organisation_key` that changes. Not here: the periods (`organisation_periods`)."""

from __future__ import annotations

import polars as pl

from warehouse.mart.hierarchy import Connection

PLACE = ["org_level", "org_code"]
SINCE = "organisation_since"


def load_beginnings(db: Connection) -> pl.DataFrame:
    """`org_level, org_code, organisation_since`: the first day of each period of an organisation of
    the attached mart but its earliest, whose key has none."""
    found: pl.DataFrame = db.sql(
        f"""SELECT org_level, org_code, valid_from AS {SINCE} FROM mart.organisation
        QUALIFY row_number() OVER (PARTITION BY org_level, org_code ORDER BY valid_from) > 1
        ORDER BY {SINCE}"""
    ).pl()
    return found


def with_since(frame: pl.DataFrame, beginnings: pl.DataFrame, month: str = "month") -> pl.DataFrame:
    """The rows (`org_level, org_code`, and a day in column `month`), in their order, with
    `organisation_since` of the period in which that day is."""
    days = frame.with_row_index("_row").sort(month)
    found = days.join_asof(
        beginnings.with_columns(pl.col(SINCE).cast(pl.Date)),
        left_on=month,
        right_on=SINCE,
        by=PLACE,
        check_sortedness=False,  # both are sorted; within groups polars can't tell
        coalesce=False,
    )
    return found.sort("_row").drop("_row")
