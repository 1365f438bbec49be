"""A figure that uses an edition which a person let in although checks failed is `disputed`."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.explained import explanation_data
from tests.warehouse.support_mart import Mart, build_aside
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import place_files
from warehouse.editions.rulings import accept, hold
from warehouse.explain.figure import explain
from warehouse.mart.disputed import disputes
from warehouse.outputs.export import export_tables
from warehouse.publication.publish import publish

PERSON = "A. Person"
AREAS, PRACTICES = ("gp_appointments_sub_icb", "2025-11"), ("gp_appointments_practice", "2025-10")
COVERAGE, LIST = ("gp_appointments_coverage", "2025-10"), ("registered_patients", "2025-10")


def judged(home: Home, edition: tuple[str, str], *failed: str) -> None:
    """Have the edition's checks come to this."""
    feed, month = edition
    path = home.root / f"lake/editions/{feed}/{month}.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    own = [f.sha256 for f in Archive(home).active_files(feed) if f.edition == month]
    verdict = "held" if failed else "accepted"
    path.write_text(
        json.dumps(state | {"verdict": verdict, "failed_rules": failed, "files": own}),
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def home(llr_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The world of organisations, of which three editions failed and were accepted, and one was
    only held by hand for a while."""
    place = tmp_path_factory.mktemp("disputed") / "home"
    shutil.copytree(llr_home.root, place)
    home = Home(place)
    judged(home, AREAS, "month_plausible", "cells_whole")
    judged(home, PRACTICES, "parts_complete")
    judged(home, COVERAGE, "totals_agree")
    judged(home, LIST)
    for edition in (AREAS, PRACTICES, COVERAGE):
        accept(home, *edition, f"{edition[0]} was queried", PERSON)
    hold(home, *LIST, "Until asked", PERSON)
    accept(home, *LIST, "They answered", PERSON)
    publish(home, build_aside(home))
    return home


@pytest.fixture(scope="module")
def mart(home: Home) -> Mart:
    return Mart(home.mart)


def status(mart: Mart, kpi: str, level: str, code: str, month: str) -> str:
    found: str = mart.figure(kpi, level, code, month)["status"]
    return found


def test_own_figure_is_disputed_with_the_reason_beside_it(mart: Mart) -> None:
    row = mart.figure("appointments", "sub_icb", "04C", "2025-10")
    assert (row["value"], row["edition"], row["status"]) == (12, "2025-11", "disputed")
    why = row["status_reason"]
    assert why.startswith("gp_appointments_sub_icb 2025-11 failed month_plausible, cells_whole")
    assert "accepted by A. Person on 20" in why and "was queried" in why


def test_figures_that_the_edition_does_not_restate_are_not_disputed(mart: Mart) -> None:
    """03W's October is from the edition before, as is the figure of 04V, which lost a row."""
    for code in ("03W", "04V"):
        row = mart.figure("appointments", "sub_icb", code, "2025-10")
        assert (row["edition"], row["status"], row["status_reason"]) == ("2025-10", "final", None)
    assert status(mart, "appointments", "sub_icb", "04C", "2025-09") == "final"


def test_a_whole_is_disputed_with_a_member(mart: Mart) -> None:
    assert mart.value("appointments", "icb", "QK1", "2025-10") == 12 + 20 + 30
    assert status(mart, "appointments", "icb", "QK1", "2025-10") == "disputed"
    assert status(mart, "appointments_unmapped_share", "sub_icb", "03W", "2025-10") == "disputed"
    assert status(mart, "appointments_unmapped_share", "pcn", "U22222", "2025-10") == "disputed"
    assert status(mart, "appointments", "pcn", "U22222", "2025-10") == "disputed"


def test_a_denominator_disputes_too_and_both_are_named(mart: Mart) -> None:
    both = mart.figure("appointments_per_1000_patients", "sub_icb", "04C", "2025-10")
    assert both["status"] == "disputed"
    assert "gp_appointments_coverage 2025-10" in both["status_reason"]
    assert "gp_appointments_sub_icb 2025-11" in both["status_reason"]
    bottom = mart.figure("appointments_per_1000_patients", "sub_icb", "03W", "2025-10")
    assert bottom["status"] == "disputed" and "sub_icb" not in bottom["status_reason"]
    assert status(mart, "included_practices", "sub_icb", "03W", "2025-10") == "disputed"


def test_incomplete_comes_before_disputed(mart: Mart) -> None:
    row = mart.figure("appointments", "icb", "QK1", "2025-11")
    assert (row["value"], row["status"]) == (None, "incomplete")
    assert row["status_reason"] == "2 of 3 members missing"


def test_lifting_a_hold_disputes_nothing(home: Home, mart: Mart) -> None:
    assert status(mart, "registered_patients", "practice", "C82001", "2025-10") == "final"
    named = {
        (one.feed, one.edition)
        for one in disputes(home, place_files(home, Archive(home).active_files()))
    }
    assert named == {AREAS, PRACTICES, COVERAGE}


def test_vintages_show_which_of_them_are_disputed(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT edition, disputed FROM kpi_vintage WHERE kpi_id = 'appointments' "
        "AND org_level = 'sub_icb' AND org_code = '04C' AND month = DATE '2025-10-01' ORDER BY ALL"
    )
    assert rows == [
        {"edition": "2025-10", "disputed": False},
        {"edition": "2025-11", "disputed": True},
    ]


def test_wide_views_have_the_status_beside_the_value(mart: Mart) -> None:
    [row] = mart.rows(
        "SELECT appointments, appointments_status, appointments_dna_share_status "
        "FROM appointments_monthly WHERE org_code = '04C' AND org_level = 'sub_icb' "
        "AND month = DATE '2025-10-01'"
    )
    assert row == {
        "appointments": 12,
        "appointments_status": "disputed",
        "appointments_dna_share_status": "disputed",
    }


def test_explain_shows_that_a_figure_is_disputed_and_why(home: Home) -> None:
    told = explain(home.mart, "appointments", "04C", date(2025, 11, 1))
    data = explanation_data(told, None)
    assert data["verdict"] == "disputed" and "month_plausible" in data["status_reason"]
    assert [one["verdict"] for one in data["vintages"]] == ["disputed"]


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_exports_have_status_and_reason(home: Home, kind: str, tmp_path: Path) -> None:
    export_tables(home, kind, tmp_path)
    rows = duckdb.sql(
        f"""SELECT DISTINCT status, status_reason LIKE '%month_plausible%'
            FROM '{tmp_path}/kpi_monthly.{kind}' WHERE org_code = '04C' AND kpi_id = 'appointments'
            AND org_level = 'sub_icb' AND month = DATE '2025-10-01'"""
    ).fetchall()
    assert rows == [("disputed", True)]


def test_the_status_of_the_year_before_is_beside_the_comparison(years: Mart) -> None:
    row = years.figure("appointments", "sub_icb", "04C", "2025-10")
    assert row["previous_year_status"] == "final"
    hole = years.figure("appointments", "sub_icb", "04C", "2025-08")
    assert hole["previous_year_status"] == "not_available"
    assert years.figure("appointments", "sub_icb", "04C", "2021-07")["previous_year_status"] is None
