"""The record of check results."""

from datetime import UTC, datetime

import polars as pl

from checks.runner import check_version
from tests.checks.support_checks import (
    SUB_ICB,
    brought,
    judged,
)
from tests.support import regional
from warehouse.base.home import Home
from warehouse.editions.check_history import RESULT_SCHEMA, read_history

COUNT = "COUNT_OF_APPOINTMENTS"


def test_results_are_recorded_with_the_columns_of_the_interface(home: Home) -> None:
    names = list(RESULT_SCHEMA)
    assert ", ".join(names) == (
        "run_id, feed, edition, layer, rule, title, dimension, severity, column_name, observed, "
        "expected, failed_rows, total_rows, verdict, message, checked_at, code_version, "
        "validation_result, unexpected"
    )
    brought(home, regional({}, {COUNT: "x"}))
    started = datetime.now(UTC).replace(microsecond=0)
    taken = judged(home, SUB_ICB)
    kept = read_history(home)
    assert kept.schema == pl.Schema(RESULT_SCHEMA)
    assert kept.height == len(taken.results)
    assert set(kept["verdict"]) <= {"pass", "warn", "fail", "skipped"}
    assert set(kept["dimension"]) <= {
        "completeness",
        "uniqueness",
        "consistency",
        "timeliness",
        "validity",
        "accuracy",
    }
    assert kept["checked_at"].min() >= started
    assert kept["code_version"].unique().to_list() == [check_version(SUB_ICB)]
    run = kept.filter(pl.col("verdict") != "skipped")
    assert run["validation_result"].null_count() == 0
    [result] = run["validation_result"].unique()
    assert home.store.exists(result)
    optional = ("column_name", "message", "validation_result", "unexpected")
    required = [name for name in names if name not in optional]
    assert kept.select(required).null_count().sum_horizontal().item() == 0


def test_history_only_grows(home: Home) -> None:
    brought(home, regional())
    first = judged(home, SUB_ICB).results
    judged(home, SUB_ICB)
    assert read_history(home).height == 2 * len(first)
