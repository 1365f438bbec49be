"""What files state about organisations, as one table. Not here: which statement counts in a month
(`warehouse.mart.hierarchy`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby, pairwise

import polars as pl

from warehouse.base.home import Home
from warehouse.base.months import parse_month, window
from warehouse.contract.model import Contract, contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.reference.known_codes import as_known
from warehouse.reference.levels import TABLE
from warehouse.transform.dated import dated_levels
from warehouse.transform.derived import ROWS_OF, scan_derived, where

OPTIONAL = [one.name for one in TABLE if one.is_optional]


TOGETHER = 24  # files read at once: all of a feed's would take memory that grows with history


def observed(home: Home, placed: list[EditionFile]) -> Iterator[pl.DataFrame]:
    """What each file states about each organisation and month, with feed and vintage, in frames of
    some files each.

    `tells_<level>`: whether the feed names parents of an optional level, so that an empty parent
    means none. `is_register`: whether the feed lists organisations and counts nothing. `is_dated`:
    whether it is said since a date, and holds until the edition's month.
    """
    for feed, own in groupby(sorted(placed, key=_feed), key=_feed):
        contract = contracts()[feed]
        naming = {
            level: [o.level for o in contract.organisations if level in o.parents]
            for level in OPTIONAL
        }
        for stated in _stated(home, contract, list(own)):
            yield as_known(
                stated.with_columns(
                    *[
                        pl.col("org_level").is_in(levels).alias(f"tells_{level}")
                        for level, levels in naming.items()
                    ],
                    pl.lit(not contract.measures).alias("is_register"),
                    pl.col("org_level").is_in(dated_levels(contract)).alias("is_dated"),
                )
            )


def _feed(one: EditionFile) -> str:
    return one.file.feed


def _stated(home: Home, contract: Contract, placed: list[EditionFile]) -> Iterator[pl.DataFrame]:
    """What files of a feed state about organisations, with its name and their vintages.

    Without what an edition says since a date in months that a newer one covers, for a register
    states all its dates again.
    """
    editions = sorted({parse_month(one.file.edition) for one in placed})
    covered = {
        edition.year * 100 + edition.month: window(newer, contract.window_months)[0]
        for edition, newer in pairwise(editions)
    }
    levels = dated_levels(contract)
    for first in range(0, len(placed), TOGETHER):
        some = placed[first : first + TOGETHER]
        vintages = {where(home, "organisations", one.file)[1]: one.vintage for one in some}
        vintage = pl.col(ROWS_OF).replace_strict(vintages, return_dtype=pl.Int64).alias("vintage")
        stated = scan_derived(home, "organisations", [one.file for one in some]).collect()
        found = stated.with_columns(pl.lit(contract.feed).alias("feed"), vintage).drop(ROWS_OF)
        if levels:
            until = (pl.col("vintage") // 1000).replace_strict(
                covered, default=date.max, return_dtype=pl.Date
            )
            found = found.filter(~pl.col("org_level").is_in(levels) | (pl.col("month") < until))
        yield found
