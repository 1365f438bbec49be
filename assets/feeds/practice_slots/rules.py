"""Business rule of practices' slot reports: a report that holds several months has rows twice."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.expectations import between
from checks.feed_rules import Rule
from warehouse.base.months import month_text
from warehouse.base.number_format import percent


def repeated(view: EditionView) -> Evidence:
    """Find reports in which rows have the same member of staff and slot type as earlier ones. Of a
    practice that added its slots up itself nothing is known."""
    rows = view.newest_rows("repeated").drop_nulls("repeated")
    by_report = rows.group_by("org_code", "month").agg(
        pl.len().alias("rows"), pl.col("repeated").sum().alias("again")
    )
    limit = view.check("slots_of_one_month").limit
    share = (pl.col("again") / pl.col("rows")).alias("number")
    found = by_report.with_columns(share).sort("org_code", "month")
    over = found.filter(pl.col("number") > limit)
    named = [
        f"{code} {month_text(month)} ({again:,} of {every:,} rows)"
        for code, month, every, again in over.select(
            "org_code", "month", "rows", "again"
        ).iter_rows()
    ]
    item = pl.concat_str("org_code", pl.col("month").dt.strftime("%Y-%m"), separator=" ")
    return Evidence(
        "slots_of_one_month",
        "repeated",
        found.select(item.alias("item"), pl.col("number").cast(pl.Float64)),
        expected=f"at most {percent(limit, 0)} of a report's rows",
        observed=f"{len(named)} of {found.height:,} report(s) have more",
        failed_rows=int(over["again"].sum()),
        total_rows=int(found["rows"].sum()),
        message=f"{', '.join(named)}: the report may cover several months, or be joined from "
        "several, so that its slots are too many for one; export each month, and import it again"
        if named
        else "",
    )


RULES = {
    "slots_of_one_month": Rule(repeated, lambda _, check: {"repeated": between(0, check.limit)})
}
