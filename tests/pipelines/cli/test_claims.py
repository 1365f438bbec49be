"""The command `claims`: what it prints of a mart's tables, as text and as JSON."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.claims import claim_lines, read_claims, reason_lines, summary_lines
from pipelines.cli.main import app
from pipelines.operations.refresh import refresh
from tests.support import write_coverage, write_regional
from tests.warehouse.claims.support_claims import figure, registered
from tests.warehouse.support_mart import RUN, Mart, accept_all, bring
from tests.warehouse.worlds import area, covered
from warehouse.archive.source_files import Archive
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.claims import home_register, register
from warehouse.publication import build as mart_build
from warehouse.publication.publish import publish

Record = dict[str, Any]
DIFFERS = "differs, edition of the time not available"
BESIDE = {"period": {"month": "2024-09"}, "only_shown": "September is not October"}
FIGURES = {
    "october_count": figure(label="appointments in October"),
    "october_growth": figure(
        label="growth on the year",
        aspect="growth",
        unit="growth",
        measure="year_on_year_ratio",
        written="16 %",
        readings=[{}, BESIDE],
    ),
    "app_people": figure(
        label="people", unit="people", kpi="nhs_app_unique_users", written="5,000"
    ),
    "later": figure(period={"month": "2025-01"}, written="7"),
    "november": figure(period={"month": "2024-11"}, written="75"),
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["claims", *arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose mart has a register of its own: 100 in October 2024, later revised to 110. The
    last edition was issued again with another figure of November."""
    folder = tmp_path_factory.mktemp("claims")
    home = Home(folder / "home")
    claims = registered(folder, **FIGURES)
    files = [
        write_regional(folder / "then.csv", area("04C", "OCT2024", 100)),
        write_regional(
            folder / "now.csv",
            area("04C", "OCT2023", 90),
            area("04C", "OCT2024", 60),
            area("04C", "OCT2024", 50, APPT_STATUS="DNA"),
            area("04C", "NOV2024", 70),
        ),
        write_coverage(folder / "coverage.csv", covered("04C", "01NOV2024", 1, 4000)),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mart_build, "claims_of", lambda home: claims)
        again = write_regional(folder / "again.csv", area("04C", "NOV2024", 75))
        bring(home, *files, published_on=date(2024, 12, 20))
        bring(home, again, published_on=date(2025, 1, 10))
        accept_all(home)
        publish(home, mart_build.build_mart(home, RUN))
    return home


@pytest.fixture
def published(made: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME_VARIABLE, str(made.root))
    monkeypatch.delenv("COLUMNS", raising=False)
    return made


def told(home: Home) -> dict[str, Record]:
    found = read_claims(home)
    assert found is not None
    return {one["claim_id"]: one for one in found}


def test_tables_of_the_mart(made: Home) -> None:
    rows = Mart(made.mart).rows(
        "SELECT claim_id, stated_value, computed_value, difference, verdict, confirmed_in_edition,"
        " kpi_id, org_code, strftime(month, '%Y-%m') AS month, synthetic FROM claim ORDER BY rowid"
    )
    assert [tuple(row.values())[1:-1] for row in rows] == [
        (100, 110, 10, "confirmed in edition 2024-10, since revised", "2024-10",
         "appointments", "04C", "2024-10"),
        (0.16, 110 / 90 - 1, 110 / 90 - 1 - 0.16, DIFFERS, None,
         "appointments", "04C", "2024-10"),
        (5000, None, None, "cannot be true", None, "nhs_app_unique_users", "04C", "2024-10"),
        (7, None, None, "not computable", None, "appointments", "04C", "2025-01"),
        (75, 75, 0, "confirmed", None, "appointments", "04C", "2024-11"),
    ]  # fmt: skip
    assert {row["synthetic"] for row in rows} == {False}


