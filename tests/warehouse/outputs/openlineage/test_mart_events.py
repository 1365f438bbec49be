"""The event of a built mart: tables, checks, and the origin of each column."""

import os

import pytest

from checks.mart_checks import judge_mart
from tests.warehouse.outputs.openlineage.published import faults
from tests.warehouse.outputs.openlineage.support_events import (
    Event,
    dataset,
    events,
    named,
    names,
    origins,
)
from tests.warehouse.support_mart import RUN, Mart
from warehouse.base.home import Home
from warehouse.outputs.openlineage.emit import emitting
from warehouse.outputs.openlineage.runs import mart_built, running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("told") / "home")


@pytest.fixture(scope="module")
def told(llr: Mart, place: Home) -> Event:
    """The event at the end of building the world of organisations."""
    home = place
    results = judge_mart(llr.path, RUN)
    with (
        emitting(home, pytest.fail) as lineage,
        running(lineage, "mart.build", "The mart.", RUN, "job") as step,
    ):
        assert step
        step.outcome = mart_built(llr.path, results)
    return events(home)[-1]


def test_every_table_is_there_with_its_columns_and_rows(
    llr: Mart, told: Event, place: Home
) -> None:
    assert told["eventType"] == "COMPLETE" and faults(told) == []
    rows = llr.rows(
        """SELECT 'access_recovery.' || schema_name || '.' || table_name AS name,
           list(column_name ORDER BY column_index) AS columns FROM duckdb_columns()
           WHERE database_name = 'mart' AND NOT internal GROUP BY ALL"""
    )
    assert {
        one["name"]: [field["name"] for field in one["facets"]["schema"]["fields"]]
        for one in told["outputs"]
        if "schema" in one["facets"]
    } == {row["name"]: row["columns"] for row in rows}
    assert {one["namespace"] for one in told["outputs"] if "schema" in one["facets"]} == {
        f"duckdb://{'' if os.name == 'posix' else '/'}{place.mart.as_posix()}"
    }
    vintage = dataset(told, "outputs", names(place).of("mart.kpi_vintage"))["outputFacets"][
        "outputStatistics"
    ]
    assert llr.rows("SELECT count(*) AS n FROM kpi_vintage") == [{"n": vintage["rowCount"]}]


def test_columns_are_followed_through_working_tables_to_measures(told: Event, place: Home) -> None:
    of = names(place).of
    assert (of("figure"), "numerator", "DIRECT") in origins(
        dataset(told, "outputs", of("mart.kpi_vintage")), "numerator"
    )
    figure = origins(dataset(told, "outputs", of("figure")), "numerator")
    assert (of("measures.gp_appointments_sub_icb"), "appointments_dna", "DIRECT") in figure
    told_of = {named(one) for side in ("inputs", "outputs") for one in told[side]}
    fields = [one["facets"]["columnLineage"]["fields"].values() for one in told["outputs"]]
    sources = {named(origin) for some in fields for one in some for origin in one["inputFields"]}
    assert sources <= told_of, "nothing is made of what is not told of"
    assert not any("published." in one.name for one in told_of)


def test_the_marts_checks_are_assertions_and_a_failed_one_fails_it(
    llr: Mart, told: Event, place: Home
) -> None:
    monthly = dataset(told, "inputs", names(place).of("mart.kpi_monthly"))
    judged = monthly["inputFacets"]["dataQualityAssertions"]
    results = judge_mart(llr.path, RUN)
    assert [one["assertion"] for one in judged["assertions"]] == [one.rule for one in results]
    broken = results[0].model_copy(update={"verdict": "fail", "observed": "JOHNSMITH"})
    outcome = mart_built(llr.path, [broken])(names(place))
    assert outcome.failure is not None and broken.title in outcome.failure
    assert "JOHNSMITH" not in outcome.failure
