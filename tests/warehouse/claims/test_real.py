"""The shipped register against the real publications: every verdict that they can give."""

from typing import Any

import polars as pl
import pytest

from pipelines.cli.claims import claim_lines, read_claims, summary_lines
from tests.warehouse.support_mart import Mart
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

pytestmark = pytest.mark.acceptance

Record = dict[str, Any]
FROM_TODAY = "differs from today's figures by"
NOT_THEN = "; the edition of the time is not available"
BY_ONE = f"not computable by all readings; by one it {FROM_TODAY}"


@pytest.fixture(scope="module")
def claims(real_home: Home) -> dict[str, Record]:
    found = read_claims(real_home)
    assert found is not None
    return {one["claim_id"].removeprefix("minutes-2025-"): one for one in found}


def latest(claim: Record) -> dict[str, Record]:
    """Readings by the latest figures, keyed by the text after the subject."""
    return {row["reading"].partition(": ")[2]: row for row in claim["readings"] if row["is_latest"]}


def test_the_verdicts(claims: dict[str, Record]) -> None:
    told = {name: one["verdict_in_short"] for name, one in claims.items()}
    computable = {name: verdict for name, verdict in told.items() if verdict != "not computable"}
    assert computable == {
        "appointments-year": f"{BY_ONE} -9.7%",
        "october-appointments": f"{FROM_TODAY} +2.7%{NOT_THEN}",
        "october-growth": "confirmed",
        "face-to-face": "confirmed",
        "practices-asked": "confirmed",
        "app-people": "cannot be true",
        "two-weeks": f"{BY_ONE} -8.98 pp",
        "two-weeks-improvement": f"{BY_ONE} -2.18 pp",
        "practices-city": f"{FROM_TODAY} -1{NOT_THEN}",
        "practices-llr": "confirmed",
        "county-answer-2025-appointments-2024-25": f"{FROM_TODAY} +0.1%{NOT_THEN}",
    }
    assert all(one["note"] for name, one in claims.items() if name not in computable)


def test_october(claims: dict[str, Record]) -> None:
    count, growth = claims["october-appointments"], claims["october-growth"]
    assert count["statement_verdict"] == f"{FROM_TODAY} +2.7%{NOT_THEN}; growth confirmed"
    assert (count["computed_value"], count["difference"], count["edition"]) == (
        274_903,
        7_351,
        "2025-11",
    )
    assert count["relative_difference"] == pytest.approx(7_351 / 267_552)
    assert growth["computed_value"] == pytest.approx(38_087 / 236_816)


def test_the_year_by_each_reading_of_it(claims: dict[str, Record]) -> None:
    told = {
        words: (row["computed_value"], row["within_tolerance"])
        for words, row in latest(claims["appointments-year"]).items()
    }
    assert told == {
        "April to October 2024, financial year to date": (1_625_595, False),
        "November 2023 to October 2024, twelve months": (2_695_872, False),
        "January to October 2024, calendar year to date": (2_282_934, False),
        "April 2023 to March 2024, financial year 2023/24": (None, None),
        "March to October 2024": (1_836_802, True),
    }
    shown = [row for row in claims["appointments-year"]["readings"] if row["only_shown"]]
    assert {(row["edition"], row["computed_value"]) for row in shown} == {
        ("2025-10", 1_836_821),
        ("2025-11", 1_836_802),
    }


def test_growth_overall_lacks_the_months_before_may_2023(claims: dict[str, Record]) -> None:
    note = claims["overall-growth"]["note"]
    assert (
        "April 2023 not available" in note and "November 2022 to April 2023 not available" in note
    )
    assert "available for 04C: March 2019 to August 2021, May 2023 to November 2025" in note


def test_more_people_than_patients(claims: dict[str, Record]) -> None:
    one = claims["app-people"]
    assert one["note"].startswith(
        "1,400,000 people are more than there are: 04C had at most 450,462"
    )
    assert (
        "QK1 had at most 1,237,002 registered patients at open practices, by the cov" in one["note"]
    )
    logins = [row for row in one["readings"] if row["only_shown"] and row["computed_value"]]
    assert 961_793 in {row["computed_value"] for row in logins}
    assert {row["only_shown"] for row in logins} == {
        "log-ins, not people; one person logs in many times"
    }


def test_two_weeks_by_one_definition_and_why_not_by_the_other(claims: dict[str, Record]) -> None:
    one = claims["two-weeks"]
    assert one["computed_value"] == pytest.approx(222_566 / 274_699)
    [missing] = {
        row["missing"].partition("needed: ")[0]
        for row in one["readings"]
        if row["kpi_id"] == "appointments_within_two_weeks_acc08_share"
    }
    assert missing.startswith("no accepted edition has figures of the sub_icb 04C")
    assert "gp_appointments_practice" in missing and missing[:70].lower() in one["note"].lower()


def test_practices_are_counted_as_included_and_as_open(claims: dict[str, Record]) -> None:
    values = [row["computed_value"] for row in claims["practices-llr"]["readings"]]
    assert values == [126, 128]


def test_every_value_is_followed_to_rows_of_files_that_are_kept(
    claims: dict[str, Record], real_home: Home
) -> None:
    kept = {file.sha256 for file in Archive(real_home).files()}
    for one in claims.values():
        for row in one["readings"]:
            assert bool(row["sources"]) == (row["computed_value"] is not None)
            assert all(file["sha256"] in kept and file["rows"] > 0 for file in row["sources"])
    [october] = claims["october-appointments"]["readings"]
    [source] = october["sources"]
    [file] = [one for one in Archive(real_home).files() if one.sha256 == source["sha256"]]
    with Archive(real_home).open(file) as stream:
        published = pl.read_csv(stream.read())
    rows = published.filter(SUB_ICB_LOCATION_CODE="04C", APPOINTMENT_MONTH="OCT2024")
    assert (rows.height, rows["COUNT_OF_APPOINTMENTS"].sum()) == (source["rows"], 274_903)


def test_readings_are_the_figures_of_the_mart(real_home: Home) -> None:
    """Periods worked out for claims are those of `kpi_monthly`, where that has them."""
    apart = Mart(real_home.mart).rows(
        """SELECT r.reading, r.computed_value, m.value, m.financial_ytd_value,
                  m.rolling_12_month_value, m.year_on_year_ratio, m.year_on_year_change
        FROM claim_reading AS r
        JOIN kpi_monthly AS m ON m.kpi_id = r.kpi_id AND m.org_level = r.org_level
            AND m.org_code = r.org_code AND m.month = r.last_month
        WHERE r.is_latest AND r.computed_value IS NOT NULL"""
    )
    compared = 0
    for row in apart:
        words = row["reading"]
        if "growth" in words or "change" in words:
            column = "year_on_year_ratio" if "growth" in words else "year_on_year_change"
        elif "financial year to date" in words:
            column = "financial_ytd_value"
        else:
            column = "rolling_12_month_value" if "twelve months" in words else "value"
        if " to " in words.partition(": ")[2] and column not in (
            "financial_ytd_value",
            "rolling_12_month_value",
        ):
            continue
        assert row["computed_value"] == pytest.approx(row[column], rel=1e-12), words
        compared += 1
    assert compared > 30


def test_the_text_keeps_to_its_width(claims: dict[str, Record]) -> None:
    found = list(claims.values())
    for width in (80, 100):
        table = list(summary_lines(found, width))
        assert len(table) == len(found) + 2  # a line each, the headings, and what * means
        lines = [*table, *claim_lines(found, width)]
        assert max(len(line) for line in lines if "://" not in line) <= width
