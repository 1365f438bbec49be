"""The register of practices: from files without headings, as published, to who was open when."""

from datetime import date

import polars as pl
import pytest

from assets.feeds.ods_pcn_details.testing import networks
from assets.feeds.ods_pcns.testing import members, networks_workbook
from assets.feeds.ods_practices.testing import PRACTICE, practices
from tests.checks.support_checks import judged, one, worst
from tests.support import imported, write, zipped
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.tidy import tidy

FEED, EDITION = "ods_practices", "2025-09"
CODE, NAME, REGION, OPENED = "Organisation Code", "Name", "National Grouping", "Open Date"
CLOSED, STATUS, ROLE = "Close Date", "Status Code", "Prescribing Setting"
PLACE, SINCE = "Commissioner", "Join Provider/Purchaser Date"
TODAY = {STATUS: "ACTIVE", ROLE: "RO76", "Amended": "1"}


def taken(home: Home, content: bytes, edition: str = EDITION, name: str = "a.csv") -> SourceFile:
    path = write(home.root.parent / name, content)
    [outcome] = imported(home, path, edition=edition)
    assert outcome.file is not None, outcome.message
    return outcome.file


def open_in(home: Home, file: SourceFile) -> tuple[TidyFacts, dict[str, list[date]]]:
    """The facts of tidying, and organisation -> the months in which it is open."""
    facts = tidy(home, file)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert set(cells["open_practices"]) <= {1}
    by_code = cells.group_by("org_code", maintain_order=True).agg("month")
    return facts, dict(by_code.iter_rows())


def test_a_file_without_headings_is_recognised_and_none_of_its_rows_is_lost(home: Home) -> None:
    file = taken(home, practices({}, {CODE: "C82002"}))
    assert (file.feed, file.rows, file.header_row, len(file.headings)) == (FEED, 2, 0, 27)
    facts, _ = open_in(home, file)
    assert (facts.rows, facts.quarantined, facts.extra_headings) == (2, 0, [])
    rows = pl.read_parquet(lake_paths(home, file).tidy)
    assert rows.select("source_row", "practice_code").rows() == [(1, "C82001"), (2, "C82002")]


def test_a_zip_and_a_copy_with_headings_are_read_alike(home: Home) -> None:
    path = zipped(home.root.parent / "epraccur.zip", {"epraccur.csv": practices({})})
    [outcome] = imported(home, path, edition=EDITION)
    assert outcome.file is not None and outcome.file.header_row == 0
    named = ",".join(f'"{heading}"' for heading in PRACTICE).encode() + b"\n"
    with_headings = taken(home, named + practices({NAME: "ANOTHER"}), name="b.csv")
    assert (with_headings.feed, with_headings.header_row, with_headings.rows) == (FEED, 1, 1)
    facts, months = open_in(home, with_headings)
    assert (facts.rows, list(months)) == (1, ["C82001"])


def test_the_edition_is_in_the_name_or_must_be_stated(home: Home) -> None:
    path = write(home.root.parent / "epraccur_2026-10-02_LLR.csv", practices(TODAY))
    [outcome] = imported(home, path)
    assert outcome.file is not None and outcome.file.edition == "2026-10"
    [unknown] = imported(home, write(home.root.parent / "epraccur_2025.csv", practices({})))
    assert (unknown.verdict, "--edition YYYY-MM" in unknown.remedy) == ("refused", True)


def test_a_practice_is_open_in_each_month_with_a_day_on_which_it_was(home: Home) -> None:
    file = taken(
        home,
        practices(
            {},
            {CODE: "C82029", STATUS: "C", CLOSED: "20240331"},
            {CODE: "C82030", OPENED: "20240402"},
            {CODE: "C82031", OPENED: "20251001"},
            {CODE: "C82032", STATUS: "C", CLOSED: "20190331"},
            {CODE: "C82033", STATUS: "C", OPENED: "20240110", CLOSED: "20240120"},
        ),
    )
    facts, months = open_in(home, file)
    assert facts.rows == 6 and months.keys() == {"C82001", "C82029", "C82030", "C82033"}
    first, last = date(2022, 7, 1), date(2025, 9, 1)
    assert (months["C82001"][0], months["C82001"][-1], len(months["C82001"])) == (first, last, 39)
    assert (months["C82029"][0], months["C82029"][-1]) == (first, date(2024, 3, 1))
    assert months["C82030"][0] == date(2024, 4, 1)
    assert months["C82033"] == [date(2024, 1, 1)]


@pytest.mark.parametrize(
    ("row", "is_counted"),
    [
        ({STATUS: "A", ROLE: "4"}, True),
        ({STATUS: "ACTIVE", ROLE: "RO76"}, True),
        ({STATUS: "ACTIVE", ROLE: "RO76|RO268"}, True),
        ({STATUS: "ACTIVE", ROLE: "RO268|RO76"}, True),
        ({STATUS: "ACTIVE", ROLE: "RO268"}, False),
        ({STATUS: "A", ROLE: "14"}, False),
        ({STATUS: "ACTIVE", ROLE: "RO761"}, False),
        ({STATUS: "D"}, False),
        ({STATUS: "DORMANT", ROLE: "RO76"}, False),
        ({STATUS: "P"}, False),
    ],
)
def test_roles_and_states_in_both_spellings(
    home: Home, row: dict[str, object], is_counted: bool
) -> None:
    facts, months = open_in(home, taken(home, practices(row)))
    assert (facts.rows, list(months)) == (1, ["C82001"] if is_counted else [])


