"""From which month on statistics are made anew, by figures and by digests of all else."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest

from warehouse.mart.made_since import (
    ALWAYS,
    NEWEST,
    ChangedInput,
    Since,
    differences,
    first_months,
    note_input,
    note_newest,
)

JULY, AUGUST, OCTOBER = date(2025, 7, 1), date(2025, 8, 1), date(2025, 10, 1)
PLACES = {"kpi_id": ["a", "a", "b"], "month": [JULY, AUGUST, JULY], "place": ["1", "2", "3"]}


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    made.execute("CREATE SCHEMA before; ATTACH ':memory:' AS mart")
    yield made
    made.close()


def remember(db: duckdb.DuckDBPyConnection) -> None:
    """What is noted becomes that of the build before."""
    db.execute("CREATE TABLE before.statistic_digest AS FROM stage.statistic_digest")
    db.execute("DELETE FROM stage.statistic_digest")


def test_only_what_differs_is_found_whatever_the_order(db: duckdb.DuckDBPyConnection) -> None:
    places = pl.DataFrame(PLACES)
    note_input(db, "places", places, "kpi_id", "month")
    note_input(db, "peers", places)
    remember(db)
    note_input(db, "places", places.reverse(), "kpi_id", "month")
    note_input(db, "peers", places.reverse())
    assert differences(db, "before") == []
    db.execute("DELETE FROM stage.statistic_digest")
    moved = places.with_columns(place=pl.when(pl.col("month") < AUGUST).then("place"))
    note_input(db, "places", moved.filter(pl.col("kpi_id") == "a"), "kpi_id", "month")
    found = {(one.kpi_id, one.month) for one in differences(db, "before")}
    assert found == {("a", AUGUST), ("b", JULY), (None, None)}, "one moved, the others are gone"


def test_an_earlier_newest_month_differs_and_a_later_one_does_not(
    db: duckdb.DuckDBPyConnection,
) -> None:
    db.execute("CREATE TABLE mart.kpi_monthly AS SELECT 'a' AS kpi_id, DATE '2025-08-01' AS month")
    note_newest(db, NEWEST)
    remember(db)
    db.execute("UPDATE mart.kpi_monthly SET month = DATE '2025-10-01'")
    note_newest(db, NEWEST)
    assert differences(db, "before") == []
    db.execute("DELETE FROM stage.statistic_digest")
    db.execute("UPDATE mart.kpi_monthly SET month = DATE '2025-07-01'")
    note_newest(db, NEWEST)
    assert differences(db, "before") == [ChangedInput(NEWEST, "a", None, None)]


def since(*found: ChangedInput, inputs: tuple[str, ...] = ("places",)) -> Since:
    figures = {("a", "icb"): OCTOBER, ("a", "practice"): date.max, ("b", "icb"): date.max}
    return first_months(figures, list(found), inputs)


def test_the_first_figure_or_input_that_differs_counts() -> None:
    nothing = [("a", "icb", OCTOBER), ("a", "practice", None), ("b", "icb", None)]
    assert since().rows() == nothing
    assert since(ChangedInput("of other tables", None, None, None)).rows() == nothing
    of_level = since(ChangedInput("places", None, "practice", AUGUST), inputs=("places", "peers"))
    assert of_level["since"].to_list() == [OCTOBER, AUGUST, None]
    of_kpi = since(
        ChangedInput("places", "b", None, None), ChangedInput("places", "a", "icb", JULY)
    )
    assert of_kpi["since"].to_list() == [JULY, None, ALWAYS]
