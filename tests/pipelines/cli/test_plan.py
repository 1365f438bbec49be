"""`access-recovery plan`: what a plan's keeper sees."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.feeds.slaip_actions.testing import build as actions
from pipelines.cli.main import app
from tests.support import write, write_regional
from tests.warehouse.support_mart import build
from warehouse.base.home import Home

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a plan of three actions: one in order, one overdue and moved, one complete."""
    folder = tmp_path_factory.mktemp("planned")
    home = Home(folder / "home")
    moved = {"Action id": "A-2", "Title": "Late", "Rating": "amber", "Evidence": ""}
    moved |= {"Original due date": "2025-08-31", "Current due date": "2025-09-30"}
    rows = (
        {"Evidence": "appointments_dna_share <= 99%; nhs_app_logins up", "Rating": "red"},
        moved | {"Reason for change": "the supplier is late"},
        {"Action id": "A-3", "Status": "complete", "Completed on": "2025-10-01", "Evidence": ""}
        | {"Aim": "", "Evidence documents": "Board paper", "Rating": "blue"},
    )
    tracker = write(folder / "plan.csv", actions(*rows))
    places = [
        {"SUB_ICB_LOCATION_CODE": place, "SUB_ICB_LOCATION_ONS_CODE": ons}
        for place, ons in (("04C", "E38000097"), ("04V", "E38000201"), ("03W", "E38000051"))
    ]
    build(home, [write_regional(folder / "oct.csv", *places), tracker]).db.close()
    return home


def run(home: Home, monkeypatch: pytest.MonkeyPatch, *arguments: str, width: int = 80) -> str:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", str(width))
    done = RUNNER.invoke(app, ["plan", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("width", [80, 120])
def test_the_summary_counts_by_area_and_aim(
    planned: Home, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    told = run(planned, monkeypatch, width=width)
    assert "3 actions, rated on 31 Oct 2025" in told
    counts = {line.split("  ")[0]: line.split()[-6:] for line in told.splitlines() if line}
    assert counts["modern access"] == ["3", "2", "1", "0", "1", "2"]
    assert counts["no aim"] == ["1", "0", "0", "0", "1", "0"]
    assert "A-2: Due on 30 Sep 2025, 31 days before 31 Oct 2025, and not complete." in told
    assert max(map(len, told.splitlines())) <= width
    assert "Left out" not in told


def test_actions_are_listed_by_what_is_asked(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ids(*asked: str) -> list[str]:
        return [one["action_id"] for one in json.loads(run(planned, monkeypatch, *asked, "--json"))]

    assert ids() == ["A-2", "A-1", "A-3"]
    assert ids("--open") == ["A-2", "A-1"]
    assert (ids("--overdue"), ids("--conflicts")) == (["A-2"], ["A-2", "A-1"])
    rows = list(csv.DictReader(io.StringIO(run(planned, monkeypatch, "--overdue", "--csv"))))
    assert [(row["action_id"], row["conflicts"]) for row in rows] == [("A-2", "overdue")]
    listed = run(planned, monkeypatch, "--overdue")
    assert "A-2" in listed and "A-1" not in listed


def test_one_action_in_full(planned: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(planned, monkeypatch, "show", "a - 1")
    assert told.startswith("A-1: Fewer missed appointments (QK1)")
    assert "It should be at most 99.0% and is" in told.replace("\n  ", " ")
    assert "It should go up. No figure: not available." in told
    assert "created" in told and max(map(len, told.splitlines())) <= 80
    late = run(planned, monkeypatch, "show", "A-2")
    assert "Due: 30 Sep 2025, moved 1 time from 31 Aug 2025" in late
    found = json.loads(run(planned, monkeypatch, "show", "A-1", "--json"))
    assert [one["kpi_id"] for one in found["evidence_kpis"]] == [
        "appointments_dna_share",
        "nhs_app_logins",
    ]


def test_an_unknown_action_and_no_plan_are_told(
    planned: Home, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(planned.root))
    done = RUNNER.invoke(app, ["plan", "show", "A-9"])
    assert done.exit_code == 2 and "Did you mean A-3" in done.stderr
    build(home, [write_regional(tmp_path / "oct.csv")]).db.close()
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    for asked in (["plan"], ["plan", "show", "A-1"]):
        done = RUNNER.invoke(app, asked)
        assert done.exit_code == 2 and "access-recovery template slaip_actions" in done.stderr
    assert json.loads(RUNNER.invoke(app, ["plan", "--json"]).stdout) == []
