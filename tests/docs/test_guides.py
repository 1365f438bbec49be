"""The guides are true: every query runs and finds something, every name in them exists."""

import re
from pathlib import Path
from typing import get_args

import duckdb
import polars as pl
import pytest
import typer

from checks.check_catalogue import FEED_FILE, all_checks
from pipelines.cli.main import app
from tests.checks.support_checks import published as published_rows
from tests.support import regional, write_text
from warehouse.base.home import SETTINGS, Home
from warehouse.contract.caveat import CaveatKind
from warehouse.contract.model import contracts
from warehouse.outputs.export import CONTRACT, SQLITE
from warehouse.outputs.page_paths import SCORECARD
from warehouse.plan.improvement_payment import improvement_payment
from warehouse.plan.rating import rating_rules
from warehouse.settings import Settings, read_settings
from warehouse.transform.corrections import CORRECTIONS, correct, load_corrections

DOCS = Path(__file__).resolve().parents[2] / "docs"
ANALYST, GOVERNANCE, PLAN = GUIDES = ("analyst-guide.md", "governance-guide.md", "plan-guide.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = "data/mart/access_recovery.duckdb"
MAY_BE_EMPTY = "-- None in the sample"
STATUSES = {"final", "provisional", "incomplete", "suppressed", "accepted", "held"}
STATUSES |= {"not_available", "not_applicable"}
VERDICTS = {"skipped", "pass", "warn", "fail"}
KEYS = {"where", "set"}


def blocks(guide: str, language: str) -> list[str]:
    text = (DOCS / guide).read_text(encoding="utf-8")
    return [block for kind, block in FENCE.findall(text) if kind == language]


QUERIES = [
    pytest.param(sql, id=f"{guide.partition('-')[0]}-{number}")
    for guide in GUIDES
    for number, sql in enumerate(blocks(guide, "sql"), start=1)
]


def asked(mart: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return mart.execute(sql).fetchall()


@pytest.mark.parametrize("sql", QUERIES)
def test_query_runs_and_finds_something(mart: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert bool(asked(mart, sql)) != sql.startswith(MAY_BE_EMPTY)


def test_three_queries_answer_for_a_refresh(mart: duckdb.DuckDBPyConnection) -> None:
    checked, revised, resting = blocks(GOVERNANCE, "sql")[:3]
    [held] = [row for row in asked(mart, checked) if "held" in row]
    assert held[1:3] == ("registered_patients", "2025-04")
    assert "Every count is a whole number" in str(held[7])
    assert held[9:11] == ("hold", "A. Patel")
    figures = asked(mart, resting)
    # The list of March, one row of which was issued again, and counts in no later month.
    assert {str(row[0])[:7] for row in figures} == {"2025-03"}
    assert {"registered_patients", "appointments_per_1000_patients"} <= {row[1] for row in figures}
    assert {"practice", "icb"} <= {row[2] for row in figures}
    assert {row[6] for row in asked(mart, revised)} >= {"2025-03"}


def test_revisions_are_listed_the_largest_first(mart: duckdb.DuckDBPyConnection) -> None:
    [analyst] = [sql for sql in blocks(ANALYST, "sql") if "FROM largest_revisions" in sql]
    for sql in (analyst, blocks(GOVERNANCE, "sql")[1]):
        found = [float(str(row[-1])) for row in asked(mart, sql)]
        assert len(found) > 1 and found == sorted(found, reverse=True)


def test_a_gap_of_a_wide_view_leads_to_its_reason(mart: duckdb.DuckDBPyConnection) -> None:
    [sql] = [sql for sql in blocks(ANALYST, "sql") if "AS reason" in sql]
    reasons = {row[4] for row in asked(mart, sql)}
    assert any("return" in str(reason) for reason in reasons), reasons
    status = "friends_and_family_positive_share_status"
    [(comment,)] = asked(
        mart, f"SELECT comment FROM duckdb_columns() WHERE column_name = '{status}' LIMIT 1"
    )
    assert "status_reason of kpi_monthly" in str(comment)


def test_the_analysts_guide_answers_at_least_ten_questions() -> None:
    assert len(blocks(ANALYST, "sql")) >= 10


def test_the_samples_plan_contradicts_its_figures_in_every_way(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    """Save one: this home lacks months, so that no chart of the plan's evidence has a signal."""
    found = {kind for (kind,) in asked(mart, "SELECT DISTINCT conflict FROM plan.plan_conflict")}
    assert found >= {one.conflict for one in rating_rules().conflicts} - {"green_but_worsening"}
    assert asked(mart, "SELECT 1 FROM plan.plan_action WHERE NOT synthetic") == []
    [(held,)] = asked(
        mart,
        "SELECT count(*) FROM governance.edition WHERE status <> 'accepted' AND feed IN "
        "(SELECT feed FROM governance.source_file WHERE file_name LIKE 'access-plan%')",
    )
    assert held == 0


def test_every_table_column_and_kpi_named_exists(mart: duckdb.DuckDBPyConnection) -> None:
    rows = mart.execute(
        """SELECT table_name FROM information_schema.tables UNION
           SELECT column_name FROM information_schema.columns UNION
           SELECT table_schema || '.' || table_name FROM information_schema.tables UNION
           SELECT function_name FROM duckdb_functions() WHERE NOT internal UNION
           SELECT kpi_id FROM kpi UNION SELECT rule FROM governance.check_register"""
    ).fetchall()
    known = {name for (name,) in rows} | STATUSES | VERDICTS | KEYS | set(get_args(CaveatKind))
    known |= {"governance", SCORECARD, FEED_FILE, CORRECTIONS, SQLITE, CONTRACT, *contracts()}
    known |= {"plan", *improvement_payment().areas} | set(Settings.model_fields)
    known |= set(all_checks()) | {SETTINGS, "plan_conflict.is_early_success"}
    for guide in GUIDES:
        prose = FENCE.sub("", (DOCS / guide).read_text(encoding="utf-8"))
        named = set(re.findall(r"`([a-z][a-z0-9_]*(?:\.[a-z_]+)?)`", prose))
        assert named and named - known == set()


def test_every_command_named_exists() -> None:
    commands = getattr(typer.main.get_command(app), "commands", {})
    for guide in GUIDES:
        text = (DOCS / guide).read_text(encoding="utf-8")
        named = set(re.findall(r"access-recovery ([a-z]+(?:-[a-z]+)*)", text))
        assert named and named <= set(commands)


def test_python_example_runs(published: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(published.root)
    [code] = blocks(ANALYST, "python")
    names: dict[str, object] = {}
    exec(code.replace(PATH, published.mart.as_posix()), names)
    assert getattr(names["frame"], "height", 0) > 12


def test_five_lines_judge_an_edition_again(published: Home) -> None:
    [code] = blocks(GOVERNANCE, "python")
    names: dict[str, object] = {}
    exec(code.replace("data/gx", (published.root / "gx").as_posix()), names)
    result = names["result"]
    [(key, found)] = result.run_results.items()
    published.store.delete_all("archive/validations/gp_appointments_sub_icb/__none__")
    unmet = {one.expectation_config.meta["id"] for one in found.results if not one.success}
    assert unmet <= {"none_skipped"}
    assert found.statistics["evaluated_expectations"] > 40
    assert "2025-month_03" in key.batch_identifier


def test_the_correction_shown_puts_the_error_right(tmp_path: Path) -> None:
    example, _ = blocks(GOVERNANCE, "yaml")
    write_text(tmp_path / CORRECTIONS, example)
    contract = contracts()["gp_appointments_sub_icb"]
    [one] = listed = load_corrections(tmp_path / CORRECTIONS, contract)
    [code], right = one.where["icb_ons_code"], one.set["icb_ons_code"]
    raw = published_rows(regional({"ICB_ONS_CODE": code}, {"ICB_ONS_CODE": right}))
    november = pl.Series([f"{one.first_edition}-01"]).str.to_date()[0]
    done = correct(raw, contract, november, listed)
    assert done.rows.collect()["ICB_ONS_CODE"].to_list() == [right, right]
    assert done.found["published"].to_list() == [code]


def test_the_settings_shown_are_the_defaults(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_text(home.settings, blocks(GOVERNANCE, "yaml")[1])
    assert read_settings(home) == Settings()
