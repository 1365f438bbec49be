"""Cloud based telephony: from workbooks and CSV files, as published, to the measures of its feeds;
and tables of several feeds in one file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.feeds.cloud_telephony.testing import (
    COPYRIGHT,
    UNASSIGNED,
    calls_csv,
    telephony_workbook,
)
from assets.feeds.cloud_telephony_england.testing import national
from tests.support import imported, write, zipped
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.intake.importer import ImportOutcome
from warehouse.readers.workbook import Sheet, candidates
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.tidy import tidy

CALLS, WAITS, ENGLAND = "cloud_telephony", "cloud_telephony_waits", "cloud_telephony_england"
OCTOBER = date(2025, 10, 1)
CODE, SUB_ICB = "GP Practice \n(ODS_CODE)", "Sub ICB Code [2]"
OUTCOMES = ("inbound_calls", "answered_calls", "menu_calls", "missed_calls")


def outcomes_of(home: Home, content: bytes, name: str = "a.xlsx") -> list[ImportOutcome]:
    return imported(home, write(home.root.parent / name, content))


def by_feed(home: Home, content: bytes, name: str = "a.xlsx") -> dict[str, SourceFile]:
    found = outcomes_of(home, content, name)
    assert {one.verdict for one in found} == {"imported"}, found
    return {one.file.feed: one.file for one in found if one.file}


def measured(home: Home, file: SourceFile) -> tuple[TidyFacts, pl.DataFrame]:
    return tidy(home, file), pl.read_parquet(lake_paths(home, file).measures)


def cell(cells: pl.DataFrame, code: str = "C82001", month: date = OCTOBER) -> Mapping[str, Any]:
    [found] = cells.filter(org_code=code, month=month).to_dicts()
    return found


def test_a_workbook_has_the_tables_of_three_feeds(home: Home) -> None:
    files = by_feed(home, telephony_workbook(national=national()))
    assert {feed: (f.sheet, f.rows) for feed, f in files.items()} == {
        CALLS: ("Table 3", 2),
        WAITS: ("Table 4", 1),
        ENGLAND: ("Table 1", 42),
    }
    assert len({file.sha256 for file in files.values()}) == 1
    _, calls = measured(home, files[CALLS])
    assert [cell(calls)[name] for name in OUTCOMES] == [1000, 600, 250, 100]
    _, waits = measured(home, files[WAITS])
    assert cell(waits)["answered_within_two_minutes"] == 360
    assert cell(waits)["answered_by_wait"] == 600
    facts, england = measured(home, files[ENGLAND])
    assert cell(england, "E92000001", date(2025, 9, 1))["inbound_calls"] == 1000
    assert (england.height, facts.quarantined) == (3, 0)


def test_importing_the_workbook_again_finds_all_its_tables_known(home: Home) -> None:
    content = telephony_workbook(national=national())
    by_feed(home, content)
    assert [one.verdict for one in outcomes_of(home, content)] == ["known"] * 3


def test_totals_above_the_practices_are_no_rows(home: Home) -> None:
    facts, calls = measured(home, by_feed(home, telephony_workbook())[CALLS])
    assert (facts.quarantined, calls["org_code"].to_list()) == (0, ["C82001"])


def test_a_shared_account_is_of_its_place_and_of_no_practice(home: Home) -> None:
    rows = [{}, UNASSIGNED, {**UNASSIGNED, SUB_ICB: "03W"}, {**UNASSIGNED, SUB_ICB: "Unmapped"}]
    facts, calls = measured(home, by_feed(home, telephony_workbook(*rows))[CALLS])
    assert calls["org_code"].to_list() == [
        "C82001",
        "Unassigned U12345 03W",
        "Unassigned U12345 04C",
    ]
    assert calls["inbound_calls"].to_list() == [1000] * 3
    assert calls["reporting_practices"].to_list() == [1, 0, 0]
    assert calls["practice_calls"].to_list() == [1000, None, None]
    assert facts.quarantined == 0


def test_a_copyright_line_in_place_of_the_month_is_read_as_the_editions(home: Home) -> None:
    rows = [{}, {CODE: "M83616", "Month [1]": COPYRIGHT}]
    facts, calls = measured(home, by_feed(home, telephony_workbook(*rows))[CALLS])
    assert cell(calls, "M83616")["inbound_calls"] == 1000
    assert facts.corrected == {"copyright-in-month": 6}


def test_a_missing_outcome_is_refused_by_name(home: Home) -> None:
    [outcome, *_] = outcomes_of(home, telephony_workbook(lacking="Missed"))
    assert outcome.verdict == "refused"
    assert "Count of Inbound Call Outcome Missed Total" in outcome.message


def test_a_national_table_without_a_needed_row_is_refused_by_name(home: Home) -> None:
    found = outcomes_of(home, telephony_workbook(national=national(without="Total Inbound Calls")))
    refused = [one for one in found if one.verdict == "refused"]
    assert [("no row `Inbound`" in one.message) for one in refused] == [True]


def day(day: int, indicator: str, value: str, duration: str = "TOTAL") -> dict[str, object]:
    told = {"Indicator": indicator, "Duration": duration, "Value": value}
    return {"Date": f"2025-10-{day:02d}", **told}


def test_days_of_the_csv_era_are_added_up_to_the_month(home: Home) -> None:
    rows = [
        day(1, "CBT001", "344.0"),
        day(31, "CBT001", "156.0"),
        day(1, "CBT002", "121.0"),
        day(1, "CBT007", "100.0", "61_90"),
        day(2, "CBT007", "50.0", ">300"),
        day(1, "CBT003", "40.0", "1_30"),
        day(1, "CBT003", "60.0", "91_120"),
        day(1, "CBT003", "50.0", ">300"),
        day(1, "CBT004", "9.0", "0"),
    ]
    files = by_feed(home, calls_csv(*rows), "a.csv")
    assert set(files) == {CALLS, WAITS}
    facts, calls = measured(home, files[CALLS])
    assert [cell(calls)[name] for name in OUTCOMES] == [500, 150, 121, 9]
    assert (facts.quarantined, cell(calls)["call_backs_requested"]) == (0, 0)
    facts, waits = measured(home, files[WAITS])
    assert (cell(waits)["answered_within_two_minutes"], facts.quarantined) == (100, 0)
    assert cell(waits)["answered_by_wait"] == 150


def test_shared_accounts_of_the_csv_era_are_of_their_place_or_left_to_england(home: Home) -> None:
    shared = {"PRACTICE_CODE": "Unassigned"}
    nowhere = dict.fromkeys(("REGION_CODE", "ICB_CODE", "SUB_ICB_LOCATION_CODE"), "Unmapped")
    north = calls_csv(day(1, "CBT001", "5"), {**day(1, "CBT001", "3"), **shared})
    unmapped = calls_csv({**day(1, "CBT001", "7"), **shared, **nowhere})
    path = zipped(
        home.root.parent / "cbt.zip", {"cbt_Y60.csv": north, "cbt_Unmapped.csv": unmapped}
    )
    files = [one.file for one in imported(home, path) if one.file and one.file.feed == CALLS]
    found = {file.file_name: measured(home, file) for file in files}
    _, calls = found["cbt_Y60.csv"]
    assert dict(calls.select("org_code", "inbound_calls").iter_rows()) == {
        "C82001": 5,
        "Unassigned U12345 04C": 3,
    }
    facts, none = found["cbt_Unmapped.csv"]
    assert (none.height, facts.quarantined, facts.read) == (0, 0, 1)


def test_an_unknown_indicator_is_quarantined(home: Home) -> None:
    rows = [day(1, "CBT001", "3"), day(1, "CBT008", "3")]
    facts, _ = measured(home, by_feed(home, calls_csv(*rows), "a.csv")[CALLS])
    assert [(one.rule, one.rows) for one in facts.broken] == [("label_known", 1)]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        (
            [["", "", "Outcome", "", ""], ["Code", "All", "Met", "", ""], ["", "Sum", "Sum", "%"]],
            ("Code", "All Sum", "Outcome Met Sum", "Outcome Met %"),
        ),
        ([["x"], ["Code", "Met", ""], ["", "Sum", "%"]], ("Code", "Met Sum", "Met %")),
        ([["x"], ["Code", "Met", "Not"], ["", "Sum", "%"]], None),
        ([["x"], ["Code", "Met", "Not"], ["C82001", "5", "5"]], None),
    ],
    ids=["banner and parts", "parts under a banner", "parts of their own", "a row of data"],
)
def test_headings_may_continue_in_the_row_below(
    rows: list[list[str]], headings: tuple[str, ...] | None
) -> None:
    found = [one.headings for one in candidates([Sheet("Table", rows)]) if one.row == 3]
    assert (headings in found) == (headings is not None)
    assert len(found) == 1 + (headings is not None)
