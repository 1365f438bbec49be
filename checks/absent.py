"""Who is missing: the members that a place had in the last accepted edition and has no more.

Belongs here: members of an edition set against those of the edition before, and their names. Does
not: how many there should be by coverage (`checks.places`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.conform import month_text
from assets.reference.organisations import reference
from checks.view import EditionView, listed
from warehouse.tidy import lake_paths

SHOWN = 10


def as_before(view: EditionView, months: pl.DataFrame) -> pl.DataFrame | None:
    """`sub_icb_code, month, present, expected`: of the practices of the last accepted edition's
    newest month those that are there, in each of the months; None if there is no such edition."""
    known = _practices_before(view)
    if known is None:
        return None
    here = view.practices().select("org_code", "month", present=pl.lit(1, pl.Int64))
    return (
        known.join(months, how="cross")
        .join(here, on=["org_code", "month"], how="left")
        .group_by("sub_icb_code", "month")
        .agg(pl.col("present").sum(), pl.len().cast(pl.Int64).alias("expected"))
        .sort("month", "sub_icb_code")
    )


def absent(view: EditionView, short: pl.DataFrame, of_practices: bool) -> str:
    """The places and months that are short (as `present_and_expected` has them), in words: each by
    code and name, and which practices it lacks as far as the edition before tells."""
    names, known = _place_names(), _practices_before(view)
    told = []
    for place, month, present, expected in short.select(
        "sub_icb_code", "month", "present", "expected"
    ).iter_rows():
        named = f"{place} {names.get(place, '')}".strip()
        if not of_practices:
            told.append(f"{named}, {month_text(month)}")
            continue
        lacking = _lacking(view, known, place, month) if present else []
        which = f": {listed(lacking, SHOWN)}" if lacking else ""
        told.append(
            f"{expected - present} of {expected} practices of {named}, {month_text(month)}{which}"
        )
    return listed(told, SHOWN, "; ")


def _lacking(view: EditionView, known: pl.DataFrame | None, place: str, month: date) -> list[str]:
    if known is None:
        return []
    here = view.practices().filter(pl.col("month") == month)["org_code"]
    gone = known.filter(
        (pl.col("sub_icb_code") == place) & ~pl.col("org_code").is_in(here.implode())
    )
    return [
        " ".join(filter(None, row))
        for row in gone.select("org_code", "org_name").sort("org_code").iter_rows()
    ]


def _practices_before(view: EditionView) -> pl.DataFrame | None:
    """`org_code, org_name, sub_icb_code` of the newest month of the last accepted edition."""
    earlier = view.earlier
    if earlier is None:
        return None
    seen = pl.concat(
        pl.read_parquet(lake_paths(earlier.home, file).organisations)
        for file in sorted(earlier.files, key=lambda file: file.order)
    ).filter(org_level="practice")
    newest = seen.filter(pl.col("month") == pl.col("month").max()).drop_nulls("sub_icb_code")
    if newest.is_empty():
        return None
    return newest.unique("org_code", keep="last", maintain_order=True).select(
        "org_code", "org_name", "sub_icb_code"
    )


def _place_names() -> dict[str, str]:
    """Newest name of each sub-ICB of the reference."""
    rows = reference().filter(org_level="sub_icb").sort("valid_from")
    return dict(rows.select("org_code", "org_name").iter_rows())
