"""What a new user does first: the sample, a refresh, the mart, and Dagster afterwards."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from assets.asset_keys import keys
from assets.feeds.practice_slots.sample import STAFF
from assets.mart_assets import table_key
from assets.presentation import file_kinds
from pipelines.cli.headline_shown import show_headlines
from pipelines.cli.screen import Screen
from pipelines.instance.prepare import open_instance
from tests.e2e.command import run
from tests.warehouse.outputs.openlineage.support_events import dataset, events, names
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts


@pytest.fixture(scope="module")
def made(sample: tuple[Home, str]) -> tuple[Home, str]:
    """A home with the sample, refreshed once; and what the refresh printed."""
    return sample


@pytest.fixture
def mart(made: tuple[Home, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(made[0].mart), read_only=True) as db:
        yield db


def test_headlines_name_places_months_the_mart_and_what_to_do_next(made: tuple[Home, str]) -> None:
    home, printed = made
    for text in ("LLR", "Leicester City", "Mar 2025", "GP appointments", str(home.mart), "Next:"):
        assert text in printed
    assert "SYNTHETIC" in printed and "confirms nothing" in printed


def test_a_local_return_lacks_practices_of_its_own_icb_alone(made: tuple[Home, str]) -> None:
    _, printed = made
    about, parts = "practice_slots 2025-03, check not met", "All parts of the edition"
    [line] = [one for one in printed.splitlines() if one.startswith(about) and parts in one]
    assert "Found 0 of 3 sub-ICBs complete; 04C 2025-03 has 3 of 51; missing: " in line
    assert " practices of 04C " in line and " practices of 03W " in line
    assert "00L" not in line, "other ICBs return their own"


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_headline_of_all_themes_fits(
    made: tuple[Home, str],
    columns: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    show_headlines(Screen(), made[0])
    table = capsys.readouterr().out.partition("On the year:")[0]
    assert " England" in table.splitlines()[1] and "81 of 82 = 98.8%" in table


def test_the_minutes_figures_come_out(mart: duckdb.DuckDBPyConnection) -> None:
    [(value, face_to_face)] = mart.execute(
        """SELECT a.value, f.value FROM kpi_monthly AS a
           JOIN kpi_monthly AS f USING (month, org_level, org_code)
           WHERE a.org_code = '04C' AND a.month = DATE '2024-10-01'
             AND a.kpi_id = 'appointments' AND f.kpi_id = 'appointments_face_to_face_share'"""
    ).fetchall()
    assert value == 267_552
    assert 0.69 < face_to_face < 0.71


def test_england_is_whole_where_totals_of_every_place_are_published(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    whole, parts = (
        mart.execute(
            """SELECT sum(value), count(value), count(DISTINCT org_code) FROM kpi_monthly
               WHERE org_level = $level AND kpi_id = 'appointments'""",
            {"level": level},
        ).fetchone()
        for level in ("england", "sub_icb")
    )
    assert whole is not None and parts is not None
    assert whole[0] == parts[0] and (whole[2], parts[2]) == (1, 106)
    assert parts[1] == 106 * whole[1]


def test_practices_of_two_icbs_are_no_england(mart: duckdb.DuckDBPyConnection) -> None:
    rows = mart.execute(
        """SELECT DISTINCT value, status FROM kpi_monthly
           WHERE org_level = 'england' AND kpi_id = 'registered_patients' ORDER BY status"""
    ).fetchall()
    assert rows == [(None, "incomplete"), (None, "not_available")]


def test_patients_experience_is_of_surveys_and_of_months(
    made: tuple[Home, str], mart: duckdb.DuckDBPyConnection
) -> None:
    """Of the sample's places; its practices are of a few sub-ICBs, so there is no England."""
    rows = mart.execute(
        """SELECT period_label, org_level, count(value), count(*), any_value(status)
           FROM kpi_other_period WHERE kpi_id = 'gp_patient_survey_phone_easy'
             AND (org_code IN ('04C', 'QK1') OR org_level = 'england') GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    assert rows == [
        (year, level, whole, 1, "final" if whole else "incomplete")
        for year in ("2024", "2025")
        for level, whole in (("england", 0), ("icb", 1), ("sub_icb", 1))
    ]
    [(share, returning, responses)] = mart.execute(
        """SELECT friends_and_family_positive_share, friends_and_family_returning_share,
                  friends_and_family_responses
           FROM patient_experience_monthly WHERE org_code = '04C' AND month = DATE '2025-03-01'"""
    ).fetchall()
    assert 0.8 < share < 1 and 0.6 < returning < 1 and responses > 1000
    told = run(made[0].root, "show", "gp_patient_survey_overall_good", "--org", "04C",
               "--period", "2025")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "Survey" in told.stdout and "2025" in told.stdout and "%" in told.stdout
    why = run(made[0].root, "explain", "gp_patient_survey_overall_good", "--org", "04C",
              "--period", "2025")  # fmt: skip
    assert why.returncode == 0, why.stderr
    assert "overallexp.pcteval × overallexp.baseevalw" in why.stdout
    assert "GPPS_2025_Practice_data_(weighted)_(csv)_PUBLIC.csv" in why.stdout


def test_everything_is_marked_synthetic(mart: duckdb.DuckDBPyConnection) -> None:
    assert mart.execute("SELECT DISTINCT synthetic FROM kpi_monthly").fetchall() == [(True,)]
    comments = mart.execute(
        "SELECT comment FROM duckdb_tables() UNION ALL SELECT comment FROM duckdb_views() "
        "WHERE NOT internal"
    ).fetchall()
    assert len(comments) >= 14
    assert all(comment.startswith("SYNTHETIC") for (comment,) in comments)
    named = mart.execute(
        "SELECT org_name FROM organisation WHERE org_level = 'practice'"
    ).fetchall()
    assert named and all("SYNTHETIC" in name for (name,) in named)


def test_every_edition_is_accepted_and_warned_of_as_the_publishers_would_be(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    rows = mart.execute("SELECT DISTINCT status, checks_failed FROM governance.edition").fetchall()
    assert rows == [("accepted", 0)]
    warned = mart.execute(
        "SELECT DISTINCT feed, rule FROM governance.check_result WHERE verdict = 'warn'"
    ).fetchall()
    annex = {feed for feed in contracts() if feed.startswith("gp_appointments_annex1")}
    assert set(warned) == {(feed, "parts_complete") for feed in annex} | {
        ("nhs_app", "national_months_labelled"),
        ("gp_appointments_practice", "parts_complete"),  # practices of four sub-ICBs of 106
        ("gp_pharmacy_referrals", "cumulative_not_falling"),  # a practice corrected in August
        ("gp_pharmacy_referrals", "edition_before_at_hand"),  # the first month of the sample
        ("gp_pharmacy_referrals", "labels_as_before"),  # declined ones from April 2024
        ("pharmacy_first", "claims_have_a_board"),  # contractors without a board, as published
        ("pharmacy_first", "claims_have_a_board"),  # one contractor has none
        ("slaip_actions", "plan_ratings_reasoned"),  # actions without evidence or reason
        ("practice_slots", "edition_from_content"),  # slot reports have no month
        ("practice_slots", "parts_complete"),  # three practices of 51
    }


def test_the_three_themes_are_shown_with_both_numbers_of_a_share(made: tuple[Home, str]) -> None:
    _, printed = made
    for view in ("appointments_monthly", "pharmacy_first_monthly", "nhs_app_monthly"):
        assert view in printed
    assert "81 of 82 = 98.8%" in printed and "39 of 51 = 76.5%" in printed


def test_practice_sums_were_reconciled_with_sub_icb_sums(mart: duckdb.DuckDBPyConnection) -> None:
    rows = mart.execute(
        "SELECT feed, verdict, total_rows FROM governance.check_result "
        "WHERE rule IN ('sums_reconcile', 'figures_agree') ORDER BY feed"
    ).fetchall()
    assert {verdict for _, verdict, _ in rows} == {"pass"}
    of_crosstab = [total for feed, _, total in rows if feed == "gp_appointments_practice"]
    assert of_crosstab == [12, 12], "four sub-ICBs, three months"
    assert sum(feed.startswith("gp_appointments_annex1") for feed, *_ in rows) == 14


def test_a_second_refresh_says_in_a_line_that_nothing_is_new(made: tuple[Home, str]) -> None:
    home, _ = made
    before = home.mart.read_bytes()
    again = run(home.root, "refresh")
    assert again.returncode == 0
    assert "Nothing new since" in again.stdout and "SYNTHETIC" in again.stdout
    assert len(again.stdout.splitlines()) == 1 and "Leicester City" not in again.stdout
    assert home.mart.read_bytes() == before


def test_the_landing_folder_is_emptied_into_the_archive(made: tuple[Home, str]) -> None:
    home, _ = made
    assert {path.name for path in home.landing.iterdir()} == {"SYNTHETIC.json"}
    assert len(list((home.archive / "records").rglob("*.json"))) > 15


def test_the_staff_in_slot_reports_are_nowhere(
    made: tuple[Home, str], mart: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Not in the archive, the lake, the mart, the logs, Dagster's databases or what is printed.
    Columns of Parquet and of the mart are compressed, so these are read."""
    home, printed = made
    names = [name.split()[-1].encode() for name in STAFF]
    assert mart.execute(
        "SELECT DISTINCT value IS NOT NULL FROM kpi_monthly WHERE kpi_id = 'practice_slots'"
    ).fetchall() == [(False,)], "three practices are no place"
    mart.execute(f"EXPORT DATABASE '{tmp_path / 'mart'}' (FORMAT csv)")
    lake = home.root.rglob("practice_slots/**/*.parquet")
    texts = [printed.encode(), *(str(pl.read_parquet(one).to_dicts()).encode() for one in lake)]
    assert len(texts) > 6
    for folder in (home.root, tmp_path):
        texts += [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    assert [name for name in names if any(name in text for text in texts)] == []


def test_nothing_half_written_is_left(made: tuple[Home, str]) -> None:
    home, _ = made
    assert list(home.root.rglob("*.part")) == []
    assert list(home.mart.parent.glob("*.wal")) == []


def test_dagster_shows_runs_partitions_and_check_results(made: tuple[Home, str]) -> None:
    home, _ = made
    archived, tidy, measures = keys("gp_appointments_practice")
    with open_instance(home) as instance:
        assert {run.job_name for run in instance.get_runs()} >= {
            "take_in_gp_appointments_practice",
            "publish_mart",
        }
        for key in (archived, tidy, measures):
            assert instance.get_materialized_partitions(key) == {"2025-02", "2025-03"}
        history = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(tidy, "sums_reconcile"), limit=10
        )
        assert {record.partition for record in history} == {"2025-02", "2025-03"}
        event = instance.get_latest_materialization_event(tidy)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["dagster/partition_row_count"].value > 50_000


def test_kinds_in_dagster_are_those_of_every_file(made: tuple[Home, str]) -> None:
    found: dict[str, set[str]] = {}
    for file in Archive(made[0]).files():
        kind = "excel" if Path(file.file_name).suffix.startswith(".xls") else "csv"
        found.setdefault(file.feed, set()).add(kind)
    assert len(found) > len(contracts()) / 2
    shown = {feed: file_kinds(contracts()[feed]) for feed in found}
    assert {feed: kinds for feed, kinds in found.items() if not kinds <= shown[feed]} == {}


def test_runs_of_the_command_are_those_of_one_refresh_in_the_timeline(
    made: tuple[Home, str],
) -> None:
    with open_instance(made[0]) as instance:
        runs = instance.get_runs()
    [refresh] = [one for one in runs if one.job_name == "refresh"]
    assert refresh.status is dg.DagsterRunStatus.SUCCESS
    others = [one for one in runs if one is not refresh]
    assert {one.tags["refresh"] for one in others} == {refresh.run_id[:8]}
    assert {one.tags["started_by"] for one in runs} == {"command"}
    for one in runs:  # else the timeline leaves it out
        assert one.remote_job_origin and one.remote_job_origin.location_name == "access-recovery"
        assert one.remote_job_origin.job_name == one.job_name
        shown = {tag for tag in one.tags if not tag.startswith((".dagster/", "dagster/"))}
        assert shown <= {"refresh", "started_by"}, "tags of programs are hidden"


def test_dagster_knows_where_the_columns_of_the_mart_come_from(made: tuple[Home, str]) -> None:
    home, _ = made
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        event = instance.get_latest_materialization_event(table_key("kpi_monthly"))
    assert event is not None
    assert event.asset_materialization is not None
    told = event.asset_materialization.metadata["dagster/column_lineage"].value
    assert isinstance(told, dg.TableColumnLineage)
    behind = {(dep.asset_key, dep.column_name) for dep in told.deps_by_column["value"]}
    assert (keys("gp_appointments_sub_icb")[2], "appointments_dna") in behind
    assert (keys("gp_appointments_coverage")[2], "patients_included") in behind


def test_status_as_table_and_as_json(made: tuple[Home, str]) -> None:
    home, _ = made
    shown = run(home.root, "status")
    assert shown.returncode == 0
    assert "gp_appointments_practice" in shown.stdout
    told = json.loads(run(home.root, "status", "--json").stdout)
    by_feed = {row["feed"]: row for row in told["feeds"]}
    assert by_feed["registered_patients"]["newest_accepted"] == "2025-03"
    assert by_feed["gp_appointments_sub_icb"]["held"] == []
    assert told["published"] is True


def test_export_is_marked_synthetic(made: tuple[Home, str], tmp_path: Path) -> None:
    done = run(made[0].root, "export", "--format", "csv", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert "SYNTHETIC_kpi_monthly.csv" in names
    assert all(name.startswith("SYNTHETIC_") for name in names)


def test_every_step_publishes_its_openlineage_events(made: tuple[Home, str]) -> None:
    told = events(made[0])
    began = [one["run"]["runId"] for one in told if one["eventType"] == "START"]
    ended = {one["run"]["runId"]: one for one in told if one["eventType"] == "COMPLETE"}
    assert len(began) == len(set(began)) == len(ended) and len(told) == 2 * len(began)
    with duckdb.connect(str(made[0].mart), read_only=True) as db:
        editions = db.execute("SELECT feed, count(*) FROM governance.edition GROUP BY ALL")
        expected = {f"{feed}.take_in": count for feed, count in editions.fetchall()}
    jobs = Counter(one["job"]["name"] for one in ended.values())
    assert jobs == {**expected, "mart.build": 1, "mart.publish": 1}
    assert all("parent" in one["run"]["facets"] for one in told)
    assert dataset(told[-1], "outputs", names(made[0]).mart_file())["facets"]["version"][
        "datasetVersion"
    ]
