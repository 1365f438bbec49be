"""From codes and names as published to the codes of the mart: ODS for NHS places, ONS for local
authorities. Not here: which organisation belongs to which (`warehouse.mart.hierarchy`)."""

from __future__ import annotations

import polars as pl

from warehouse.reference import local_authorities
from warehouse.reference.levels import KEY_COLUMNS, LEVELS
from warehouse.reference.organisations import ods_codes


def as_known(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace places by the codes of the mart: ODS for NHS places, ONS for local authorities.

    `frame` has any of the place columns (and of `org_level`, `org_code`). Publishers write local
    authorities as names; for an unknown name the code is NULL and `knows_authority` is false.
    """
    ods = ods_codes()
    columns = frame.columns
    places = [c for level, c in KEY_COLUMNS.items() if c in columns and not LEVELS[level].is_named]
    frame = frame.with_columns(pl.col(name).replace(ods) for name in places)
    if "local_authority" in columns:
        code = _authority_code(frame["local_authority"])
        is_known = frame["local_authority"].is_null() | code.is_not_null()
        frame = frame.with_columns(code, is_known.alias("knows_authority"))
    if "org_level" in columns:
        authority = _authority_code(
            frame.select(pl.when(org_level="local_authority").then("org_code"))["org_code"]
        )
        other = pl.when(pl.col("org_level") != "local_authority").then(
            pl.col("org_code").replace(ods)
        )
        frame = frame.with_columns(pl.coalesce(authority, other).alias("org_code"))
        frame = frame.drop_nulls("org_code")
    return frame


def _authority_code(names: pl.Series) -> pl.Series:
    """Codes of local authorities from published names; NULL for an unknown name."""
    codes = {one: local_authorities.code_of(one) for one in names.unique().drop_nulls().to_list()}
    return names.replace_strict(codes, default=None, return_dtype=pl.String).alias(names.name)
