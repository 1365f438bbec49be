"""Explanations of held and reissued figures, and of figures in a mart that is too old."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.support import write_regional
from tests.warehouse.support_mart import RUN, accept_all, bring
from tests.warehouse.worlds import area
from warehouse.base.home import Home
from warehouse.editions.check_history import CheckResult, read_state, record
from warehouse.editions.rulings import hold
from warehouse.explain.figure import Unanswerable, explain
from warehouse.publication.build import build_mart
from warehouse.publication.publish import publish

FEED = "gp_appointments_sub_icb"
QUARANTINED = CheckResult(
    run_id=RUN,
    feed=FEED,
    edition="2025-10",
    layer="contract",
    rule="count_whole",
    title="Counts are whole numbers",
    dimension="validity",
    severity="WARN",
    column_name=None,
    observed="`x`",
    expected="a whole number",
    failed_rows=1,
    total_rows=2,
    verdict="warn",
    message="1 row(s) quarantined",
    checked_at=datetime(2025, 12, 3, tzinfo=UTC),
    code_version="1",
)
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """October issued twice, of which a check quarantined a row, and a November edition that a
    person holds."""
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
    state = read_state(home, FEED, "2025-10")
    assert state is not None
    record(home, FEED, "2025-10", state.fingerprint, [QUARANTINED], RUN, state.files)
    hold(home, FEED, "2025-11", "The publisher will issue it again", "A. Patel")
    publish(home, build_mart(home, RUN))
    return home


def test_an_edition_held_by_decision_is_reported(told: Home) -> None:
    found = explain(told.mart, "appointments", "04C", OCTOBER)
    assert found.figure["value"] == 12
    held, _ = sorted(found.lists["left_out"], key=lambda one: one["item"])
    assert (held["item"], held["edition"]) == ("held", "2025-11")
    assert "will issue it again" in held["text"] and "A. Patel" in held["text"]
    with pytest.raises(Unanswerable) as refused:
        explain(told.mart, "appointments", "04C", NOVEMBER)
    assert f"edition 2025-11 of {FEED} is held: The publisher" in refused.value.remedy


def test_what_is_not_counted_agrees_with_the_checks(told: Home) -> None:
    """A check says that a row is quarantined: so does what is not counted, and if it matters."""
    found = explain(told.mart, "appointments", "04C", OCTOBER)
    [check] = found.lists["checks"]
    _, rows = sorted(found.lists["left_out"], key=lambda one: one["item"])
    assert check["text"].endswith("1 row(s) quarantined")
    assert (rows["item"], rows["edition"], rows["rows"]) == ("quarantined rows", "2025-10", 1)
    assert rows["text"] == "1, none with a count of the organisations and month of this figure"


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
