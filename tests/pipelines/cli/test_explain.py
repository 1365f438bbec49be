"""`explain` as people and programs use it."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.explained import _show_checks
from pipelines.cli.main import app
from pipelines.cli.screen import Screen
from tests.support import referrals, write, write_list
from tests.warehouse.support_mart import build
from tests.warehouse.worlds import listed, volume, years_world
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.explain.source_rows import spans

OCTOBER = ("--org", "04C", "--month", "2025-10")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with the world of time and a local return."""
    place: Path = tmp_path_factory.mktemp("explain")
    home = Home(place / "home")
    sent = referrals(
        *[
            {"Practice code": code, "Month": "2025-10", "Referrals sent": 40}
            for code in ("C82001", "C82002")
        ]
    )
    files = [*years_world(place / "files"), write(place / "files" / "sent.csv", sent)]
    other = listed("C82002", "04C", "2025-10-01", 200)
    build(home, [*files, write_list(place / "files" / "other.csv", other)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home.root))
        yield home


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_person_reads_it_from_the_value_to_the_row(told: Home) -> None:
    done = run("appointments", *OCTOBER)
    assert done.exit_code == 0
    said = words(done.stdout)
    for text in (
        "GP appointments, 2025-10",
        "(sub_icb 04C)",
        "1,340 events - final, edition 2025-11",
        "COUNT_OF_APPOINTMENTS added up (gp_appointments_sub_icb)",
        "nov.csv (numerator, gp_appointments_sub_icb edition 2025-11)",
        "retrieved 2025-12-20",
        "2 of 58 rows in the file: ",
        "column COUNT_OF_APPOINTMENTS",
        "Corrections: none",
        "edition 2025-11 1,",
        "revised",
        "as first reported",
        "not demand, workload or capacity",
    ):
        assert text in said, text
    assert "SYNTHETIC" not in done.output


def test_a_program_reads_the_same(told: Home) -> None:
    data = json.loads(run("appointments_same_day_share", *OCTOBER, "--json").stdout)
    assert data["value"] == data["numerator"] / data["denominator"]
    assert [part["part"] for part in data["parts"]] == ["numerator", "denominator"]
    assert {one["part"]: one["value"] for one in data["organisations"]} == {
        "numerator": data["numerator"],
        "denominator": data["denominator"],
    }
    top, bottom = data["sources"]
    assert (top["rows_added"], bottom["rows_added"]) == (1, 2)
    assert len(top["sha256"]) == 64 and top["row_numbers"] in bottom["row_numbers"]
    assert {one["edition"] for one in data["vintages"]} == {"2025-10", "2025-11"}
    assert data["first_reported_value"] == data["vintages"][0]["value"] != data["value"]
    assert data["checks"] == [] and data["corrections"] == [] and data["overrides"] == []


def test_every_row_as_a_table(told: Home, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    done = run("appointments", *OCTOBER, "--rows", str(target))
    assert done.exit_code == 0 and "Wrote 2 rows to" in done.stderr
    rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["file_name"] for row in rows} == {"nov.csv"}
    assert sum(int(row["count"]) for row in rows) == volume(date(2025, 10, 1))


def test_a_failure_to_write_rows_is_reported(told: Home) -> None:
    done = run("appointments", *OCTOBER, "--rows", str(told.archive))
    assert done.exit_code == 2 and "can't be written" in done.stderr


def test_as_it_was_known_with_an_edition(told: Home) -> None:
    before = json.loads(run("appointments", *OCTOBER, "--edition", "2025-10", "--json").stdout)
    now = json.loads(run("appointments", *OCTOBER, "--json").stdout)
    assert before["value"] == now["value"] + 7
    assert [one["item"] for one in before["sources"]] == ["oct.csv"]


def test_a_figure_of_a_local_return_is_explained_without_names_and_counts(
    told: Home, tmp_path: Path
) -> None:
    target = tmp_path / "rows.csv"
    asked = ("pharmacy_first_referrals", *OCTOBER)
    done = run(*asked, "--rows", str(target))
    assert done.exit_code == 0, done.output
    assert "2 practices" in words(done.stdout) and "a local return" in words(done.stdout)
    assert "C8200" not in done.stdout
    rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["source_row"] for row in rows] == ["2", "3"]
    assert {(row["org_code"], row["count"]) for row in rows} == {("", "")}
    [cell] = json.loads(run(*asked, "--json").stdout)["organisations"]
    assert (cell["organisations"], cell["value"]) == (2, None) and "org_code" not in cell


def test_checks_that_failed_are_listed_before_those_that_warn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = {"feed": "a_feed", "edition": "2025-10"}
    checks = [
        one | {"verdict": "warn", "text": "The first by name"},
        one | {"verdict": "pass", "text": "Met"},
        one | {"verdict": "fail", "text": "The second"},
    ]
    _show_checks(Screen(), checks)
    said = capsys.readouterr().out
    assert "a_feed 2025-10: 1 pass, 1 warn, 1 fail, 0 skipped" in said
    assert said.index("fail: The second") < said.index("warn: The first") and "Met" not in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("appointment", *OCTOBER), 'Unknown KPI "appointment". Did you mean appointments'),
        (("appointments", "--org", "04CC", "--month", "2025-10"), "Did you mean 04C ("),
        (
            ("pharmacy_first_referrals", "--org", "C82001", "--month", "2025-10"),
            "published only with `practice_level: true` under `disclosure:` in settings.yaml. "
            "It has figures of sub-ICBs",
        ),
        (("appointments", "--org", "04C", "--month", "2019-10"), "It has 2021-07 to 2025-11"),
        (
            ("appointments", "--org", "04C", "--month", "2024-08"),
            "no accepted edition covers this month",
        ),
        (("appointments", *OCTOBER, "--edition", "2025-09"), "It is in 2025-10, 2025-11"),
        (("appointments", *OCTOBER, "--edition", "2025-10.x"), "a revision is a number"),
        (("appointments", "--org", "04C", "--month", "October"), "YYYY-MM"),
    ],
)
def test_an_unknown_figure_is_refused_with_what_is_available(
    told: Home, asked: tuple[str, ...], said: str
) -> None:
    done = run(*asked)
    assert done.exit_code == 2
    assert said in words(done.stderr.replace("│", "")).replace(" Error: ", "")


def test_without_a_mart(home: Home) -> None:
    done = run("appointments", *OCTOBER)
    assert done.exit_code == 2 and "access-recovery refresh" in done.stderr


def test_rows_missing_from_the_lake_are_reported(told: Home, tmp_path: Path) -> None:
    lake, away = told.root / "lake" / "tidy", told.root / "lake" / "away"
    lake.rename(away)
    try:
        done = run("appointments", *OCTOBER)
        assert done.exit_code == 0 and "row numbers are not available" in words(done.stdout)
        refused = run("appointments", *OCTOBER, "--rows", str(tmp_path / "rows.csv"))
        assert refused.exit_code == 2 and "access-recovery refresh" in refused.stderr
    finally:
        away.rename(lake)


def test_row_numbers_are_written_as_spans() -> None:
    assert spans([7, 2, 3, 4, 9, 4]) == "2-4, 7, 9"
    assert spans([]) == ""
