"""Why a figure has no value: in words that fit what it is made of."""

import duckdb
import pytest

from warehouse.mart.figure_status import with_status


@pytest.fixture
def latest() -> duckdb.DuckDBPyConnection:
    """`stage.latest`, empty, and the tables beside it."""
    db = duckdb.connect()
    db.execute(
        """ATTACH ':memory:' AS mart;
        CREATE SCHEMA stage;
        CREATE TABLE stage.latest (series BIGINT, ordinal BIGINT, month DATE, kpi_id VARCHAR,
            org_level VARCHAR, unit VARCHAR, feed VARCHAR, value DOUBLE, numerator DOUBLE,
            denominator DOUBLE, members_present BIGINT, members_expected BIGINT,
            suppressed BOOLEAN, reason VARCHAR, disputed VARCHAR, edition VARCHAR,
            is_month BOOLEAN);
        CREATE TABLE stage.dispute_reason (disputed VARCHAR, reason VARCHAR);
        CREATE TABLE stage.held_figure (series BIGINT, ordinal BIGINT, held VARCHAR,
            released VARCHAR);
        CREATE TABLE stage.covered (feed VARCHAR, month DATE);
        CREATE TABLE mart.kpi_provisional (kpi_id VARCHAR, org_level VARCHAR,
            provisional_from DATE, rule VARCHAR);"""
    )
    return db


@pytest.mark.parametrize(
    ("level", "unit", "parts", "because"),
    [
        ("icb", "events", (None, None), "a part of it is missing"),
        ("icb", "share", (12.0, None), "its denominator is incomplete"),
        ("icb", "rate_per_1000", (None, 900.0), "its numerator is incomplete"),
        ("icb", "share", (None, None), "its numerator or denominator is incomplete"),
        (
            "pcn",
            "people",
            (None, None),
            "a sub-ICB in which it has practices is incomplete, or a part of it is missing",
        ),
    ],
)
def test_the_reason_names_what_is_missing_and_no_denominator_of_a_count(
    latest: duckdb.DuckDBPyConnection,
    level: str,
    unit: str,
    parts: tuple[float | None, float | None],
    because: str,
) -> None:
    latest.execute(
        """INSERT INTO stage.latest VALUES (1, 1, DATE '2025-01-01', 'a', $level, $unit, 'f', NULL,
            $top, $bottom, 3, 3, FALSE, NULL, NULL, '2025-01', TRUE)""",
        {"level": level, "unit": unit, "top": parts[0], "bottom": parts[1]},
    )
    found = latest.sql(f"SELECT status, status_reason FROM ({with_status()})").fetchall()
    assert found == [("incomplete", because)]
