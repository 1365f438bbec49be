"""Business rules of the pharmaceutical list: a list of the usual length, of boards that exist.

Belongs here: what must hold of this feed alone. Does not: what holds of every feed
(`checks.evidence`).
"""

from __future__ import annotations

import polars as pl

from assets.reference import local_authorities
from checks.view import SHOWN, EditionView, Evidence, Expectation, skipped

LISTED = "listed_pharmacies"


def size(view: EditionView) -> Evidence:
    """Pharmacies on the list against those on the list before."""
    rule = "list_size_in_bounds"
    before, why = view.previous()
    if before is None:
        return skipped(rule, why)
    now, then = _listed(view), _listed(before)
    share = view.check(rule).limit
    least, most = (1 - share) * then, (1 + share) * then
    met = least <= now <= most
    return Evidence(
        rule,
        LISTED,
        pl.DataFrame({"pharmacies": [now]}),
        Expectation(
            "ExpectColumnMaxToBeBetween",
            {"column": "pharmacies", "min_value": least, "max_value": most},
        ),
        expected=f"within {share:.0%} of the {then:,} of {before.edition}",
        observed=f"{now:,} pharmacies",
        failed_rows=0 if met else abs(now - then),
        total_rows=max(now, then),
        message=""
        if met
        else f"{now:,} pharmacies, {then:,} on the list of {before.edition}: is it the whole list?",
    )


def _listed(view: EditionView) -> int:
    cells = view.measures()
    return 0 if cells is None else int(cells[LISTED].sum())


def boards(view: EditionView) -> Evidence:
    """Boards as published against the local authorities that there are."""
    named = view.newest_rows("local_authority_name").select(
        pl.col("local_authority_name").cast(pl.String).alias("board")
    )
    counted = named.drop_nulls().group_by("board").len().sort("board")
    known = [local_authorities.code_of(board) is not None for board in counted["board"]]
    unknown = counted.filter(~pl.Series(known, dtype=pl.Boolean))
    shown = [f"`{board}` ({rows:,})" for board, rows in unknown.head(SHOWN).iter_rows()]
    more = f" and {unknown.height - SHOWN:,} more" if unknown.height > SHOWN else ""
    return Evidence(
        "boards_known",
        "local_authority_name",
        unknown.select(pl.col("board").alias("value")),
        Expectation("ExpectTableRowCountToEqual", {"value": 0}),
        expected="boards of local authorities that there are",
        observed=f"{unknown.height:,} unknown of {counted.height:,} boards",
        failed_rows=int(unknown["len"].sum()),
        total_rows=named.height,
        message=f"pharmacies under boards that no local authority is known by: {', '.join(shown)}"
        f"{more}; if a spelling is new, add it to assets/reference/local_authorities.csv"
        if shown
        else "",
    )


RULES = {"list_size_in_bounds": size, "boards_known": boards}
