"""From which month on statistics are made anew, by figures and by digests of all else."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest

from warehouse.mart.kept_statistics import add_kept, since_of
from warehouse.mart.made_since import (
    ALWAYS,
    NEWEST,
    NEWEST_OF_PRACTICES,
    ChangedInput,
    Since,
    differences,
    first_months,
    note_input,
    note_newest,
)

TABLE = "kpi_inequality"
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


def test_rows_of_places_follow_from_figures_that_only_practices_have(
    db: duckdb.DuckDBPyConnection,
) -> None:
    db.execute(
        f"""CREATE SCHEMA stage;
        CREATE TABLE stage.kpi_fact AS
            SELECT unnest(['a', 'b', 'c']) AS kpi_id, 'practice' AS org_level;
        CREATE TABLE stage.since AS FROM (VALUES
            ('b', 'practice', DATE '2025-10-01'), ('c', 'pcn', DATE '2025-07-01'))
            AS t (kpi_id, org_level, month);
        CREATE TABLE stage.moved AS SELECT 'practice' AS org_level, 'X' AS org_code,
            NULL::DATE AS organisation_since, DATE '0001-01-01' AS first, DATE '9999-12-31' AS last;
        CREATE TABLE mart.kpi_monthly AS SELECT unnest(['a', 'b', 'c']) AS kpi_id,
            'practice' AS org_level, DATE '2025-10-01' AS month, 1.0 AS value;
        CREATE TABLE mart.kept_{TABLE} AS
            SELECT k.kpi_id, 'icb' AS org_level, 'QK1' AS org_code, m.month,
                   NULL::DATE AS organisation_since, 'icb:QK1' AS organisation_key
            FROM (SELECT unnest(['a', 'b', 'c', 'gone']) AS kpi_id) AS k,
                 (SELECT unnest([DATE '2023-10-01', DATE '2023-11-01', DATE '2025-07-01',
                                 DATE '2025-08-01']) AS month) AS m;
        CREATE TABLE mart.{TABLE} AS
            SELECT * EXCLUDE (organisation_key) FROM mart.kept_{TABLE} LIMIT 0;"""
    )
    note_newest(db, NEWEST_OF_PRACTICES)
    db.execute("CREATE TABLE before.statistic_digest AS FROM stage.statistic_digest")
    since = since_of(db, TABLE, "before")
    assert {(k, level): month for k, level, month in since.rows() if level == "icb"} == {
        ("a", "icb"): None,
        ("b", "icb"): AUGUST,  # the newest before, which had the intervals
        ("c", "icb"): None,
    }
    add_kept(db, TABLE, since)
    kept = db.execute(
        f"SELECT kpi_id, list(month ORDER BY month) FROM mart.{TABLE} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    november = date(2023, 11, 1)
    every = [november, JULY, AUGUST]
    assert kept == [("a", every), ("b", every[:2]), ("c", every)], "of the newest 24 months"
