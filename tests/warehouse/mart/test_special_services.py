"""Special services: who they are, that they are not expected of a network, and that one of a few
patients is never shown alone, while it stays in the sums of its places."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.feeds.ods_practices.testing import practices
from tests.checks.support_checks import judged
from tests.support import patient_list, write
from tests.warehouse.support_mart import Mart, bring, build
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.editions.diff import diff_editions
from warehouse.explain.counted import cells_of
from warehouse.explain.figure import Unanswerable, explain
from warehouse.explain.source_rows import rows_of
from warehouse.reference.special_services import (
    WITHHELD,
    not_shown_alone,
    special_services,
    without_hidden,
)

ASYLUM, ALLOCATION = "Y05412", "Y03584"
LISTED = {"C82001": 12_000, ALLOCATION: 92, ASYLUM: 3}
CODE, PLACE = "Organisation Code", "Commissioner"


def lists(month: str, **changed: object) -> bytes:
    """Patient lists of a practice and the two services of 03W."""
    rows = [
        {"EXTRACT_DATE": f"{month}-01", "CODE": code, "NUMBER_OF_PATIENTS": count}
        for code, count in (LISTED | changed).items()
    ]
    return patient_list(*(row | {"SUB_ICB_LOCATION_CODE": "03W"} for row in rows))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("special")
    home = Home(root / "home")
    closed = {CODE: "C82029", "Close Date": "20250831", "Status Code": "C"}
    codes = ({CODE: code} for code in LISTED)
    register = practices(*(row | {PLACE: "03W"} for row in (*codes, closed)))
    bring(home, write(root / "epraccur_2025-10.csv", register))
    for month in ("2025-09", "2025-10"):
        bring(home, write(root / f"{month}.csv", lists(month)))
    broken = lists("2025-10", **{ASYLUM: "4 or 5"})
    bring(home, write(root / "again.csv", broken))
    build(home)
    return home


@pytest.fixture(scope="module")
def mart(home: Home) -> Mart:
    return Mart(home.mart)


def test_it_is_in_no_table_alone_and_in_the_sums_of_its_places(mart: Mart) -> None:
    assert mart.value("registered_patients", "practice", ALLOCATION, "2025-10") == 92
    named = [
        row["table_name"]
        for row in mart.rows(
            "SELECT table_name FROM duckdb_columns() WHERE database_name = 'mart' "
            "AND column_name = 'org_code' AND table_name NOT LIKE '%organisation%'"
        )
    ]
    assert {"kpi_monthly", "kpi_vintage"} <= set(named)
    for table in ("kpi_monthly", "kpi_vintage", "kpi_period"):
        assert mart.rows(f"SELECT 1 FROM {table} WHERE org_code = '{ASYLUM}'") == [], table
    place = mart.figure("registered_patients", "sub_icb", "03W", "2025-09")
    assert (place["value"], place["members_present"]) == (12_095, 3)


def test_an_explanation_counts_it_and_does_not_say_its_number(home: Home, mart: Mart) -> None:
    listed = mart.rows(
        "SELECT org_code, value FROM explain('registered_patients', '03W', DATE '2025-09-01') "
        "WHERE section = 'organisation' ORDER BY 1"
    )
    assert {row["org_code"]: row["value"] for row in listed} == LISTED | {ASYLUM: None}
    figure = pl.DataFrame(
        {
            "kpi_id": "registered_patients",
            "org_level": "sub_icb",
            "org_code": "03W",
            "month": date(2025, 9, 1),
            "vintage": 202_509_001,
        }
    )
    with duckdb.connect() as db:
        attach(db, home.mart)
        db.execute("USE mart")
        cells = cells_of(db, figure)
    own = cells.drop("org_code").rename({"cell_code": "org_code"})
    rows = rows_of(home, own.to_dicts(), date(2025, 9, 1))
    assert rows is not None
    assert dict(rows.select("org_code", "count").iter_rows()) == LISTED | {ASYLUM: None}


def test_whoever_asks_for_it_is_told_why_there_is_no_figure(home: Home) -> None:
    with pytest.raises(Unanswerable, match="special service of a few patients"):
        explain(home.mart, "registered_patients", ASYLUM, date(2025, 9, 1))


def test_quarantine_and_differences_do_not_quote_it(home: Home, mart: Mart) -> None:
    [row] = mart.rows("SELECT * FROM governance.quarantine")
    assert "4 or 5" not in str(row) and "not shown alone" in row["row_json"]
    found = diff_editions(home, "registered_patients", "2025-09", "2025-10", [])
    assert ASYLUM not in str(found.changes)


def test_messages_of_checks_do_not_quote_it(home: Home) -> None:
    for found in judged(home, "registered_patients").results:
        assert ASYLUM not in f"{found.observed} {found.message} {found.unexpected}", found.rule
    said = f"C82001: 12,000, 9,000 before; {ASYLUM}: 1,234 in 2025-10, 3 before; {ALLOCATION}: 92"
    assert without_hidden(said).startswith("C82001: 12,000, 9,000 before; " + WITHHELD)
    assert "1,234" not in without_hidden(said) and ALLOCATION in without_hidden(said)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (f"{ASYLUM} 2025-10: 7 people, but only 5 registered patients: as a guess", ": as a guess"),
        (f"{ASYLUM} 2025-10: 7 people, but only 5 registered patients: of those aged 13", ""),
        (f"{ASYLUM}: 1,234, 3 before; C82001: 9", "; C82001: 9"),
        (f"{ASYLUM}: 7 of 5, 04C: 12 of 15", ", 04C: 12 of 15"),
        (
            f"{ASYLUM} (QK1, 7 consultations) and 1,200 more: too small",
            " and 1,200 more: too small",
        ),
        (f"{ASYLUM}, C82001: places are too small", ", C82001: places are too small"),
        (f"{ASYLUM} had 7, and\n5 before", ""),
    ],
)
def test_no_number_of_it_is_left_in_a_message(said: str, left: str) -> None:
    assert without_hidden(said) == WITHHELD + left


def test_the_practices_of_a_month_are_answered_with_names_and_dates(mart: Mart) -> None:
    def named(month: str) -> dict[str, str | None]:
        rows = mart.rows(f"SELECT * FROM practices_in('03W', '{month}')")
        return {row["org_code"]: row["special_service"] for row in rows}

    special = {ALLOCATION: "special allocation scheme", ASYLUM: "asylum service"}
    assert named("2025-08") == {"C82001": None, "C82029": None} | special
    assert named("2025-10") == {"C82001": None} | special
    [closed] = mart.rows("SELECT * FROM practice WHERE org_code = 'C82029'")
    assert (closed["opened_on"], closed["closed_on"]) == (date(1974, 4, 1), date(2025, 8, 31))
    [place] = mart.rows("SELECT valid_to FROM organisation WHERE org_code = 'C82029'")
    assert place["valid_to"] == date(2025, 8, 31)


def test_the_table_says_who_and_why(tmp_path: Path) -> None:
    table = special_services()
    assert {ALLOCATION, ASYLUM} <= {*table["org_code"]}
    assert ASYLUM in not_shown_alone() and ALLOCATION not in not_shown_alone()
    assert table["why"].str.len_chars().min() > 20
