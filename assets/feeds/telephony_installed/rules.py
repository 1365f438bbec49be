"""Business rule of installed telephony: the go-live date says whether a practice was live."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from warehouse.readers.raw_rows import SOURCE_ROW


def go_live(view: EditionView) -> Evidence:
    """Find rows that are live before their go-live date, or not live by the end of a month after
    it. A date within the month fits both."""
    month, since, live = pl.col("month"), pl.col("live_since"), pl.col("live") == "Yes"
    rows = view.scan_tidy().select(
        SOURCE_ROW,
        "practice_code",
        "live",
        since,
        early=live & (since > month.dt.month_end()),
        late=~live & (since < month),
    )
    every = rows.drop_nulls("live_since").collect().sort(SOURCE_ROW)
    wrong = every.filter(pl.col("early") | pl.col("late"))
    found = [
        f"row {row}: {code} is {live}, with go-live date {day}, "
        + ("after the month" if early else "before the month")
        for row, code, live, day, early, _ in wrong.iter_rows()
    ]
    return offences(
        "telephony_go_live",
        found,
        expected="Yes from the month of the go-live date on, and No before it",
        observed=f"{len(found):,} of {every.height:,} rows with a date differ",
        total=every.height,
        message=f"{listed(found, mark='; ')}. Correct the date, or whether the system was live",
        column="live_since",
    )


RULES = {"telephony_go_live": Rule(go_live)}
