"""Sums over organisations: whole or nothing, as at the month, newest word of each member."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tests.shared import made_once
from tests.support import (
    write_coverage,
    write_crosstab,
    write_list,
    write_list_map,
    write_mapping,
    write_regional,
)
from tests.warehouse.support_mart import Mart, build
from tests.warehouse.worlds import ENGLAND_2025, area, covered, listed, practice
from warehouse.base.home import Home
from warehouse.reference.organisations import members_at, reference

ENGLAND = "E92000001"


def whole(mart: Mart, kpi: str, level: str, code: str, month: str) -> tuple[object, int, int]:
    row = mart.figure(kpi, level, code, month)
    assert (row["value"] is None) == (row["status"] == "incomplete")
    return row["value"], row["members_present"], row["members_expected"]


def test_later_edition_replaces_only_the_cells_it_has(llr: Mart) -> None:
    found = {c: llr.figure("appointments", "sub_icb", c, "2025-10") for c in ("04C", "03W", "06H")}
    assert {c: (row["value"], row["edition"]) for c, row in found.items()} == {
        "04C": (12, "2025-11"),
        "03W": (20, "2025-10"),
        "06H": (100, "2025-10"),
    }


def test_cell_that_lost_a_row_keeps_its_last_good_figure(llr: Mart) -> None:
    row = llr.figure("appointments", "sub_icb", "04V", "2025-10")
    assert (row["value"], row["edition"]) == (30, "2025-10")


def test_an_icb_sums_the_newest_figure_of_each_member(llr: Mart) -> None:
    assert whole(llr, "appointments", "icb", "QK1", "2025-10") == (12 + 20 + 30, 3, 3)


def test_icb_with_a_member_missing_has_no_figure(llr: Mart) -> None:
    assert whole(llr, "appointments", "icb", "QK1", "2025-09") == (None, 2, 3)


def test_llr_alone_makes_no_region_and_no_england(llr: Mart) -> None:
    midlands = len(members_at("region", "Y60", date(2025, 10, 1)))
    assert midlands == 19
    assert whole(llr, "appointments", "region", "Y60", "2025-10") == (None, 3, midlands)
    assert whole(llr, "appointments", "england", ENGLAND, "2025-10") == (None, 4, 106)


def test_england_is_whole_when_every_place_of_coverage_is_in(llr: Mart) -> None:
    assert len(ENGLAND_2025) == 106
    assert whole(llr, "appointments", "england", ENGLAND, "2025-06") == (212, 106, 106)
    per_1000 = llr.figure("appointments_per_1000_patients", "england", ENGLAND, "2025-06")
    assert (per_1000["numerator"], per_1000["denominator"]) == (212, 106_000)
    assert per_1000["value"] == 2.0


def test_no_parts_are_shown_of_an_incomplete_whole(llr: Mart) -> None:
    row = llr.figure("appointments_same_day_share", "icb", "QK1", "2025-09")
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)


def test_network_sums_practices_of_two_sub_icbs(llr: Mart) -> None:
    assert whole(llr, "appointments", "pcn", "U11111", "2025-10") == (10 + 7, 2, 2)
    row = llr.figure("appointments_per_1000_patients", "pcn", "U11111", "2025-10")
    assert (row["numerator"], row["denominator"]) == (17, 1400)
    assert row["value"] == pytest.approx(17_000 / 1400, rel=1e-15)


def test_network_is_incomplete_where_one_of_its_sub_icbs_is_not_whole(llr: Mart) -> None:
    for network in ("U33333", "U44444"):
        row = llr.figure("appointments", "pcn", network, "2025-10")
        assert (row["value"], row["status"]) == (None, "incomplete")
    assert llr.value("appointments", "pcn", "U22222", "2025-10") == 4


def test_network_u_is_no_organisation(llr: Mart) -> None:
    [row] = llr.rows(
        "SELECT (SELECT count(*) FROM kpi_monthly WHERE org_level = 'pcn' AND org_code = 'U') "
        "+ (SELECT count(*) FROM organisation WHERE org_code = 'U' OR pcn_code = 'U') AS n"
    )
    assert row["n"] == 0
    assert llr.value("appointments", "practice", "C82002", "2025-10") == 5


def test_category_reaches_a_sub_icb_only_with_every_included_practice(llr: Mart) -> None:
    kpi = "appointments_unmapped_share"
    assert whole(llr, kpi, "sub_icb", "04C", "2025-10") == (5 / 15, 2, 2)
    assert whole(llr, kpi, "sub_icb", "03W", "2025-10") == (7 / 14, 3, 3)
    assert whole(llr, kpi, "sub_icb", "04V", "2025-10") == (None, 2, 3)
    assert whole(llr, kpi, "icb", "QK1", "2025-10") == (None, 2, 3)


def test_acc08_counts_its_categories_only(llr: Mart) -> None:
    row = llr.figure("appointments_within_two_weeks_acc08_share", "sub_icb", "04C", "2025-10")
    assert (row["numerator"], row["denominator"], row["value"]) == (10, 10, 1.0)


def test_withdrawn_practice_leaves_the_sums_of_the_newer_edition(llr: Mart) -> None:
    share = llr.figure("appointments_unmapped_share", "sub_icb", "04C", "2025-07")
    assert (share["numerator"], share["denominator"], share["members_present"]) == (5, 20, 2)
    assert llr.value("appointments", "pcn", "U11111", "2025-07") == 15
    before = llr.vintages("appointments_unmapped_share", "sub_icb", "04C", "2025-07")
    assert before == [("2025-07", 1, 90 / 100), ("2025-08", 1, 5 / 20)]
    assert llr.value("appointments", "practice", "C82009", "2025-07") == 85


def test_practice_that_lost_a_row_is_summed_with_its_last_good_figure(llr: Mart) -> None:
    row = llr.figure("appointments_unmapped_share", "sub_icb", "04C", "2025-05")
    assert (row["numerator"], row["denominator"], row["edition"]) == (30, 51, "2025-06")


def test_list_that_lost_a_practice_has_no_total_for_its_sub_icb(llr: Mart) -> None:
    assert whole(llr, "registered_patients", "sub_icb", "04C", "2025-09") == (None, 1, 2)
    assert whole(llr, "registered_patients", "sub_icb", "03W", "2025-09") == (720, 2, 2)
    assert whole(llr, "registered_patients", "sub_icb", "04C", "2025-10") == (1500, 2, 2)


def test_denominator_is_of_included_practices_above_practice_level(llr: Mart) -> None:
    row = llr.figure("appointments_per_1000_patients", "sub_icb", "04C", "2025-10")
    assert (row["numerator"], row["denominator"], row["value"]) == (12, 1500, 8.0)
    share = llr.figure("appointments_patient_coverage_share", "sub_icb", "04C", "2025-10")
    assert (share["numerator"], share["denominator"], share["value"]) == (1500, 1600, 0.9375)


def test_practice_without_a_list_has_appointments_but_no_rate(llr: Mart) -> None:
    row = llr.figure("appointments_per_1000_patients", "practice", "C82005", "2025-10")
    assert (row["numerator"], row["denominator"], row["value"]) == (6, None, None)
    assert row["status"] == "incomplete"


def test_month_with_coverage_but_no_appointments_has_no_rate(llr: Mart) -> None:
    assert "2025-08" in llr.figures("appointments_patient_coverage_share", "sub_icb", "04C")
    row = llr.figures("appointments_per_1000_patients", "sub_icb", "04C").get("2025-08")
    assert row is not None and row["value"] is None and row["members_present"] == 0


def test_icb_is_the_one_of_the_month(llr: Mart) -> None:
    assert llr.figures("appointments", "icb", "QUE")["2025-10"]["value"] == 100
    assert "2026-05" not in llr.figures("appointments", "icb", "QUE")
    assert whole(llr, "appointments", "icb", "S1Y5D", "2026-05") == (None, 1, 4)
    assert list(llr.figures("appointments", "icb", "S1Y5D")) == ["2026-05"]


def test_map_of_a_later_month_is_never_projected_back(llr: Mart) -> None:
    periods = llr.rows(
        "SELECT pcn_code, icb_code, valid_from, valid_to FROM organisation "
        "WHERE org_code = 'D81001' ORDER BY valid_from"
    )
    assert [tuple(row.values()) for row in periods] == [
        (None, "QUE", date(2025, 10, 1), date(2026, 6, 30)),
        ("U88254", "S1Y5D", date(2026, 7, 1), None),
    ]
    assert list(llr.figures("registered_patients", "pcn", "U88254")) == ["2026-07"]


def test_unknown_codes_of_2021_are_not_added_to_an_icb(llr: Mart) -> None:
    assert llr.value("registered_patients", "sub_icb", "05A", "2021-01") == 800
    assert llr.figures("registered_patients", "icb", "QWU") == {}
    assert llr.value("registered_patients", "icb", "QK1", "2021-01") == 900 + 390 + 600
    assert whole(llr, "registered_patients", "england", ENGLAND, "2021-01") == (None, 3, 106)


def test_merged_codes_are_not_counted_beside_their_successor(llr: Mart) -> None:
    assert llr.value("appointments", "icb", "QOC", "2021-01") == 90
    known = llr.vintages("appointments", "icb", "QOC", "2021-01")
    assert known == [("2021-03", 1, None), ("2021-08", 1, 90)]


def test_reference_has_one_parent_for_a_code_at_a_time() -> None:
    periods = reference().sort("org_level", "org_code", "effective_from")
    keys = ["org_level", "org_code"]
    rows = periods.select(*keys, "effective_from", "effective_to").rows()
    for before, after in pairwise(rows):
        if before[:2] == after[:2]:
            assert before[3] < after[2], (before, after)


def test_cut_coverage_of_every_region_does_not_make_england(home: Home, tmp_path: Path) -> None:
    one_each = ["04C", "06H", "00L", "00Q", "11J", "10Q", "72Q"]
    regions = {r for c in one_each for r in _regions(c)}
    assert len(regions) == 7
    mart = build(
        home,
        [
            write_regional(tmp_path / "r.csv", *[area(c, "OCT2024", 5) for c in one_each]),
            write_coverage(tmp_path / "c.csv", *[covered(c, "01OCT2024", 1) for c in one_each]),
        ],
    )
    assert whole(mart, "appointments", "england", ENGLAND, "2024-10") == (None, 7, 106)


def _regions(code: str) -> list[str]:
    month = date(2024, 10, 1)
    codes = sorted(set(reference().filter(org_level="region")["org_code"]))
    return [region for region in codes if code in members_at("region", region, month)]


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """October in 04C: coverage has one practice more than sent anything. By the mapping of October
    all of U11111 is there, and C82009 of U22222 is not. Lists from July to October, a map of June.
    """

    def fill(place: Path) -> None:
        told = {"C82001": "U11111", "C82002": "U11111", "C82003": "U22222"}
        mapped = {**told, "C82009": "U22222"}
        lists = {
            month: [listed(code, "04C", f"2025-{month}-01", 100) for code in ("D81001", "D81002")]
            for month in ("07", "08", "09", "10")
        }
        files = [
            write_crosstab(
                place / "crosstab.csv",
                *[practice(code, "04C", pcn, 5) for code, pcn in told.items()],
            ),
            write_coverage(place / "coverage.csv", covered("04C", "01OCT2025", 4)),
            write_mapping(
                place / "Mapping_Oct_25.csv",
                *[{"GP_CODE": code, "PCN_CODE": pcn} for code, pcn in mapped.items()],
            ),
            write_list_map(
                place / "map.csv",
                *[
                    {"PRACTICE_CODE": code, "PCN_CODE": "U33333", "EXTRACT_DATE": "01Jun2025"}
                    for code in ("D81001", "D81002")
                ],
            ),
            *[write_list(place / f"list-{month}.csv", *rows) for month, rows in lists.items()],
        ]
        build(Home(place / "home"), files)

    return Mart(Home(made_once(tmp_path_factory, "networks", fill) / "home").mart)


def test_a_practice_that_has_left_the_mapping_is_not_expected(networks: Mart) -> None:
    assert networks.value("appointments_unmapped_share", "sub_icb", "04C", "2025-10") is None
    assert networks.value("appointments", "pcn", "U11111", "2025-10") == 10


def test_a_practice_in_the_mapping_without_figures_is_missing(networks: Mart) -> None:
    row = networks.figure("appointments", "pcn", "U22222", "2025-10")
    assert (row["value"], row["status"]) == (None, "incomplete")


def test_a_map_holds_for_two_months_and_no_longer(networks: Mart) -> None:
    found = networks.figures("registered_patients", "pcn", "U33333")
    assert {month: row["value"] for month, row in found.items()} == {
        "2025-07": 200,
        "2025-08": 200,
        "2025-09": None,
        "2025-10": None,
    }
    assert (found["2025-10"]["status"], found["2025-10"]["status_reason"]) == (
        "incomplete",
        "the newest available map of its practices is too old for the month: it is of 2025-06",
    )
    assert networks.value("registered_patients", "sub_icb", "04C", "2025-10") == 200