def test_readings_list_values_by_edition_and_their_files(made: Home) -> None:
    then, now = told(made)["october-count"]["readings"]
    assert [(r["edition"], r["computed_value"], r["within_tolerance"]) for r in (then, now)] == [
        ("2024-10", 100, True),
        ("2024-11", 110, False),
    ]
    assert (then["is_latest"], now["is_latest"]) == (False, True)
    files = {file.file_name: file.sha256 for file in Archive(made).files()}
    assert [[(s["sha256"], s["rows"]) for s in r["sources"]] for r in (then, now)] == [
        [(files["then.csv"], 1)],
        [(files["now.csv"], 2)],
    ]
    growth, _ = told(made)["october-growth"]["readings"]
    assert (growth["months"], growth["compared_months"]) == (["2024-10"], ["2023-10"])
    assert [(s["edition"], s["rows"]) for s in growth["sources"]] == [("2024-11", 3)]


def test_each_issue_of_an_edition_leads_to_its_own_file(made: Home) -> None:
    """The newest value comes from the file that was issued again, the one before from the file
    that it replaced; both are of one edition."""
    readings = told(made)["november"]["readings"]
    assert [(r["edition"], r["revision"], r["computed_value"]) for r in readings] == [
        ("2024-11", 1, 70),
        ("2024-11", 2, 75),
    ]
    named = [[(s["file_name"], s["revision"]) for s in r["sources"]] for r in readings]
    assert named == [[("now.csv", 1)], [("again.csv", 2)]]


def test_text_has_verdicts_readings_and_files(published: Home) -> None:
    result = run("--all")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    for words in (
        'Minutes A council. Date: 2025-02-01. No web address is known. "A hundred appointments',
        "=> appointments in October: confirmed in edition 2024-10, since revised; growth differs",
        "100: appointments in October [october-count] Verdict: confirmed in edition 2024-10, since",
        "GP appointments, 04C: October 2024 110 +10.0% 2024-11 no 2 rows of ",
        "with an earlier edition 100 0 2024-10 yes 1 row of ",
        "Verdict: differs from today's figures by +6.22 pp; the edition of the time is not av",
        "Shown only: September is not October",
        "5,000 people are more than there are: 04C had at most 4,000 registered patients",
        "Missing: January 2025 not available (available for 04C: October 2023, October to",
        "GP appointments, 04C: November 2024 75 0 2024-11.2 yes 1 row of ",
        "with an earlier edition 70 -6.7% 2024-11.1 no 1 row of ",
        "gp_appointments_sub_icb 2024-11 revision 2: again.csv",
        "Files ",
    ):
        assert words in text
    [value, before] = [
        line for line in result.stdout.splitlines() if line.endswith((" no", " yes"))
    ][:2]
    assert (value.index("110"), value.index("2024-11")) == (
        before.index("100"),
        before.index("2024-10"),
    )
    assert before.index("with an earlier edition") == value.index("GP appointments") + 2
    for file in Archive(published).files():
        assert (f"SHA-256 {file.sha256}" in text) == (file.feed == "gp_appointments_sub_icb")


def test_a_summary_comes_first_one_line_each(published: Home) -> None:
    lines = run().stdout.splitlines()
    assert [" ".join(line.split()) for line in lines[:8]] == [
        "Claim Stated Verdict",
        "october-count 100 confirmed in 2024-10",
        "october-growth 16 % differs +6.22 pp*",
        "app-people 5,000 cannot be true",
        "later 7 not computable",
        "november 75 confirmed",
        "* Uses current figures: the edition of the time is not available.",
        "",
    ]
    assert lines[8].startswith("later: not computable: January 2025 not available")
    assert "Minutes" in lines


def test_what_has_no_value_is_told_of_by_its_reason_unless_it_is_asked_for(
    published: Home,
) -> None:
    assert "[later]" not in run().stdout and "[app-people]" in run().stdout
    for asked in (["--all"], ["later"]):
        told = run(*asked).stdout
        assert "[later]" in told and "claims --all" not in told


