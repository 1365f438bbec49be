"""Compare two editions of a feed: what they have in common, and whether they can be compared. Not
here: evaluating a difference (`checks.drift`, `checks.files`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from checks.edition_view import EditionView
from warehouse.base.months import add_months, month_text

# Further apart, editions differ for good reasons; yearly figures are always a year apart.
MOST_MONTHS = 3


def near(view: EditionView) -> tuple[EditionView | None, str]:
    """Return the nearest earlier accepted edition, if at most three months older, or of the period
    before; else why not."""
    before, why = view.previous()
    if before is None:
        return None, why
    most = max(MOST_MONTHS, view.contract.period.every)
    if before.month < add_months(view.month, -most):
        return None, f"{before.edition}, the edition before, is over {most} months older"
    return before, ""


@dataclass(frozen=True)
class Compared:
    """An edition and the one before it, on the organisations and months that both have.

    `cells`: a row per organisation and month, with the measures (and `rows`) of this edition and,
    under `_before`, of the one before. `restated`: whether there are restated months; if not, the
    newest month of each is compared. `now`, `then`: codes of the organisations in the newest month
    of this edition, and of the one before.
    """

    before: EditionView
    restated: bool
    cells: pl.DataFrame
    now: frozenset[str]
    then: frozenset[str]

    @property
    def span_text(self) -> str:
        """Describe what is compared."""
        months = self.cells["month"].n_unique()
        if self.restated:
            return f"{months} month(s) that are in both"
        return "the newest month of each, as no month is restated"


@lru_cache(maxsize=2)  # several checks of one edition in a row
def compare(view: EditionView) -> Compared | str:
    """Compare an edition with the one before it, or give the reason why it can't be compared.

    Cells that lost rows to quarantine are left out on either side.
    """
    before, why = near(view)
    if before is None:
        return why
    ours, theirs = _whole(view), _whole(before)
    if ours.is_empty() or theirs.is_empty():
        return f"no organisation-month is free of quarantined rows here and in {before.edition}"
    newest, newest_before = ours["month"].max(), theirs["month"].max()
    restated = not set(ours["month"]).isdisjoint(theirs["month"])
    if restated:
        cells = ours.join(theirs, on=["org_code", "month"], suffix="_before")
    else:
        cells = ours.filter(month=newest).join(
            theirs.filter(month=newest_before).drop("month"), on="org_code", suffix="_before"
        )
    return Compared(
        before,
        restated,
        cells,
        frozenset(ours.filter(month=newest)["org_code"]),
        frozenset(theirs.filter(month=newest_before)["org_code"]),
    )


def _whole(view: EditionView) -> pl.DataFrame:
    cells = view.measures()
    if cells is None:
        return pl.DataFrame(schema={"org_code": pl.String, "month": pl.Date})
    reliable = cells.filter(~pl.col("unreliable")).drop("unreliable", "digest")
    return reliable.sort("month", "org_code")


def span(months: pl.Series) -> str:
    """`2025-06 to 2025-10`."""
    ordered = months.sort()
    first, last = month_text(ordered[0]), month_text(ordered[-1])
    return first if first == last else f"{first} to {last}"
