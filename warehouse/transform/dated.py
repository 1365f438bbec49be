"""Rows with dates as months: in which months of an edition a row holds, and from which month on it
says where an organisation is. Pure polars. Not here: measures, and organisations (`measure`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.base.months import days_of, month_text, parse_month, window
from warehouse.contract.entries import Organisation
from warehouse.contract.model import Contract
from warehouse.reference.levels import LEVELS

FOR_EVER = date(9999, 12, 31)


def dated_levels(contract: Contract) -> list[str]:
    """Levels of which a feed says since which day an organisation is where."""
    return [one.level for one in contract.organisations if one.since]


def by_months(
    rows: pl.LazyFrame, contract: Contract, edition: date, one: Organisation
) -> pl.LazyFrame:
    """Rows with dates, once for each `month` of the edition with a day from `since` to `until`; not
    for months before any of the contract's measures."""
    first, last = window(edition, contract.window_months)
    starts = [measure.first_month or month_text(first) for measure in contract.measures.values()]
    first = max(first, parse_month(min(starts)))
    since, until = _dates(one)
    months = pl.date_ranges(_within(since, first), pl.min_horizontal(until, last), "1mo")
    held = _holds(since, until, first, last)
    return rows.filter(held).with_columns(months.alias("month")).explode("month")


def statements(
    rows: pl.LazyFrame, contract: Contract, edition: date, one: Organisation
) -> pl.LazyFrame:
    """What rows say of organisations since a date, once, with the first `month` in which it holds.

    Of several that begin in one month the latest counts. Where an optional parent ends and none
    follows within a month, a further row says that there is none.
    """
    first, last = window(edition, contract.window_months)
    since, until = _dates(one)
    ordered = rows.filter(since.is_not_null()).sort(one.code, since, until.fill_null(FOR_EVER))
    begun = ordered.filter(_holds(since, until, first, last)).with_columns(
        _within(since, first).alias("month")
    )
    said = begun.unique([one.code, "month"], keep="last", maintain_order=True)
    optional = [column for level, column in one.parents.items() if LEVELS[level].is_optional]
    if not (optional and one.until):
        return said
    ended = until.fill_null(FOR_EVER).cum_max().over(one.code)
    after = _within(ended.dt.offset_by("1mo"), first)
    follows = (since.shift(-1).over(one.code).dt.truncate("1mo") <= after).fill_null(False)
    without = ordered.filter((ended < FOR_EVER) & ~follows & (after <= last))
    none = [pl.lit(None, pl.String).alias(column) for column in optional]
    return pl.concat([said, without.with_columns(after.alias("month"), *none)])


def _dates(one: Organisation) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(one.since or ""), pl.col(one.until) if one.until else pl.lit(None, pl.Date)


def _within(day: pl.Expr, first: date) -> pl.Expr:
    """The month of a day, or the first month of the edition if that is later."""
    return pl.max_horizontal(day.dt.truncate("1mo"), pl.lit(first))


def _holds(since: pl.Expr, until: pl.Expr, first: date, last: date) -> pl.Expr:
    """Whether a row holds on any day of the months from the first to the last."""
    return (since <= days_of(last)[-1]) & (until >= first).fill_null(True)
