"""Missing members: those that a place had in the last accepted edition and no longer has. Not here:
how many there should be by coverage (`checks.completeness`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.edition_view import EditionView
from warehouse.base.months import month_text
from warehouse.editions.parts_and_revisions import in_order
from warehouse.reference.organisations import reference
from warehouse.transform.derived import read_derived

SHOWN = 10


def as_before(view: EditionView, months: pl.DataFrame) -> pl.DataFrame | None:
    """Return `sub_icb_code, month, present, expected`: how many practices of the last accepted
    edition's newest month are present in each month; None if there is no such edition."""
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
    """Describe incomplete places (rows of `present_and_expected`): code, name, months, and the
    practices missing compared with the edition before."""
    names, known = _place_names(), _practices_before(view)
    told = []
    ordered = short.sort("sub_icb_code", "month")
    codes = ordered["sub_icb_code"].unique(maintain_order=True).to_list()
    for place in codes[:SHOWN]:
        rows = ordered.filter(pl.col("sub_icb_code") == place)
        said = f"{place} {names.get(place, '')}".strip() + f", {_span(rows['month'].to_list())}"
        if of_practices:
            newest = rows.tail(1).to_dicts()[0]
            lacking = _lacking(view, known, place, newest["month"]) if newest["present"] else []
            which = f": {_named(lacking)}" if lacking else ""
            count = newest["expected"] - newest["present"]
            said = f"{count} of {newest['expected']} practices of {said}{which}"
        told.append(said)
    more = codes[SHOWN:]
    return "; ".join(told) + (f"; and {len(more):,} more: {', '.join(more)}" if more else "")


def _span(months: list[date]) -> str:
    """`2025-10`, or `2019-03 to 2021-08 (30 months)`."""
    first, last = month_text(months[0]), month_text(months[-1])
    return first if len(months) == 1 else f"{first} to {last} ({len(months)} months)"


def _named(practices: list[tuple[str, str | None]]) -> str:
    shown = [" ".join(filter(None, one)) for one in practices[:SHOWN]]
    return ", ".join([*shown, *(code for code, _ in practices[SHOWN:])])


def _lacking(
    view: EditionView, known: pl.DataFrame | None, place: str, month: date
) -> list[tuple[str, str | None]]:
    if known is None:
        return []
    here = view.practices().filter(pl.col("month") == month)["org_code"]
    gone = known.filter(
        (pl.col("sub_icb_code") == place) & ~pl.col("org_code").is_in(here.implode())
    )
    return list(gone.select("org_code", "org_name").sort("org_code").iter_rows())


def _practices_before(view: EditionView) -> pl.DataFrame | None:
    """Return `org_code, org_name, sub_icb_code` of the last accepted edition's newest month."""
    earlier = view.earlier
    if earlier is None:
        return None
    files = in_order(earlier.files)
    seen = read_derived(earlier.home, "organisations", files).filter(org_level="practice")
    newest = seen.filter(pl.col("month") == pl.col("month").max()).drop_nulls("sub_icb_code")
    if newest.is_empty():
        return None
    return newest.unique("org_code", keep="last", maintain_order=True).select(
        "org_code", "org_name", "sub_icb_code"
    )


def _place_names() -> dict[str, str]:
    rows = reference().filter(org_level="sub_icb").sort("valid_from")
    return dict(rows.select("org_code", "org_name").iter_rows())
