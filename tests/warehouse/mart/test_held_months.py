"""A month out of range: held for its organisation alone, with the reason, until it is accepted."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from assets.ingest import pending_editions
from pipelines.alerts.find_problems import problems
from pipelines.cli.effects import accepted, revoked
from pipelines.cli.status import feed_statuses
from tests.checks.cases_new_months import LLR, restated
from tests.checks.support_checks import real_file
from tests.december import december
from tests.support import write
from tests.warehouse.support_mart import Mart, bring, build, retrieved, take_in_all
from warehouse.archive.decisions import NotPossible
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.editions.rulings import accept, revoke
from warehouse.publication.content import mart_content, whole_content
from warehouse.site.trust.home_pages import build_pages

SUB_ICB, KPI, NOV, DEC, JAN = (
    "gp_appointments_sub_icb",
    "appointments",
    "2025-11",
    "2025-12",
    "2026-01",
)


def release(folder: Path, edition: str, **count: float) -> Path:
    """A regional file of LLR whose newest month is `count` times what each month is."""
    return write(folder / f"{edition}.csv", restated(count, 18, edition))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Mart]:
    """November, and a December with 04C at 30 per cent."""
    folder = tmp_path_factory.mktemp("held")
    home = Home(folder / "home")
    paths = [release(folder, NOV), release(folder, DEC, **{"04C": 0.3})]
    return home, build(home, paths, judged=True)


def mart_figures(mart: Mart) -> list[dict[str, object]]:
    """Every figure with its status and the reason for it."""
    return mart.rows("FROM kpi_monthly ORDER BY kpi_id, org_level, org_code, month")


def test_the_month_is_held_and_all_else_publishes(world: tuple[Home, Mart]) -> None:
    _, mart = world
    held = mart.figure(KPI, "sub_icb", "04C", DEC)
    assert (held["value"], held["numerator"], held["status"]) == (None, None, "held")
    assert held["status_reason"].startswith("04C 2025-12: 51,000 appointments, expected ")
    assert mart.value(KPI, "sub_icb", "03W", DEC) == LLR["03W"]
    assert mart.value(KPI, "sub_icb", "04C", NOV) == LLR["04C"]
    whole = mart.figure(KPI, "icb", "QK1", DEC)
    assert (whole["value"], whole["status"]) == (None, "incomplete")
    assert (whole["members_present"], whole["members_expected"]) == (2, 3)
    assert mart.value(KPI, "icb", "QK1", NOV) == sum(LLR.values())
    shares = mart.figure("appointments_dna_share", "sub_icb", "04C", DEC)
    assert (shares["value"], shares["status"]) == (None, "held")


def test_governance_has_what_was_found_and_expected_of_a_held_month(
    world: tuple[Home, Mart],
) -> None:
    _, mart = world
    [held] = mart.rows("SELECT * FROM governance.held_month")
    assert (held["org_level"], held["org_code"], held["found"]) == ("sub_icb", "04C", 51_000)
    assert (held["feed"], held["edition"], held["status"]) == (SUB_ICB, DEC, "held")
    assert held["low"] < LLR["04C"] < held["high"]
    [edition] = mart.rows("SELECT * FROM governance.edition WHERE edition = '2025-12'")
    assert (edition["status"], edition["checks_failed"]) == ("accepted", 1)


def test_an_accepted_month_is_published_as_disputed(
    world: tuple[Home, Mart], tmp_path: Path
) -> None:
    home = Home(shutil.copytree(world[0].root, tmp_path / "home"))
    with pytest.raises(NotPossible, match=r"no held month for 03W\. Held months: 04C 2025-12"):
        accept(home, SUB_ICB, DEC, "two practices moved", "me", org="03W")
    ruling = accept(home, SUB_ICB, DEC, "two practices moved", "me", org="04C", month=DEC)
    assert "despite 04C 2025-12: 51,000 appointments, expected " in ruling.message
    assert accept(home, SUB_ICB, DEC, "again", "me").decision is None
    mart = build(home, judged=True)
    let_in = mart.figure(KPI, "sub_icb", "04C", DEC)
    assert (let_in["value"], let_in["status"]) == (51_000, "disputed")
    assert "expected" in let_in["status_reason"]
    assert "by me on" in let_in["status_reason"]
    assert mart.figure(KPI, "icb", "QK1", DEC)["status"] == "disputed"
    assert mart.figure(KPI, "sub_icb", "03W", DEC)["status"] == "provisional"
    assert mart.value(KPI, "icb", "QK1", DEC) == 51_000 + LLR["03W"] + LLR["04V"]
    [row] = mart.rows("SELECT status, org_code FROM governance.held_month")
    assert row == {"status": "released", "org_code": "04C"}
    told = revoked(home, EditionKey(SUB_ICB, DEC)).words
    assert "but these of its months are held: 04C 2025-12. " in told
    revoke(home, SUB_ICB, DEC, "they did not move", "me")
    assert mart_figures(build(home, judged=True)) == mart_figures(world[1])


def test_the_question_before_accepting_a_month_counts_its_figures(
    world: tuple[Home, Mart],
) -> None:
    home, mart = world
    [row] = mart.rows(
        """SELECT count(value) AS published, count(*) FILTER (value IS NULL) AS missing
        FROM kpi_period WHERE month = DATE '2025-12-01'"""
    )
    assert row["missing"]
    assert accepted(home, EditionKey(SUB_ICB, DEC), org="04C").words == (
        f"{row['published']:,} published figures of {DEC} use {SUB_ICB} and may change; "
        f"{row['missing']:,} have no value and may get one. "
        f"access-recovery diff {SUB_ICB} 2025-11 {DEC} shows its counts, held or not."
    )
    assert accepted(home, EditionKey(SUB_ICB, DEC), org="03W").words == ""


def test_an_acceptance_lapses_with_other_files(world: tuple[Home, Mart], tmp_path: Path) -> None:
    home = Home(shutil.copytree(world[0].root, tmp_path / "home"))
    accept(home, SUB_ICB, DEC, "two practices moved", "me")
    again = release(tmp_path, DEC, **{"04C": 0.31})
    mart = build(home, [retrieved(again, "2027-01-01")], judged=True)
    assert mart.figure(KPI, "sub_icb", "04C", DEC)["status"] == "held"


def january(folder: Path, december: float, **count: float) -> Path:
    """The release after: December of 04C restated, and `count` times the usual in January."""
    lines = restated(count, 18, JAN).decode().splitlines()
    again = str(round(LLR["04C"] * december))
    lines = [line.replace("170000", again) if "DEC2025" in line else line for line in lines]
    return write(folder / "january.csv", "\n".join([*lines, ""]).encode())


def test_a_later_edition_puts_it_right(world: tuple[Home, Mart], tmp_path: Path) -> None:
    """A January that is a little low is as expected."""
    home = Home(shutil.copytree(world[0].root, tmp_path / "home"))
    mart = build(home, [january(tmp_path, 1.0, **{"04C": 0.95})], judged=True)
    assert mart.figure(KPI, "sub_icb", "04C", DEC)["status"] != "held"
    assert mart.value(KPI, "icb", "QK1", DEC) == sum(LLR.values())
    assert mart.value(KPI, "icb", "QK1", JAN) == sum(LLR.values()) - 8_500
    assert mart.rows(f"SELECT * FROM governance.held_month WHERE edition = '{JAN}'") == []


def test_a_later_edition_holds_it_again_and_whatever_is_wrong_for_everybody(
    world: tuple[Home, Mart], tmp_path: Path
) -> None:
    home = Home(shutil.copytree(world[0].root, tmp_path / "home"))
    mart = build(home, [january(tmp_path, 0.3, **dict.fromkeys(LLR, 0.6))], judged=True)
    assert mart.figure(KPI, "sub_icb", "04C", DEC)["status"] == "held"
    assert mart.value(KPI, "icb", "QK1", DEC) is None
    held = mart.rows(
        "SELECT DISTINCT org_code FROM governance.held_month WHERE month = $month ORDER BY ALL",
        month=f"{JAN}-01",
    )
    assert [row["org_code"] for row in held] == ["03W", "04C", "04V"]
    assert mart.figure(KPI, "icb", "QK1", JAN)["status"] == "incomplete"
    assert mart.value(KPI, "icb", "QK1", NOV) == sum(LLR.values())


def test_any_order_of_import_gives_the_same(world: tuple[Home, Mart], tmp_path: Path) -> None:
    files = [release(tmp_path, DEC, **{"04C": 0.3}), release(tmp_path, NOV)]
    home = Home(tmp_path / "home")
    bring(home, files[0])
    take_in_all(home)
    assert pending_editions(home, SUB_ICB) == []
    bring(home, files[1])
    assert pending_editions(home, SUB_ICB) == [NOV, DEC]
    again = build(home, judged=True)
    one, other = (whole_content(mart_content(mart.path), "kpi_") for mart in (again, world[1]))
    assert one == other
    held = "SELECT * FROM governance.held_month"
    assert again.rows(held) == world[1].rows(held)


def test_explain_shows_what_was_found_and_what_to_do(world: tuple[Home, Mart]) -> None:
    _, mart = world
    for code, status in (("04C", "held"), ("QK1", "incomplete")):
        told = mart.rows(f"FROM explain('appointments', '{code}', DATE '2025-12-01')")
        [figure] = [row for row in told if row["section"] == "figure"]
        assert figure["verdict"] == status
        [out] = [row for row in told if row["item"] == "held month"]
        assert out["org_code"] == "04C"
        assert "51,000 appointments, expected" in out["text"]
        assert "access-recovery accept gp_appointments_sub_icb 2025-12 --org 04C" in out["text"]


def test_status_alerts_and_the_scorecard_name_it(world: tuple[Home, Mart]) -> None:
    home, _ = world
    [feed] = [one for one in feed_statuses(home) if one["feed"] == SUB_ICB]
    [told] = feed["held_months"]
    assert (told["edition"], told["org_code"], told["month"]) == (DEC, "04C", DEC)
    assert (told["found"], told["low"] < LLR["04C"] < told["high"]) == (51_000, True)
    [problem] = [one for one in problems(home) if one.key == f"month {SUB_ICB} {DEC}"]
    assert problem.what.startswith("04C 2025-12: 51,000 appointments, expected ")
    assert f"access-recovery accept {SUB_ICB} {DEC}" in problem.to_do
    page = build_pages(home).read_text("utf-8")
    assert "Held months" in page
    assert "51,000 Appointments" in page


@pytest.mark.acceptance  # as above, of a real file
def test_leicestershire_as_published_with_a_december_to_come(
    real_feeds: Path, tmp_path: Path
) -> None:
    november = real_file(real_feeds, "**/Regional_CSV_LeicesterLshire_Nov25*.csv")
    content = november.read_bytes()
    third = write(tmp_path / "third.csv", december(content, **{"04C": 0.3}))
    home = Home(tmp_path / "home")
    mart = build(home, [november, third], judged=True)
    held = mart.figure(KPI, "sub_icb", "04C", DEC)
    assert (held["value"], held["status"]) == (None, "held")
    assert mart.value(KPI, "sub_icb", "03W", DEC) == 193_322
    for level, code in (("icb", "QK1"), ("england", "E92000001")):
        assert mart.figure(KPI, level, code, DEC)["status"] == "incomplete"
    assert mart.value(KPI, "icb", "QK1", NOV) == 657_793
    whole = december(content)
    again = retrieved(write(tmp_path / "whole.csv", whole), "2027-01-01")
    mart = build(home, [again], judged=True)
    new = pl.read_csv(whole).filter(APPOINTMENT_MONTH="DEC2025")
    count = pl.col("COUNT_OF_APPOINTMENTS").sum()
    assert mart.value(KPI, "icb", "QK1", DEC) == new.select(count).item()
    leicester = new.filter(SUB_ICB_LOCATION_CODE="04C")
    assert mart.value(KPI, "sub_icb", "04C", DEC) == leicester.select(count).item()
    assert mart.rows("SELECT * FROM governance.held_month") == []
