"""Business rules of the pharmaceutical list: a list of the usual length, of boards that exist.

Belongs here: what must hold of this feed alone. Does not: what holds of every feed
(`checks.evidence`).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from assets.reference import local_authorities
from assets.vocabulary import fold
from checks.rules import Check
from checks.view import EditionView, Evidence, Expectation, skipped

LOOKS_BACK = 7  # two quarters, and a month for a list that is named by another month of its quarter
TOLERANCE = 0.1
LISTED = "listed_pharmacies"
SHOWN = 5

CHECKS = (
    Check(
        "list_size_in_bounds",
        "About as many pharmacies as on the list before",
        "drift",
        "completeness",
        "WARN",
    ),
    Check("boards_known", "Every board is a known local authority", "rules", "validity", "WARN"),
)


def gather(view: EditionView) -> Iterator[Evidence]:
    """Evidence for each of `CHECKS`, in that order."""
    yield _size(view)
    yield _boards(view)


def _size(view: EditionView) -> Evidence:
    """Pharmacies on the list against those on the list before."""
    rule = "list_size_in_bounds"
    before, why = view.previous()
    if before is None:
        return skipped(rule, why)
    now, then = _listed(view), _listed(before)
    least, most = (1 - TOLERANCE) * then, (1 + TOLERANCE) * then
    met = least <= now <= most
    return Evidence(
        rule,
        LISTED,
        pl.DataFrame({"pharmacies": [now]}),
        Expectation(
            "ExpectColumnMaxToBeBetween",
            {"column": "pharmacies", "min_value": least, "max_value": most},
        ),
        expected=f"within {TOLERANCE:.0%} of the {then:,} of {before.edition}",
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


def _boards(view: EditionView) -> Evidence:
    """Boards as published against the local authorities that there are."""
    named = view.newest_rows("local_authority_name").select(
        pl.col("local_authority_name").cast(pl.String).alias("board")
    )
    counted = named.drop_nulls().group_by("board").len().sort("board")
    known = [fold(board) in local_authorities.codes() for board in counted["board"]]
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
