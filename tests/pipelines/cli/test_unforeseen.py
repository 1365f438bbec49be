"""Failures that nobody foresaw, with what to do about them."""

import duckdb
import pytest

from pipelines.cli.unforeseen import unpublished
from warehouse.base.errors import AGAIN
from warehouse.base.home import Home


def test_a_mart_that_takes_more_memory_than_its_limit_names_the_setting(home: Home) -> None:
    with (
        duckdb.connect(config={"memory_limit": "5MB", "temp_directory": ""}) as db,
        pytest.raises(duckdb.OutOfMemoryException) as raised,
    ):
        db.execute("SELECT list(i) FROM range(10_000_000) AS t(i)").fetchall()
    reason, remedy = unpublished(f"mart: {raised.value}", home)
    assert "Out of Memory Error" in reason and "Possible solutions" not in reason
    assert "memory_mb:" in remedy and str(home.settings) in remedy


def test_any_other_failure_is_told_as_it_is(home: Home) -> None:
    assert unpublished("mart: a column is missing", home) == ("mart: a column is missing", AGAIN)
