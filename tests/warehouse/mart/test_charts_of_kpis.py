"""`access-recovery chart`: charts of any organisation, as `kpi_spc` would have them."""

import csv
import io
import json
from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from tests.warehouse.mart.test_spc import DNA, QUIET, Charts
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.spc import charts_within


@pytest.fixture
def command(years_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read the world of time, in a terminal of 100 columns."""
    monkeypatch.setenv(HOME_VARIABLE, str(years_home.root))
    monkeypatch.setenv("COLUMNS", "100")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_practices_of_another_icb_are_charted_as_those_of_the_home() -> None:
    """The same series gives the same chart, whoever's practice it is."""
    charts = Charts()
    charts.db.executemany(
        "INSERT INTO mart.organisation VALUES ('practice', ?, ?, DATE '2023-01-01')",
        [("A1", "QK1"), ("A2", "QNC"), ("A3", "QNC")],
    )
    for code in ("A1", "A2"):
        charts.series([*QUIET[:24], 0.2], level="practice", code=code)
    charts.series([*QUIET[:10], None, *QUIET[:10]], level="practice", code="A3", m10="suppressed")
    stored = charts.made()
    assert {row["org_code"] for row in stored} == {"A1"}
    found = charts_within(charts.db, catalogue()[DNA], "QNC", ())
    assert set(found["org_code"]) == {"A2", "A3"}
    other = found.filter(pl.col("org_code") == "A2").to_dicts()
    own = ("org_code", "organisation_key")
    plain = [{k: v for k, v in row.items() if k not in own} for row in stored]
    assert [{k: v for k, v in row.items() if k not in own} for row in other] == plain
    hidden = found.filter(pl.col("org_code") == "A3", pl.col("month") == date(2023, 11, 1))
    assert hidden["value"].to_list() == hidden["signal"].to_list() == [None]
    charts.db.close()


def test_a_chart_is_that_of_the_mart(command: None, years: Mart) -> None:
    done = run("chart", "Appointments", "--org", "leicester city", "--json")
    assert done.exit_code == 0, done.output
    stored = years.rows(
        """SELECT * EXCLUDE (organisation_key) FROM kpi_spc
        WHERE kpi_id = 'appointments' AND org_code = '04C' ORDER BY month"""
    )
    told = json.loads(done.stdout)
    assert len(told) == len(stored) > 24
    for made, kept in zip(told, stored, strict=True):
        assert {**made, **{k: v for k, v in kept.items() if isinstance(v, date)}} == kept
    lines = run("chart", "appointments", "--org", "04C", "--csv").stdout
    assert len(list(csv.DictReader(io.StringIO(lines)))) == len(stored)


def test_the_table_says_signals_in_words_and_the_basis(command: None) -> None:
    done = run("chart", "appointments", "--org", "04C", "--months", "6")
    assert done.exit_code == 0, done.output
    title, heading, *rows = done.stdout.splitlines()
    assert title == "GP appointments, per working day - Leicester City (04C)"
    assert "Upper limit" in heading and "Signal" in heading
    assert "outside limits, high (neutral high)" in done.stdout
    assert any("not judged yet" in row for row in rows) and "xmr-1" in rows[-1]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("imd_2025_score", "--org", "04C"), "There is no control chart of imd_2025_score."),
        (("appointments", "--org", "04C", "--json", "--csv"), "choose one of --json and --csv"),
        (("appointments", "--org", "QK1", "--practices"), "The mart has no appointments of QK1."),
        (("apointments", "--org", "04C"), "Did you mean appointments"),
    ],
)
def test_what_is_not_there_is_refused(command: None, asked: tuple[str, ...], answer: str) -> None:
    done = run("chart", *asked)
    assert done.exit_code == 2
    assert answer in " ".join(done.output.replace("│", "").split())
