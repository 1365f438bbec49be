"""The event of a built mart: tables, checks, and the origin of each column."""

import pytest

from checks.mart_checks import judge_mart
from tests.warehouse.outputs.openlineage.published import faults
from tests.warehouse.outputs.openlineage.support_events import Event, dataset, events, origins
from tests.warehouse.support_mart import RUN, Mart
from warehouse.base.home import Home
from warehouse.outputs.openlineage.emit import emitting
from warehouse.outputs.openlineage.runs import mart_built, running


@pytest.fixture(scope="module")
def told(llr: Mart, tmp_path_factory: pytest.TempPathFactory) -> Event:
    """The event at the end of building the world of organisations."""
    home = Home(tmp_path_factory.mktemp("told") / "home")
    results = judge_mart(llr.path, RUN)
    with (
        emitting(home, pytest.fail) as lineage,
        running(lineage, "mart.build", "The mart.", RUN, "job") as step,
    ):
        assert step
        step.outcome = mart_built(llr.path, results)
    return events(home)[-1]


def test_every_table_is_there_with_its_columns_and_rows(llr: Mart, told: Event) -> None:
    assert told["eventType"] == "COMPLETE" and faults(told) == []
    rows = llr.rows(
        """SELECT 'mart.' || replace(schema_name || '.', 'main.', '') || table_name AS name,
           list(column_name ORDER BY column_index) AS columns FROM duckdb_columns()
           WHERE database_name = 'mart' AND NOT internal GROUP BY ALL"""
    )
    assert {
        one["name"]: [field["name"] for field in one["facets"]["schema"]["fields"]]
        for one in told["outputs"]
        if "schema" in one["facets"]
    } == {row["name"]: row["columns"] for row in rows}
    vintage = dataset(told, "outputs", "mart.kpi_vintage")["outputFacets"]["outputStatistics"]
    assert llr.rows("SELECT count(*) AS n FROM kpi_vintage") == [{"n": vintage["rowCount"]}]


def test_columns_are_followed_through_working_tables_to_measures(told: Event) -> None:
    assert ("figure", "numerator", "DIRECT") in origins(
        dataset(told, "outputs", "mart.kpi_vintage"), "numerator"
    )
    figure = origins(dataset(told, "outputs", "figure"), "numerator")
    assert ("measures.gp_appointments_sub_icb", "appointments_dna", "DIRECT") in figure
    named = {one["name"] for side in ("inputs", "outputs") for one in told[side]}
    fields = [one["facets"]["columnLineage"]["fields"].values() for one in told["outputs"]]
    sources = {origin["name"] for some in fields for one in some for origin in one["inputFields"]}
    assert sources <= named, "nothing is made of what is not told of"
    assert not any(name.startswith("published.") for name in named)


def test_the_marts_checks_are_assertions_and_a_failed_one_fails_it(llr: Mart, told: Event) -> None:
    judged = dataset(told, "inputs", "mart.kpi_monthly")["inputFacets"]["dataQualityAssertions"]
    results = judge_mart(llr.path, RUN)
    assert [one["assertion"] for one in judged["assertions"]] == [one.rule for one in results]
    broken = results[0].model_copy(update={"verdict": "fail", "observed": "JOHNSMITH"})
    outcome = mart_built(llr.path, [broken])("space")
    assert outcome.failure is not None and broken.title in outcome.failure
    assert "JOHNSMITH" not in outcome.failure