def test_wales_is_not_read_and_a_row_without_a_region_is_no_fault(home: Home) -> None:
    rows = practices({}, {CODE: "W98001", REGION: "W00"}, {CODE: "Y00214", REGION: "", ROLE: "0"})
    facts, _ = open_in(home, taken(home, rows))
    assert (facts.read, facts.rows, facts.quarantined) == (3, 2, 0)


def test_a_place_is_said_from_the_day_of_joining_and_of_whatever_prescribes(home: Home) -> None:
    file = taken(
        home,
        practices(
            {PLACE: "04V", SINCE: "20240401"},
            {CODE: "Y00361", ROLE: "0"},
            {
                CODE: "C82029",
                STATUS: "C",
                CLOSED: "20190331",
                "Left Provider/Purchaser Date": "20190331",
            },
        ),
    )
    tidy(home, file)
    said = pl.read_parquet(lake_paths(home, file).organisations)
    assert said.select("org_code", "sub_icb_code", "month").rows() == [
        ("C82001", "04V", date(2024, 4, 1)),
        ("Y00361", "04C", date(2021, 10, 1)),
    ]


def test_a_field_with_other_values_is_named_on_import(home: Home) -> None:
    path = write(home.root.parent / "a.csv", practices({OPENED: "01/04/1974"}))
    [outcome] = imported(home, path, edition=EDITION)
    assert outcome.verdict == "refused"
    assert "field 11 (Open Date, opened_on) has `01/04/1974` where %Y%m%d" in outcome.message


def test_rows_recoded_throughout_are_held_and_their_roles_named(home: Home) -> None:
    """A reader of the old roles finds no practice in a file of the new ones: never in silence."""
    taken(home, practices({ROLE: "RO999"}, {CODE: "C82002", ROLE: "RO998"}))
    found = one(judged(home, FEED, EDITION), "register_found")
    assert (found.verdict, "RO998, RO999" in found.message) == ("fail", True)


def test_practices_lost_by_a_respelt_role_are_named(home: Home) -> None:
    rows = [{CODE: f"C820{n}", NAME: f"SURGERY {n}"} for n in range(10, 30)]
    taken(home, practices(*rows))
    assert worst(judged(home, FEED, EDITION), "register_still_open") == "skipped"
    respelt = [row | {ROLE: "RO999"} for row in rows[:3]]
    taken(home, practices(*respelt, *rows[3:]), "2025-10", "b.csv")
    found = one(judged(home, FEED, "2025-10"), "register_still_open")
    assert found.verdict == "fail"
    assert "3 of 20 open in 2025-09 are not open any more" in found.message
    assert "C82010 SURGERY 10 (Active, RO999)" in found.message


def test_a_date_that_is_none_is_quarantined_and_the_others_are_read(home: Home) -> None:
    facts, months = open_in(
        home, taken(home, practices({}, {CODE: "C82002"}, {CODE: "C82003", CLOSED: "soon"}))
    )
    assert (facts.quarantined, list(months)) == (1, ["C82001", "C82002"])
    [broken] = facts.broken
    assert (broken.rule, broken.column) == ("date_readable", "closed_on")


def test_networks_are_read_from_the_workbook_and_from_the_report_alike(home: Home) -> None:
    workbook = write(home.root.parent / "ePCN_2025-09.xlsx", networks_workbook())
    found = {one.file.feed: one.file for one in imported(home, workbook) if one.file}
    assert {feed: (file.sheet, file.rows) for feed, file in found.items()} == {
        "ods_pcns": ("PCN Core Partner Details", 1),
        "ods_pcn_details": ("PCNDetails", 1),
    }
    report = taken(home, members(), name="epcncorepartnerdetails.csv")
    assert (report.feed, report.header_row) == ("ods_pcns", 0)
    details = taken(home, networks(), name="epcn.csv")
    assert (details.feed, details.header_row) == ("ods_pcn_details", 0)
    tables = [tidy(home, file) and lake_paths(home, file) for file in (found["ods_pcns"], report)]
    first, second = (pl.read_parquet(paths.tidy).drop("source_row") for paths in tables)
    assert first.equals(second)
    assert first.select("practice_code", "pcn_code", "joined_on", "left_on").row(0) == (
        "C82001",
        "U12345",
        date(2019, 10, 1),
        None,
    )
    tidy(home, details)
    said = pl.read_parquet(lake_paths(home, details).organisations)
    assert said.select("org_level", "org_code", "opened_on", "closed_on").rows() == [
        ("pcn", "U12345", date(2019, 10, 1), None)
    ]


def test_a_file_made_after_its_edition_is_noticed(home: Home) -> None:
    taken(home, practices({OPENED: "20250901"}, {CODE: "C82002"}), "2025-08")
    found = one(judged(home, FEED, "2025-08"), "register_dates")
    assert (found.verdict, found.observed) == ("warn", "the newest date is 01/09/2025")
