"""Compare the figures of two editions: changes, figures that only one has, and the sums of both.

Belongs here: comparing frames of `month`, `org_code`, `measure`, `value`, `unreliable`. Does not:
reading them (`diff`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract

CHANGED, ONLY_OLD, ONLY_NEW = "changed", "only_old", "only_new"
CELL = ("month", "org_code")


def side_by_side(
    before: pl.DataFrame, after: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[date, date] | None]:
    """Return the figures to compare: where no month is in both (a monthly list), those of the
    newest month of each, under the later month, and these two months."""
    old, new = (sorted(frame["month"].unique()) for frame in (before, after))
    if not old or not new or set(old) & set(new):
        return before, after, None
    then, now = old[-1], new[-1]
    moved = before.filter(pl.col("month") == then).with_columns(month=pl.lit(now))
    return moved, after.filter(pl.col("month") == now), (then, now)


def changes_between(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return figures that differ, and those that only one side has."""
    both = before.join(
        after, on=[*CELL, "measure"], how="full", coalesce=True, suffix="_new"
    ).rename({"value": "old", "value_new": "new"})
    kind = (
        pl.when(pl.col("new").is_null())
        .then(pl.lit(ONLY_OLD))
        .when(pl.col("old").is_null())
        .then(pl.lit(ONLY_NEW))
        .otherwise(pl.lit(CHANGED))
    )
    return (
        both.filter(pl.col("old").ne_missing(pl.col("new")))
        .with_columns(
            kind.alias("kind"),
            (pl.col("new") - pl.col("old")).alias("change"),
            ratio("old", "new"),
            pl.any_horizontal(pl.col("unreliable", "unreliable_new").fill_null(False)).alias(
                "lost_rows"
            ),
        )
        .drop("unreliable", "unreliable_new")
    )


def ratio(old: str, new: str) -> pl.Expr:
    """Return the relative change; NULL where the old figure is zero or missing."""
    known = pl.col(old) != 0
    return pl.when(known).then(pl.col(new) / pl.col(old) - 1).alias("ratio")


def of_their_months(changes: pl.DataFrame, beside: tuple[date, date] | None) -> pl.DataFrame:
    """Return changes with `month` of the new figure, and `old_month` of the old one: another where
    the newest months of both editions are compared (`beside`); NULL where there is none."""
    then = pl.lit(beside[0]) if beside else pl.col("month")
    return changes.with_columns(
        old_month=pl.when(pl.col("kind") != ONLY_NEW).then(then),
        month=pl.when(pl.col("kind") == ONLY_OLD).then(then).otherwise("month"),
    )


def largest_first(changes: pl.DataFrame) -> pl.DataFrame:
    """Sort by size: first the changes, then what only one side has."""
    size = pl.coalesce("change", "old", "new").abs()
    return changes.sort(
        "kind", size, "month", "org_code", "measure", descending=[False, True, False, False, False]
    ).select(
        "kind", "month", "org_code", "org_name", "measure", "old", "new", "change", "ratio",
        "lost_rows", "old_month",
    )  # fmt: skip


def never_added(contract: Contract) -> dict[str, str]:
    """Measure -> why it must not be added over organisations, such as people who log in."""
    return {
        name: str(measure.not_additive_because)
        for name, measure in contract.measures.items()
        if not measure.additive_over_organisations
    }


def totals_apart(changes: pl.DataFrame, never_added: dict[str, str]) -> pl.DataFrame:
    """Sum up what only one side has by `kind`, `month` and `measure`."""
    total = pl.coalesce("old", "new").sum()
    return (
        changes.filter(pl.col("kind") != CHANGED)
        .group_by("kind", "month", "measure")
        .agg(
            pl.col("org_code").n_unique().alias("organisations"),
            pl.when(~pl.col("measure").first().is_in(list(never_added))).then(total).alias("total"),
        )
        .sort("kind", "month", "measure")
    )


def sums_of_both(
    before: pl.DataFrame, after: pl.DataFrame, wanted: dict[str, str], contract: Contract
) -> pl.DataFrame:
    """Return, per measure in the contract's order, the sums over what both sides have."""
    stocks = [n for n, m in contract.measures.items() if not m.additive_over_time]
    never = never_added(contract)
    words = pl.DataFrame({"measure": list(wanted), "title": list(wanted.values())})
    both = before.join(after, on=[*CELL, "measure"], suffix="_new")
    newest, name = pl.col("month").max(), pl.col("measure").first()
    # The month is given only where there are several to choose from.
    one_month = name.is_in(stocks) & (pl.col("month").n_unique() > 1)
    counted = (pl.col("month") == newest) | ~pl.col("measure").is_in(stocks)

    def added(column: str) -> pl.Expr:
        return pl.when(~name.is_in(list(never))).then(pl.col(column).filter(counted).sum())

    sums = (
        both.group_by("measure")
        .agg(
            pl.len().alias("cells"),
            (pl.col("value") != pl.col("value_new")).sum().alias("changed"),
            pl.when(one_month & ~name.is_in(list(never))).then(newest).alias("month"),
            added("value").alias("old"),
            added("value_new").alias("new"),
        )
        .with_columns(
            (pl.col("new") - pl.col("old")).alias("change"),
            ratio("old", "new"),
            pl.col("measure")
            .replace_strict(never, default=None, return_dtype=pl.String)
            .alias("not_added"),
        )
    )
    return words.join(sums, on="measure", how="left", maintain_order="left").with_columns(
        pl.col("cells", "changed").fill_null(0)
    )
