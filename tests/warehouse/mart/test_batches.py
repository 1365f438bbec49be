"""Large tables are made batch after batch, with the same rows."""

from itertools import pairwise

import duckdb
import pytest

from tests.warehouse.support_mart import RUN, Mart
from warehouse.base.home import Home
from warehouse.mart import batches
from warehouse.mart.batches import BATCH, create_in_batches
from warehouse.publication.build import build_mart
from warehouse.publication.content import mart_content
from warehouse.publication.remembered import forget
from warehouse.store import discard


def test_every_row_is_in_one_batch_and_a_series_is_never_split(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "ROWS", 3)
    db = duckdb.connect()
    db.execute("CREATE TABLE given AS SELECT unnest([1, 1, 2, 4, 4, 4, 4, 4, 7]) AS series")
    some = batches.batches(db, "given")
    assert len(some) > 1
    assert all(last < first for (_, last), (first, _) in pairwise(some))
    create_in_batches(db, "made", f"SELECT * FROM given WHERE series {BATCH} ORDER BY series", some)
    assert db.sql("FROM made").fetchall() == db.sql("FROM given").fetchall()


def test_a_table_without_rows_is_made_too() -> None:
    db = duckdb.connect()
    db.execute("CREATE TABLE given (series BIGINT)")
    some = batches.batches(db, "given")
    create_in_batches(db, "made", f"SELECT * FROM given WHERE series {BATCH}", some)
    assert db.sql("FROM made").fetchall() == []


def test_a_mart_made_in_batches_is_the_same(
    llr: Mart, llr_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS", 100)
    forget(llr_home)
    built = build_mart(llr_home, RUN)
    try:
        made, known = mart_content(built.path), mart_content(llr.path)
    finally:
        discard(built.path)
    figures = ("main.kpi_monthly", "main.kpi_vintage", "main.kpi_revision")
    assert [made[table] for table in figures] == [known[table] for table in figures]
