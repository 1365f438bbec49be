"""Refreshing: last-good, holding, killing, two at once, analysts reading all the while."""

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from assets.feeds.gp_patient_survey.testing import build
from pipelines.alerts.find_problems import problems
from pipelines.cli.main import app
from pipelines.operations.refresh import Batch, neighbours, plan, refresh
from tests.checks.support_checks import brought, judged
from tests.e2e.command import run
from tests.e2e.reading import figures
from tests.support import write_coverage, write_regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.editions.rulings import accept
from warehouse.transform.lake import lake_paths

OCT = {"APPOINTMENT_MONTH": "OCT2025"}
NOV = {"APPOINTMENT_MONTH": "NOV2025"}


def land(home: Home, name: str, *rows: dict[str, object]) -> None:
    write_regional(home.landing / name, *rows)


def say_refresh(*arguments: str) -> Result:
    """The command, in this process: heavy libraries are loaded once for all tests."""
    return CliRunner().invoke(app, ["refresh", *arguments])


def test_an_empty_home_has_nothing_to_do(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "refresh")
    assert done.returncode == 0, done.stderr
    assert "no file was imported yet" in done.stdout


def test_a_new_edition_revises_and_the_first_report_is_kept(october: Home) -> None:
    home = october
    land(home, "november.csv", {**OCT, "COUNT_OF_APPOINTMENTS": 12}, NOV)
    report = refresh(home)
    assert report.published
    assert [(s.feed, s.edition) for s in report.taken_in] == [
        ("gp_appointments_sub_icb", "2025-11")
    ]
    assert figures(home.mart) == {("2025-10", "2025-11"): 12, ("2025-11", "2025-11"): 10}
    with duckdb.connect(str(home.mart), read_only=True) as db:
        [(first,)] = db.execute(
            "SELECT first_reported_value FROM kpi_monthly WHERE kpi_id = 'appointments' "
            "AND org_code = '04C' AND month = DATE '2025-10-01'"
        ).fetchall()
    assert first == 10


def test_what_is_held_or_refused_keeps_nothing_else_from_being_published(october: Home) -> None:
    """Last-good figures stay, another edition of the same feed goes on, and a file that is refused
    stays in landing."""
    home = october
    wrong = [{**NOV, "HCP_TYPE": f"Robot {n}"} for n in range(30)]
    land(home, "november.csv", NOV, *wrong)
    land(home, "december.csv", {"APPOINTMENT_MONTH": "DEC2025"})
    (home.landing / "letter.zip").write_text("<html>Sign in</html>", encoding="utf-8")
    done = say_refresh()
    assert done.exit_code == 1
    assert "Held back: gp_appointments_sub_icb 2025-11" in done.stderr
    assert "Every label is listed in the contract" in done.stderr
    assert "letter.zip was refused" in done.stderr
    assert "web page" in done.stderr
    assert [path.name for path in home.landing.iterdir()] == ["letter.zip"]
    assert figures(home.mart) == {
        ("2025-10", "2025-10"): 10,
        ("2025-11", None): None,
        ("2025-12", "2025-12"): 10,
    }
    with duckdb.connect(str(home.mart), read_only=True) as db:
        [(status, reasons)] = db.execute(
            "SELECT status, reasons FROM governance.edition WHERE edition = '2025-11'"
        ).fetchall()
    assert status == "held"
    assert "Robot" in reasons
    assert say_refresh().exit_code == 1, "it stays held, and says so"


def test_a_mart_that_does_not_meet_its_checks_names_figure_and_edition(october: Home) -> None:
    """An edition that somebody accepted all the same; on the screen and in alerts."""
    feed, survey = "gp_patient_survey", "2026-03"
    brought(october, build({"received": 1100, "distributed": 400}), edition=survey)
    assert judged(october, feed, survey).state.verdict == "held"
    accept(october, feed, survey, "As published", "A. Person")
    done = say_refresh()
    assert done.exit_code == 1
    [alert] = [one for one in problems(october) if one.key == "refresh"]
    for told in (" ".join(done.stderr.split()), alert.what):
        assert "Every share lies between 0 and 1" in told and "Dagster" not in told
        assert "gp_patient_survey_response_rate of practice C82001 in 2026-03 is 2.75" in told
        assert f"access-recovery hold {feed} {survey} --reason TEXT" in told
    assert "--debug" not in done.stderr


def test_nothing_is_published_when_nothing_is_accepted(home: Home) -> None:
    land(home, "october.csv", *[{**OCT, "HCP_TYPE": f"Robot {n}"} for n in range(30)])
    done = say_refresh()
    assert done.exit_code == 1
    assert "No edition is accepted" in done.stderr
    assert "Traceback" not in done.stderr
    assert not home.mart.exists()


def test_coverage_that_comes_later_is_noticed(october: Home) -> None:
    home = october
    write_coverage(home.landing / "coverage.csv", {})
    report = refresh(home)
    assert {state.feed for state in report.taken_in} == {
        "gp_appointments_coverage",
        "gp_appointments_sub_icb",
    }


