"""Slots of practices' own reports: places need every practice, corrections replace, small numbers
can't be found again, and no name of staff is anywhere."""

import os
from itertools import product
from pathlib import Path

import pytest

from assets.feeds.practice_slots.testing import slot_report
from tests.support import imported, write, write_coverage, write_list
from tests.warehouse.support_mart import Mart, build, choose
from tests.warehouse.worlds import listed
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

SLOTS, UNUSED, SHARE = "practice_slots", "practice_slots_unused", "practice_slots_used_share"
MONTH = "2025-10"
# Practice -> slots and unused ones. Of C82001 three are unused, of C82005 none is used.
CITY = {
    "C82001": (200, 3),
    "C82002": (300, 60),
    "C82003": (400, 80),
    "C82004": (500, 100),
    "C82005": (40, 40),
}
WEST = {"C82201": (700, 90)}  # one of the two practices of 04V
NAME = "Larkspur"


def report(total: int, unused: int) -> bytes:
    """A report of two rows."""
    rest = {"Slot Type": "Embargo", "Total Slots": total - unused, "Unused Slots": 0}
    return slot_report({"Total Slots": unused, "Unused Slots": unused}, rest)


def files(folder: Path) -> list[Path]:
    """Lists and the coverage of the month."""
    where = dict.fromkeys(CITY, "04C") | dict.fromkeys((*WEST, "C82202"), "04V")
    lists = [listed(code, place, f"{MONTH}-01", 1000) for code, place in where.items()]
    covered = [
        {
            "SUB_ICB_LOCATION_CODE": place,
            "Included Practices": n,
            "Open Practices": n,
        }
        for place, n in (("04C", 5), ("04V", 2))
    ]
    return [
        write_list(folder / "list.csv", *lists),
        write_coverage(folder / "coverage.csv", *covered),
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("slots")
    home = choose(Home(root / "home"), practice_level=True, threshold=5)
    wrong = (900, 500)  # of C82004, put right afterwards
    reports = [("C82004", wrong), *CITY.items(), *WEST.items()]
    for number, (code, counts) in enumerate(reports):
        path = write(root / f"{number}.csv", report(*counts))
        os.utime(path, (1_760_000_000 + number, 1_760_000_000 + number))
        [outcome] = imported(home, path, org=code, edition=MONTH)
        assert outcome.file is not None, outcome.message
    return home


@pytest.fixture(scope="module")
def mart(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    return build(home, files(tmp_path_factory.mktemp("files")))


def test_a_place_has_a_figure_if_every_practice_was_exported(mart: Mart) -> None:
    total, unused = (sum(counts[n] for counts in CITY.values()) for n in (0, 1))
    assert mart.value(SLOTS, "sub_icb", "04C", MONTH) == total
    assert mart.value(UNUSED, "sub_icb", "04C", MONTH) == unused
    share = mart.figure(SHARE, "sub_icb", "04C", MONTH)
    assert (share["numerator"], share["denominator"]) == (total - unused, total)
    for kpi, (level, code) in product((SLOTS, UNUSED, SHARE), (("sub_icb", "04V"), ("icb", "QK1"))):
        row = mart.figure(kpi, level, code, MONTH)
        assert (row["value"], row["status"]) == (None, "incomplete"), (kpi, code)


def test_a_corrected_report_is_the_next_revision(mart: Mart) -> None:
    assert mart.value(SLOTS, "practice", "C82004", MONTH) == 500
    assert mart.vintages(SLOTS, "practice", "C82004", MONTH) == [(MONTH, 1, 900), (MONTH, 2, 500)]


def test_what_is_small_can_not_be_found_again(mart: Mart) -> None:
    """Three unused slots are hidden, and so is whatever gives them away: the practice's slots and
    used ones, and another practice, so that no sum less what is shown leaves one."""
    shown: dict[str, set[str]] = {}
    for kpi in (SLOTS, UNUSED, SHARE):
        rows = {code: mart.figure(kpi, "practice", code, MONTH) for code in CITY}
        shown[kpi] = {code for code, row in rows.items() if row["value"] is not None}
        hidden = rows["C82001"]
        numbers = (
            "value",
            "numerator",
            "denominator",
            "financial_ytd_value",
            "rolling_12_month_value",
        )
        assert {hidden[name] for name in numbers} == {None}
    assert shown[SLOTS] == shown[UNUSED] == shown[SHARE]
    left = set(CITY) - shown[SLOTS]
    assert "C82001" in left and len(left) >= 2
    for kpi, place in product((SLOTS, UNUSED), ("04C",)):
        whole = mart.value(kpi, "sub_icb", place, MONTH)
        parts = sum(mart.value(kpi, "practice", code, MONTH) or 0 for code in shown[kpi])
        assert whole is not None and whole - parts > 5
    assert {row["value"] for row in mart.rows(
        "SELECT value FROM kpi_vintage WHERE org_code = 'C82001' AND kpi_id IN "
        f"('{SLOTS}', '{UNUSED}', '{SHARE}')"
    )} == {None}  # fmt: skip


def test_no_network_is_shown(mart: Mart) -> None:
    levels = mart.rows("SELECT DISTINCT org_level FROM kpi_vintage WHERE kpi_id = $kpi", kpi=SLOTS)
    assert {row["org_level"] for row in levels} == {"practice", "sub_icb", "icb"}


def test_the_mart_names_the_report_by_its_hash_and_nobody(mart: Mart, home: Home) -> None:
    rows = mart.rows(
        "SELECT sha256, original_sha256, file_name FROM governance.source_file "
        "WHERE feed = 'practice_slots'"
    )
    known = {one.sha256: one.original_sha256 for one in Archive(home).files("practice_slots")}
    assert {row["sha256"]: row["original_sha256"] for row in rows} == known
    assert all(known.values()) and len(known) == 7
    kept = (path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert not any(NAME.encode() in content for content in kept)
