"""Patient lists: registered patients by practice, and which practices exist. Not here: comparing
with them (`checks.population`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import polars as pl

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.months import month_text
from warehouse.contract.model import contracts
from warehouse.editions.check_history import nearest_list
from warehouse.editions.parts_and_revisions import in_order, latest_cells
from warehouse.reference.organisations import valid_at
from warehouse.transform.derived import read_derived
from warehouse.transform.lake import facts_of

NO_PATIENTS = pl.DataFrame(
    schema={"org_code": pl.String, "month": pl.Date, "patients": pl.Int64},
)


def population(
    home: Home, files: Sequence[SourceFile], level: str, months: Sequence[date]
) -> pl.DataFrame:
    """Return `org_code, month, patients` of practices, sub-ICBs or ICBs; none at other levels.

    Each month uses its nearest list. A place with members missing from the list has no row.
    """
    held = {file.edition for file in files}
    found = [NO_PATIENTS]
    for month in months:
        edition = nearest_list(held, month_text(month))
        if edition is not None:
            listed = read_list(home, [file for file in files if file.edition == edition])
            found.append(
                _at_level(listed, level, month).select(
                    "org_code", pl.lit(month, pl.Date).alias("month"), "patients"
                )
            )
    return pl.concat(found)


def _at_level(listed: pl.DataFrame, level: str, month: date) -> pl.DataFrame:
    """Return `org_code, patients` of a list at a level, on the boundaries of the month."""
    if level == "practice":
        return listed.select("org_code", "patients")
    places = (
        listed.drop_nulls("sub_icb_code")
        .group_by(pl.col("sub_icb_code").alias("org_code"))
        .agg(pl.col("patients").sum())
    )
    if level == "sub_icb":
        return places
    members = valid_at(month).filter(org_level="sub_icb")
    added = (
        members.select("org_code", "parent_code")
        .join(places, on="org_code", how="left")
        .group_by(pl.col("parent_code").alias("org_code"))
        .agg(pl.col("patients").sum(), pl.col("patients").null_count().alias("lacking"))
    )
    return added.filter((pl.col("lacking") == 0) & (pl.lit(level) == "icb"))


def practices(home: Home, files: Sequence[SourceFile]) -> frozenset[str]:
    """Return the codes of all practices on any of these lists."""
    editions = {file.edition for file in files}
    lists = [read_list(home, [f for f in files if f.edition == one]) for one in sorted(editions)]
    return frozenset[str]().union(*(one["org_code"] for one in lists))


def places_of(home: Home, files: Sequence[SourceFile]) -> dict[str, str]:
    """Return the sub-ICB of each practice on any of these lists: by the newest that has one."""
    found: dict[str, str] = {}
    for edition in sorted({file.edition for file in files}):
        listed = read_list(home, [file for file in files if file.edition == edition])
        placed = listed.drop_nulls("sub_icb_code").select("org_code", "sub_icb_code")
        found |= dict(placed.iter_rows())
    return found


def read_list(home: Home, files: Sequence[SourceFile]) -> pl.DataFrame:
    """Return `org_code, patients, sub_icb_code` of one list: of each practice's last complete
    revision."""
    ordered = in_order(files)
    measure = next(n for n, m in contracts()[files[0].feed].measures.items() if m.unit == "people")
    facts = [repr(facts_of(home, file)) for file in ordered]
    return _read_list(home, tuple(ordered), tuple(facts), measure)


@lru_cache(maxsize=256)
def _read_list(
    home: Home, files: tuple[SourceFile, ...], _facts: tuple[str, ...], measure: str
) -> pl.DataFrame:
    """Read a list, cached until its facts change: many editions use the same one."""
    keys = ["org_code", "month"]
    cells = latest_cells(read_derived(home, "measures", files))
    named = read_derived(home, "organisations", files)
    named = named.filter(pl.col("org_level") == "practice").drop_nulls("sub_icb_code")
    places = named.unique(keys, keep="last", maintain_order=True).select(*keys, "sub_icb_code")
    return cells.join(places, on=keys, how="left").select(
        "org_code", pl.col(measure).alias("patients"), "sub_icb_code"
    )
