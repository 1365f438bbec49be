"""Verdicts of the release before checks were suites of expectations, and those of a home today."""

from pathlib import Path

import polars as pl

from warehouse.base.home import Home
from warehouse.editions.check_history import read_history

BEFORE = Path(__file__).parents[1] / "data" / "verdicts_before.parquet"
COLUMNS = ["feed", "edition", "rule", "column_name", "verdict"]


def verdicts_before(world: str) -> list[tuple[str, ...]]:
    """The verdict of every edition, check and column in `sample`, `real` or `england`."""
    return pl.read_parquet(BEFORE).filter(world=world).select(COLUMNS).sort(COLUMNS).rows()


def verdicts_today(home: Home) -> list[tuple[str, ...]]:
    """The newest verdict of every edition, check and column of a home, of the feeds and checks of
    then."""
    then = pl.read_parquet(BEFORE)
    history = read_history(home).filter(
        *(pl.col(name).is_in(then[name].unique().implode()) for name in ("feed", "rule"))
    )
    newest = pl.col("checked_at") == pl.col("checked_at").max().over("feed", "edition")
    return history.filter(newest).select(COLUMNS).unique().sort(COLUMNS).rows()
