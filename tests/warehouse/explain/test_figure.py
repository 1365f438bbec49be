"""Explanations of held and reissued figures, and of figures in a mart that is too old."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.support import write_regional
from tests.warehouse.support_mart import RUN, accept_all, bring
from tests.warehouse.worlds import area
from warehouse.base.home import Home
from warehouse.editions.rulings import hold
from warehouse.explain.figure import Unanswerable, explain
from warehouse.publication.build import build_mart
from warehouse.publication.publish import publish

FEED = "gp_appointments_sub_icb"
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """October issued twice, and a November edition that a person holds."""
    place: Path = tmp_path_factory.mktemp("figure")
    home = Home(place / "home")
    issues = [
        write_regional(place / f"{name}.csv", *[area("04C", month, n) for month, n in rows])
        for name, rows in {
            "first": [("OCT2025", 10)],
            "again": [("OCT2025", 12)],
            "nov": [("OCT2025", 13), ("NOV2025", 14)],
        }.items()
    ]
    for day, path in enumerate(issues, start=1):
        bring(home, path, published_on=date(2025, 12, day))
    accept_all(home)
    hold(home, FEED, "2025-11", "The publisher will issue it again", "A. Patel")
    publish(home, build_mart(home, RUN))
    return home


def test_an_edition_held_by_decision_is_reported(told: Home) -> None:
    found = explain(told.mart, "appointments", "04C", OCTOBER)
    assert found.figure["value"] == 12
    [held] = found.lists["left_out"]
    assert (held["item"], held["edition"]) == ("held", "2025-11")
    assert "will issue it again" in held["text"] and "A. Patel" in held["text"]
    with pytest.raises(Unanswerable) as refused:
        explain(told.mart, "appointments", "04C", NOVEMBER)
    assert f"edition 2025-11 of {FEED} is held: The publisher" in refused.value.remedy


def test_each_issue_of_an_edition_leads_to_its_own_file(told: Home) -> None:
    first = explain(told.mart, "appointments", "04C", OCTOBER, "2025-10.1")
    assert (first.figure["value"], first.lists["sources"][0]["item"]) == (10, "first.csv")
    assert first.figure["verdict"] == "superseded by edition 2025-10 revision 2"
    for edition in ("2025-10", "2025-10.2"):
        again = explain(told.mart, "appointments", "04C", OCTOBER, edition)
        assert (again.figure["value"], again.lists["sources"][0]["item"]) == (12, "again.csv")


def test_a_mart_from_before_is_to_be_built_anew(told: Home, tmp_path: Path) -> None:
    old = tmp_path / "old.duckdb"
    old.write_bytes(told.mart.read_bytes())
    with duckdb.connect(str(old)) as db:
        db.execute("DROP MACRO TABLE explain")
    with pytest.raises(Unanswerable, match="could not explain figures"):
        explain(old, "appointments", "04C", OCTOBER)