def test_claims_with_one_reason_share_a_line(made: Home) -> None:
    found = told(made)
    same = {"verdict_in_short": "not computable", "note": "Only a sample."}
    two = [found["later"] | same, found["november"] | same]
    [line, more, _] = reason_lines(two, 100)
    assert line == "2 claims: not computable: Only a sample." and "--all" in more
    apart = [*two, found["app-people"] | same | {"note": "No such month."}]
    assert list(reason_lines(apart, 100))[:2] == [
        "2 claims (later, november): not computable: Only a sample.",
        "app-people: not computable: No such month.",
    ]


@pytest.mark.parametrize("width", [80, 100])
def test_text_keeps_to_its_width(made: Home, width: int) -> None:
    found = list(told(made).values())
    lines = [*summary_lines(found, width), *claim_lines(found, width)]
    assert max(len(line) for line in lines if "://" not in line) <= width, "addresses stay whole"


def test_piped_text_is_as_wide_as_the_variable_columns(
    published: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    widest = {}
    for columns in ("80", ""):
        monkeypatch.setenv("COLUMNS", columns)
        text, _, _ = run("october").stdout.partition("Files")  # a path is never broken
        widest[columns] = max(len(line) for line in text.splitlines() if "://" not in line)
    assert widest["80"] <= 80 < widest[""]


def test_json_has_all_of_it(published: Home) -> None:
    result = run("--json")
    data = json.loads(result.stdout)
    assert (data["synthetic"], data["mart"]) == (False, str(published.mart))
    found = {one["claim_id"]: one for one in data["claims"]}
    assert found["october-count"]["verdict"] == "confirmed in edition 2024-10, since revised"
    [_, latest] = found["october-count"]["readings"]
    assert (latest["first_month"], latest["sources"][0]["feed"]) == (
        "2024-10-01",
        "gp_appointments_sub_icb",
    )
    assert found["later"]["readings"][0]["sources"] == []


def test_claims_are_chosen_by_how_their_ids_begin(published: Home) -> None:
    chosen = json.loads(run("october", "app-people", "--json").stdout)["claims"]
    assert [one["claim_id"] for one in chosen] == ["october-count", "october-growth", "app-people"]
    unknown = run("december")
    assert unknown.exit_code == 2
    assert 'Unknown claim "december"' in unknown.stderr and "october-count" in unknown.stderr


def test_a_refresh_refuses_a_wrong_register_before_the_work(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "QK1.yaml"
    registered(tmp_path, claim=figure(kpi="appointment"))
    (tmp_path / "claims.yaml").rename(path)
    home.landing.mkdir(parents=True)
    waiting = write_regional(home.landing / "then.csv", area("04C", "OCT2024", 100))
    monkeypatch.setattr(register, "REGISTERS", tmp_path)
    monkeypatch.setattr(home_register, "published_claims", register.published_claims.__wrapped__)
    with pytest.raises(ValueError, match="claim `claim`: `kpi`: `appointment` is not in the cat"):
        refresh(home)
    assert waiting.exists()


def test_a_home_without_a_register_of_its_place_reports_no_claims(
    made: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(made.root, home.root)
    before = mart_build.mart_fingerprint(home)
    home.settings.write_text("place: QZZ\n")
    assert mart_build.mart_fingerprint(home) != before
    publish(home, mart_build.build_mart(home, RUN))
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    told = run("--json")
    assert told.exit_code == 0 and json.loads(told.stdout)["claims"] == []
    assert "No claims are registered for QZZ" in told.stderr and "QZZ.yaml" in told.stderr
    with duckdb.connect(str(home.mart), read_only=True) as db:
        assert db.sql("SELECT count(*) FROM claim").fetchall() == [(0,)]


def test_no_mart_or_one_without_claims_says_what_to_do(home: Home) -> None:
    assert run().exit_code == 2
    home.mart.parent.mkdir(parents=True)
    with duckdb.connect(str(home.mart)) as db:
        db.execute("CREATE TABLE kpi_monthly (value DOUBLE)")
    older = run("--json")
    assert older.exit_code == 2 and "access-recovery refresh" in older.stderr