def test_the_first_real_import_retires_the_sample(
    tmp_path: Path, sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(shutil.copytree(sample_home.root, tmp_path / "home"))
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    assert len(figures(home.mart)) > 1
    land(home, "october.csv", {**OCT, "COUNT_OF_APPOINTMENTS": 7})
    done = say_refresh()
    assert done.exit_code == 0
    assert "retired" in done.stdout + done.stderr
    assert figures(home.mart) == {("2025-10", "2025-10"): 7}
    with duckdb.connect(str(home.mart), read_only=True) as db:
        assert db.execute("SELECT DISTINCT synthetic FROM kpi_monthly").fetchall() == [(False,)]
        retired = db.execute(
            "SELECT DISTINCT status FROM governance.edition WHERE synthetic"
        ).fetchall()
    assert retired == [("retired",)]


def test_a_chosen_edition_is_taken_in_again(october: Home) -> None:
    home = october
    [file] = Archive(home).active_files("gp_appointments_sub_icb")
    tidied = lake_paths(home, file).tidy
    rows = tidied.read_bytes()
    tidied.write_bytes(b"what a faulty reader made of it")
    assert refresh(home).nothing_to_do
    report = refresh(home, feeds=["gp_appointments_sub_icb"], editions=["2025-10"], full=True)
    assert tidied.read_bytes() == rows, "its file is read again"
    assert report.published, "the whole mart anew, although nothing changed"
    assert [state.edition for state in report.taken_in] == ["2025-10"]
    with duckdb.connect(str(home.mart), read_only=True) as db:
        [(runs,)] = db.execute(
            "SELECT count(DISTINCT run_id) FROM governance.check_result "
            "WHERE feed = 'gp_appointments_sub_icb'"
        ).fetchall()
    assert runs >= 1


def test_a_feed_that_is_none_is_wrong_usage(home: Home) -> None:
    done = say_refresh("--feed", "gp_apointments")
    assert done.exit_code == 2
    told = " ".join(done.stderr.replace("│", "").split())
    assert "Did you mean gp_appointments_" in told


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--edition", "2031-01"], "No edition 2031-01 of any feed was imported"),
        (["--edition", "2025-10", "--edition", "2025-09"], "No edition 2025-09 of any feed"),
        (["--feed", "nhs_app"], "No file of nhs_app was imported"),
        (
            ["--feed", "gp_appointments_sub_icb", "--edition", "2031-01"],
            "No edition 2031-01 of gp_appointments_sub_icb was imported",
        ),
    ],
)
def test_what_there_is_no_file_of_is_wrong_usage(
    october: Home, asked: list[str], words: str
) -> None:
    done = say_refresh(*asked)
    assert done.exit_code == 2
    told = " ".join(done.stderr.split())
    assert words in told
    assert "gp_appointments_sub_icb 2025-10" in told or "access-recovery fetch nhs_app" in told
    assert "Nothing new" not in done.stdout


def test_a_refresh_with_no_wait_ends_while_another_runs(home: Home) -> None:
    from filelock import FileLock

    with FileLock(home.lock):
        done = say_refresh("--no-wait")
    assert done.exit_code == 1
    assert "Another refresh" in done.stderr


def test_neighbouring_editions_make_one_run() -> None:
    months = ["2024-11", "2024-12", "2025-01", "2025-02", "2025-03"]
    due = [month for month in months if month != "2025-02"]
    assert neighbours(due, months) == [("2024-11", "2024-12", "2025-01"), ("2025-03",)]
    assert neighbours([], months) == []


def test_a_quarterly_list_is_taken_in_by_one_run() -> None:
    quarters = ["2024-03", "2024-06", "2024-09", "2025-03"]
    assert neighbours(quarters, quarters) == [tuple(quarters[:3]), ("2025-03",)]
    assert neighbours(["2024-03", "2024-09"], quarters) == [("2024-03",), ("2024-09",)]


def test_a_plan_follows_the_order_in_which_feeds_judge_each_other(home: Home) -> None:
    land(home, "october.csv", OCT)
    write_coverage(home.landing / "coverage.csv", {})
    from pipelines.operations.refresh import take_landing

    assert len(list(take_landing(home, lambda _: None))) == 2
    assert plan(home) == [
        Batch("gp_appointments_coverage", ("2025-10",)),
        Batch("gp_appointments_sub_icb", ("2025-10",)),
    ]


def test_a_refresh_with_nothing_to_do_loads_neither_dagster_nor_the_checks(october: Home) -> None:
    heavy = ("dagster", "great_expectations", "pandas", "sqlalchemy")
    code = (
        "import sys\n"
        "from pipelines.operations.refresh import refresh\n"
        "from warehouse.base.home import Home\n"
        "assert refresh(Home.from_environment()).nothing_to_do\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
