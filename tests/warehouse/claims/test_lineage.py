"""Lineage of the claim tables against the SQL by which claims are judged."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.warehouse.claims.support_claims import LittleMart, figure, registered
from warehouse.claims.claim_tables import create_claims
from warehouse.kpi.catalogue import catalogue
from warehouse.lineage.compose import mart_edges
from warehouse.lineage.edge_table import record_statements, recorded_statements
from warehouse.lineage.feed_edges import ROWS, Edge

NO_KPI = {"kpi": None, "missing": "needs a feed of these"}


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """What is run to judge a register, in a mart without figures."""
    claims = registered(tmp_path_factory.mktemp("lineage"), one=figure(), none=figure(**NO_KPI))
    with duckdb.connect(config={"threads": 1}) as db:
        record_statements(db)
        LittleMart(db)
        db.execute("CREATE SCHEMA stage")
        create_claims(db, claims, catalogue(), synthetic=False)
        yield recorded_statements(db)


@pytest.fixture(scope="module")
def edges(statements: list[str]) -> list[Edge]:
    return mart_edges(statements, {})


def made_of(edges: list[Edge], table: str, column: str) -> set[str]:
    return {
        f"{edge.from_table}.{edge.from_column}"
        for edge in edges
        if (edge.to_table, edge.to_column) == (f"mart.{table}", column)
    }


def test_a_difference_is_derived_from_figures_and_the_stated_value(edges: list[Edge]) -> None:
    figures = {f"mart.kpi_vintage.{name}" for name in ("value", "numerator", "denominator")}
    stated, tolerance = "claims.register.stated_value", "claims.register.tolerance"
    people = {f"mart.kpi_monthly.{name}" for name in ("value", "denominator")}
    for table, column, rests_on in (
        ("claim", "difference", {*figures, stated}),
        ("claim", "relative_difference", {*figures, stated}),
        ("claim", "verdict", {*figures, *people, stated, tolerance}),
        ("claim", "statement_verdict", {*figures, *people, stated, tolerance}),
        ("claim", "note", {"mart.governance.edition.override_reason", *people}),
        ("claim_reading", "computed_value", figures),
        ("claim_reading", "difference", {*figures, stated}),
        ("claim_reading", "within_tolerance", {*figures, stated, tolerance}),
        ("claim_reading", "missing", {"mart.kpi_monthly.status", "mart.governance.edition.status"}),
    ):
        assert rests_on <= made_of(edges, table, column), (table, column)
    for table in ("claim", "claim_reading"):
        assert tolerance not in made_of(edges, table, "difference")
        assert stated not in made_of(edges, table, "computed_value")


def test_every_column_read_by_claims_is_in_the_lineage_of_some_column(
    statements: list[str], edges: list[Edge]
) -> None:
    """A column that evaluation reads, and that is not the origin of any column of the claim tables,
    would be missing from lineage."""
    [told] = [" ".join(s for s in statements if s.startswith("CREATE TABLE mart.claim"))]
    asked = {}
    for sql in statements:
        if working := re.match(r"CREATE TABLE (stage\.claim_(?!cell|series|place)\w+)", sql):
            kept = mart_edges([*statements[: statements.index(sql) + 1], _shown(working[1])], {})
            asked[working[1]] = {edge.to_column for edge in kept if edge.to_table == "mart.shown"}
    assert set(asked) == {f"stage.claim_{name}" for name in WORKING}
    keys = {ROWS, "number", "kpi_id", "org_level", "org_code"}
    for table, columns in asked.items():
        assert {c for c in columns - keys if f"{table}.{c}" not in told} == set(), table
    reads = {edge.from_table for edge in edges if edge.to_table.startswith("mart.claim")}
    assert {"mart.kpi_vintage", "mart.kpi_monthly", "mart.governance.edition"} <= reads


WORKING = ("known", "month", "people", "edition", "withdrawn")


def _shown(table: str) -> str:
    return f"CREATE TABLE mart.shown AS SELECT * FROM {table}"
