"""Columns of the tables of figures that are worked out as they are read."""

import duckdb
import pytest

from warehouse.kpi.catalogue import catalogue
from warehouse.mart.figure_tables import COUNTS, VALUE, columns_of, stored, value_per

PARTS = ((7.0, 3.0), (1.0, 3.0), (7.0, 0.0), (0.0, 3.0), (None, 3.0), (7.0, None), (None, None))


@pytest.mark.parametrize("table", ["kpi_monthly", "kpi_vintage"])
def test_a_value_is_that_of_the_unit_to_the_last_digit(table: str) -> None:
    kpis = [(kpi.kpi_id, kpi.unit) for kpi in catalogue().values()]
    with duckdb.connect() as db:
        db.execute("CREATE TABLE known (kpi_id VARCHAR, unit VARCHAR)")
        db.executemany("INSERT INTO known VALUES (?, ?)", kpis)
        db.execute("CREATE TABLE parts (numerator DOUBLE, denominator DOUBLE)")
        db.executemany("INSERT INTO parts VALUES (?, ?)", PARTS)
        db.execute(f"CREATE TABLE figure ({columns_of(table)})")
        db.execute(
            f"""INSERT INTO figure BY NAME
            SELECT kpi_id, numerator, denominator, {value_per("unit")} AS value_per
            FROM known, parts
            WHERE denominator IS NULL OR unit NOT IN ({COUNTS})"""
        )
        expected = VALUE.format(n="numerator", d="denominator").replace("unit ", "k.unit ")
        wrong = db.execute(
            f"""SELECT kpi_id, f.numerator, f.denominator, f.value
            FROM figure AS f JOIN known AS k USING (kpi_id)
            WHERE f.value IS DISTINCT FROM ({expected})::DOUBLE"""
        ).fetchall()
        [(units, values)] = db.execute(
            """SELECT count(DISTINCT k.unit), count(value) FROM figure AS f
            JOIN known AS k USING (kpi_id) WHERE f.value IS NOT NULL"""
        ).fetchall()
    assert not wrong
    assert units == len({unit for _, unit in kpis}) and values > len(kpis)


def test_a_value_takes_no_space() -> None:
    for table in ("kpi_monthly", "kpi_vintage"):
        assert {"numerator", "denominator", "value_per"} <= set(stored(table).split(", "))
        assert "value" not in stored(table).split(", ")
