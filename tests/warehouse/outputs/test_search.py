"""KPIs, places and series found by what people call them, and the commands that show them."""

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.cli.series_shown import spark_line
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.base.working_days import working_days
from warehouse.explain.no_figures import no_figures
from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.search import (
    NoMatch,
    find_kpis,
    find_organisations,
    kpi_named,
    organisation_named,
    organisations_named,
    series,
    those_within,
    unreliable_editions,
)
from warehouse.settings import HOME_HEADLINES


@pytest.fixture
def command(years_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read the world of time, in a terminal of 80 columns."""
    monkeypatch.setenv(HOME_VARIABLE, str(years_home.root))
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_kpi_is_found_by_words_of_its_title_in_any_order_and_case(years: Mart) -> None:
    found = [row["kpi_id"] for row in find_kpis(years.db, ["BOOKING", "same day"])]
    assert found == ["appointments_same_day_share", "annex1_same_day_share"]
    [row] = [row for row in find_kpis(years.db) if row["kpi_id"] == "appointments"]
    assert (row["levels"], str(row["newest_month"])) == (["sub_icb"], "2025-11-01")
    unseen = next(row for row in find_kpis(years.db) if row["kpi_id"] == "nhs_app_logins")
    assert (unseen["levels"], unseen["newest_month"]) == ([], None)


@pytest.mark.parametrize("text", ["04C", " 04c ", "leicester CITY"])
def test_a_place_is_named_by_code_or_short_name_in_any_case(years: Mart, text: str) -> None:
    found = organisation_named(years.db, text, HOME_HEADLINES, ["sub_icb"])
    assert (found["org_code"], found["icb_code"]) == ("04C", "QK1")


def test_a_short_name_of_two_places_is_of_the_level_that_has_figures(pharmacies: Mart) -> None:
    with pytest.raises(NoMatch, match=r"may be any of 2 organisations.*\b04C \(Leicester City\)"):
        organisation_named(pharmacies.db, "Leicester City", HOME_HEADLINES)
    found = organisation_named(
        pharmacies.db, "Leicester City", HOME_HEADLINES, ["local_authority", "icb"]
    )
    assert found["org_code"] == "E06000016"


def test_a_name_means_the_place_whose_level_the_kpi_has_figures_for(
    pharmacies: Mart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leicester City is a sub-ICB and a local authority, whose published name is Leicester."""
    monkeypatch.setenv(HOME_VARIABLE, str(pharmacies.path.parents[1]))
    of_authorities = "pharmacy_first_consultations"
    for command in (("show",), ("explain", "--month", "2025-10")):
        for name, code in (("Leicester City", "E06000016"), ("leicester", "E06000016")):
            done = run(command[0], of_authorities, "--org", name, *command[1:])
            assert code in done.output and "may be any" not in done.output, done.output
    by_sub_icb = organisation_named(pharmacies.db, "leicester city", (), ["sub_icb", "icb"])
    assert by_sub_icb["org_code"] == "04C"
    both = ["sub_icb", "local_authority"]
    with pytest.raises(NoMatch, match=r"may be any of 2 organisations.*E06000016"):
        organisation_named(pharmacies.db, "Leicester City", (), both)
    # No figures of the local authority of this very name: others that have the word are meant.
    with pytest.raises(NoMatch, match=r"may be any of \d+ organisations"):
        organisation_named(pharmacies.db, "Leicester", (), ["sub_icb", "icb"])
    assert organisation_named(pharmacies.db, "E06000016", (), ["icb"])["org_code"] == "E06000016"
    # Neither place of this name has figures: which levels have is said of either.
    done = run("show", "nhs_app_logins", "--org", "Leicester City")
    assert "may be any" not in done.output and "It has figures of" in done.output, done.output


def test_files_are_of_every_place_of_a_name(pharmacies: Mart) -> None:
    found = organisations_named(pharmacies.db, "leicester city", HOME_HEADLINES)
    assert sorted(one["org_code"] for one in found) == ["04C", "E06000016"]
    assert [one["org_code"] for one in organisations_named(pharmacies.db, "04c")] == ["04C"]


def test_words_of_several_names_list_their_codes_and_an_unknown_one_similar_codes(
    years: Mart,
) -> None:
    with pytest.raises(NoMatch, match=r'"birmingham" may be any of \d+ organisations'):
        organisation_named(years.db, "birmingham")
    with pytest.raises(NoMatch, match=r'Unknown organisation "04CC".*Did you mean 04C \('):
        organisation_named(years.db, "04CC")
    with pytest.raises(NoMatch, match=r'Unknown KPI "apointments".*Did you mean appointments'):
        kpi_named(years.db, "apointments")


def test_an_unknown_kpi_is_answered_with_those_that_may_be_meant(years: Mart) -> None:
    for asked in ("dna", "DNA rate", "missed appointments"):
        with pytest.raises(NoMatch, match=r"Did you mean appointments_dna_share \(Share of "):
            kpi_named(years.db, asked)


def test_words_that_no_kpi_has_all_of_are_answered_with_the_nearest(command: None) -> None:
    done = run("kpis", "missed", "appointments", "of", "zebras")
    assert done.exit_code == 2
    assert "Nothing matches" in done.stderr and "appointments_dna_share" in done.stderr
    none = run("kpis", "zebra")
    assert "Did you mean" not in none.stderr and "access-recovery kpis lists all" in none.stderr


def test_hyphens_and_other_words_for_the_same_find_a_kpi(command: None) -> None:
    for asked in ("two-week", "14 days", "fortnight"):
        assert "appointments_within_two_weeks_share" in run("kpis", asked).stdout


def test_without_a_place_the_home_is_shown_and_explained_in_the_newest_month(
    command: None,
) -> None:
    assert "QK1" in run("show", "registered_patients", "--months", "1").output
    told = run("explain", "appointments", "--org", "04C").stdout
    assert told.startswith("GP appointments, 2025-11, ")
    assert run("explain", "nhs_app_registrations").exit_code == 2


def test_a_mart_of_another_release_is_told_of_as_that(
    years_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever command reads what it lacks: a column, here, that came later."""
    old = Home(tmp_path / "home")
    shutil.copytree(years_home.root, old.root)
    with duckdb.connect(str(old.mart)) as db:
        db.execute("ALTER TABLE kpi_target RENAME COLUMN beside TO besides")
    monkeypatch.setenv(HOME_VARIABLE, str(old.root))
    assert isinstance(run("headline").exception, duckdb.BinderException), "a mistake of ours"
    with duckdb.connect(str(old.mart)) as db:
        db.execute("UPDATE governance.publication SET code_version = 'older'")
    for asked in (["headline"], ["export", "--format", "xlsx", "--out", str(tmp_path / "out")]):
        done = run(*asked)
        assert done.exit_code == 2, done.output
        said = " ".join(done.stderr.split())
        assert "was made by another release of the program, and lacks what this" in said
        assert "code older; this is release " in said and "Binder" not in said
        assert "Run access-recovery refresh" in done.stderr and "Traceback" not in done.output


def test_organisations_are_listed_once_the_largest_first(years: Mart) -> None:
    found = find_organisations(years.db, ["leicester", "rutland"], HOME_HEADLINES)
    assert [row["org_code"] for row in found] == ["QK1", "03W", "04C", "04V"]
    assert [row["short_name"] for row in found] == [
        "LLR",
        "East Leicestershire and Rutland",
        "Leicester City",
        "West Leicestershire",
    ]


def test_organisations_within_a_place_are_listed_and_how_to_ask_for_them(
    command: None, years: Mart
) -> None:
    [own] = [one for one in find_organisations(years.db, ["QK1"]) if one["org_level"] == "icb"]
    found = those_within(find_organisations(years.db), own)
    assert {row["org_code"] for row in found if row["org_level"] == "sub_icb"} == {
        "03W",
        "04C",
        "04V",
    }
    listed = list(
        csv.DictReader(run("organisations", "--within", "QK1", "--csv").stdout.split("\n"))
    )
    assert [row["org_code"] for row in listed] == [row["org_code"] for row in found]
    assert "access-recovery organisations --within QK1" in run("organisations", "QK1").stdout
    with pytest.raises(NoMatch, match="Test is a practice: nothing is listed within it"):
        those_within(found, {"org_level": "practice", "short_name": "Test"})


def test_a_kpi_is_known_by_its_title_and_a_month_by_either_option(command: None) -> None:
    asked = ("--org", "04C", "--json")
    by_id = run("show", "appointments", "--period", "2023-06", *asked)
    by_title = run("show", "gp Appointments", "--month", "June 2023", *asked)
    assert by_id.exit_code == 0, by_id.output
    assert json.loads(by_title.stdout) == json.loads(by_id.stdout) != []


def test_a_series_has_every_month_of_the_mart(years: Mart) -> None:
    rows = series(years.db, "appointments", "sub_icb", "04C")
    figures = years.figures("appointments", "sub_icb", "04C")
    assert {f"{row['month']:%Y-%m}": row["value"] for row in rows} == {
        month: figure["value"] for month, figure in figures.items()
    }


def test_a_spark_line_goes_from_the_least_to_the_most_and_shows_what_is_missing() -> None:
    assert spark_line([1.0, 8.0, None, 4.5]) == "▁█·▅"
    assert spark_line([3.0, 3.0]) == "▁▁"
    assert spark_line([None, None]) == "··"


def test_show_says_value_change_status_and_the_next_step(command: None, years: Mart) -> None:
    done = run("show", "Appointments", "--org", "leicester city", "--months", "2")
    assert done.exit_code == 0, done.output
    title, line, *_ = done.stdout.splitlines()
    assert title == "GP appointments - Leicester City (sub-ICB 04C)"
    assert line.endswith("2025-10 to 2025-11")
    newest = years.figure("appointments", "sub_icb", "04C", "2025-11")
    row = next(line for line in done.stdout.splitlines() if line.startswith("2025-11 "))
    assert row.split()[1] == f"{newest['value']:,.0f}"
    assert newest["status"] in done.stdout
    assert "explain appointments --org 04C --month 2025-11" in done.stdout
    assert max(map(len, done.stdout.split("Next:")[0].splitlines()[:6])) <= 80


def test_show_draws_the_chart_and_says_the_newest_month(command: None, years: Mart) -> None:
    done = run("show", "appointments", "--org", "04C", "--months", "3")
    [said] = years.rows("FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = '04C'")
    assert said["sentence"] in done.stdout
    assert "○ provisional" in done.stdout and "─ mean" in done.stdout
    [newest] = years.rows(
        "FROM kpi_spc WHERE kpi_id = 'appointments' AND org_code = '04C' AND month = $month",
        month=said["month"],
    )
    assert f"of {newest['points_in_baseline']} months from" in done.stdout


def test_show_has_the_whole_month_beside_the_working_day(command: None, years: Mart) -> None:
    done = run("show", "appointments", "--org", "04C", "--months", "2")
    newest = years.figure("appointments", "sub_icb", "04C", "2025-11")
    row = next(line for line in done.stdout.splitlines() if line.startswith("2025-11 "))
    change = newest["year_on_year_ratio"]
    assert row.split()[2] == f"{change:+.1%}"
    now, then = working_days(date(2025, 11, 1)), working_days(date(2024, 11, 1))
    assert f"November 2025 had {now} working days, November 2024 {then}." in " ".join(
        done.stdout.split()
    )
    share = run("show", "appointments_dna_share", "--org", "04C", "--months", "2")
    assert "Whole month" not in share.stdout


def test_what_is_provisional_is_nowhere_called_no_clear_change(command: None, years: Mart) -> None:
    rows = json.loads(run("show", "appointments", "--org", "04C", "--json").stdout)
    assert rows[-1]["status"] == "provisional" and rows[-1]["signal"] is None
    assert rows[-1]["judgement"] == "not_judged"
    assert "not judged yet: provisional until more months are published" in rows[-1]["sentence"]
    for asked in (
        ("show", "appointments", "--org", "04C", "--months", "1"),
        ("headline",),
        ("chart", "appointments", "--org", "04C", "--months", "1"),
        ("explain", "appointments", "--org", "04C", "--month", "2025-11"),
    ):
        told = run(*asked).stdout
        assert "not judged yet" in " ".join(told.split())
        assert all("no clear change" not in line for line in told.splitlines() if "2025-11" in line)


def test_show_of_programs_has_limits_signal_and_comparator(command: None, years: Mart) -> None:
    rows = json.loads(run("show", "appointments", "--org", "04C", "--json").stdout)
    assert len(rows) == 13
    for row in rows:
        [point] = years.rows(
            """FROM kpi_spc WHERE kpi_id = 'appointments' AND org_code = '04C'
               AND month = $month::DATE""",
            month=row["month"],
        )
        assert row["charted_value"] == point["value"] and row["basis"] == "per_working_day"
        same = ("mean", "lower_limit", "upper_limit", "signal", "direction", "baseline", "limits")
        assert [row[name] for name in same] == [point[name] for name in same]
        assert row["sentence"].startswith("In ") and "england_value" in row
    assert {"judgement", "rank", "ranked_of", "target"} <= set(rows[0])


def test_programs_read_json_and_csv(command: None, years: Mart) -> None:
    asked = ("show", "appointments", "--org", "04C", "--months", "3")
    rows = json.loads(run(*asked, "--json").stdout)
    lines = list(csv.DictReader(run(*asked, "--csv").stdout.splitlines()))
    assert [row["month"] for row in rows] == ["2025-09-01", "2025-10-01", "2025-11-01"]
    assert [float(line["value"]) for line in lines] == [row["value"] for row in rows]
    places = list(csv.DictReader(run("organisations", "rutland", "--csv").stdout.splitlines()))
    assert [place["org_code"] for place in places] == ["QK1", "03W", "04C", "04V"]
    assert run(*asked, "--json", "--csv").exit_code == 2


def test_what_may_not_be_compared_is_listed_by_kind(command: None, years: Mart) -> None:
    done = run("kpis", "--not-comparable")
    assert done.exit_code == 0, done.output
    told = " ".join(done.stdout.split())
    for words in ("a new series began", "never added up, mixed or compared", "CCG boundaries"):
        assert words in told
    every = json.loads(run("kpis", "--not-comparable", "--json").stdout)
    known = years.rows("SELECT caveat FROM governance.not_comparable WHERE org_code IS NULL")
    assert {row["caveat"] for row in known} <= {row["caveat"] for row in every}
    assert all(row["org_code"] in (None, "QK1", "04C", "03W", "04V") for row in every)
    few = json.loads(run("kpis", "ccg", "--not-comparable", "--json").stdout)
    assert 0 < len(few) < len(every)
    assert run("kpis", "nothing like it", "--not-comparable").exit_code != 0


def test_a_kpi_id_is_whole_at_80_columns(command: None) -> None:
    assert "appointments_within_two_weeks_acc08_share " in run("kpis", "acc-08").stdout


def test_a_kpi_added_since_the_mart_was_made_is_listed_and_says_what_to_do(
    command: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = catalogue()["appointments"]
    new = old.model_copy(update={"kpi_id": "appointments_anew", "title": "Appointments anew"})
    monkeypatch.setattr("warehouse.outputs.search.catalogue", lambda: {new.kpi_id: new})
    listed = run("kpis", "anew").stdout
    assert "appointments_anew  Appointments anew  none yet" in listed
    assert "1 of them not in the mart yet: access-recovery refresh adds them." in listed
    assert "not in the mart" not in run("kpis", "face to face").stdout
    shown = run("show", "appointments_anew", "--org", "04C")
    assert shown.exit_code == 2
    assert "The mart was made before appointments_anew (Appointments anew) was added" in " ".join(
        shown.output.split()
    )


def test_a_share_without_a_target_says_whose_the_one_is_that_people_look_for(command: None) -> None:
    said = (
        'No target applies: the national target of "Share within two weeks, ACC-08 categories", '
        "90.0%, was for networks in 2023/24."
    )
    shown = run("show", "appointments_within_two_weeks_share", "--org", "04C").stdout
    assert said in shown
    assert f"Share of appointments within two weeks of booking: {said}" in run("headline").stdout
    assert "No target" not in run("show", "appointments_dna_share", "--org", "04C").stdout


def test_the_headline_is_shown_again_and_for_programs(command: None) -> None:
    again = run("headline")
    assert again.exit_code == 0, again.output
    assert "Headline figures" in again.stdout and "Leicester City:" in again.stdout
    rows = json.loads(run("headline", "--json").stdout)
    count = next(row for row in rows if row["kpi_id"] == "appointments")
    assert count["sentence"] in again.stdout and count["judgement"] == "not_judged"
    assert count["judged_month"] < count["month"] and "provisional" in count["judged_in_words"]
    [first, *_] = csv.DictReader(run("headline", "--csv").stdout.splitlines())
    assert first["sentence"] == rows[0]["sentence"] and first["synthetic"] == "false"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("kpis", "zzz"), 'Nothing matches "zzz".'),
        (("organisations", "zzz"), 'Nothing matches "zzz".'),
        (("organisations", "--level", "village"), "`village` is not a level"),
        (("show", "nhs_app_logins", "--org", "04C"), "The mart has no nhs_app_logins of 04C."),
    ],
)
def test_what_is_not_there_is_refused_with_what_to_do(
    command: None, asked: tuple[str, ...], answer: str
) -> None:
    done = run(*asked)
    assert done.exit_code == 2
    assert answer in " ".join(done.output.replace("│", "").split())


def test_explain_takes_names_and_months_as_people_type_them(command: None) -> None:
    typed = run("explain", "APPOINTMENTS", "--org", "Leicester City", "--month", "Oct 2025")
    exact = run("explain", "appointments", "--org", "04C", "--month", "2025-10")
    assert typed.exit_code == 0
    assert typed.stdout == exact.stdout


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert run("--version").stdout.strip() == f"access-recovery {version('access-recovery')}"


def test_why_nothing_is_published_is_the_newest_verdict_of_the_check() -> None:
    db = duckdb.connect()
    db.execute("CREATE SCHEMA governance")
    db.execute("CREATE TABLE kpi AS SELECT 'sent' AS kpi_id, 'returns' AS feed")
    db.execute(
        """CREATE TABLE governance.check_result AS FROM (VALUES
           ('returns', '2024-12', 'cells_whole', 'warn', 'r1', TIMESTAMP '2025-01-01'),
           ('returns', '2025-01', 'cells_whole', 'warn', 'r1', TIMESTAMP '2025-02-01'),
           ('returns', '2025-01', 'cells_whole', 'pass', 'r2', TIMESTAMP '2025-02-02'),
           ('returns', '2024-12', 'code_pattern', 'warn', 'r1', TIMESTAMP '2025-01-01'),
           ('others', '2024-12', 'cells_whole', 'warn', 'r1', TIMESTAMP '2025-01-01')
           ) AS c(feed, edition, rule, verdict, run_id, checked_at)"""
    )
    lost = unreliable_editions(db, "sent")
    assert lost == [
        "Figures of returns 2024-12 are not published until rows in quarantine are corrected: "
        "access-recovery warnings returns names them."
    ]
    db.execute("CREATE TABLE kpi_period (kpi_id TEXT, org_level TEXT, value DOUBLE)")
    assert no_figures(db, "sent", "C82001", lost) == (
        "The mart has no sent of C82001.",
        f"It has figures of no place yet. {lost[0]}",
    )
