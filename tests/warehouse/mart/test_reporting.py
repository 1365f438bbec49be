"""Measures of the organisations that reported: the others have no figure, and a place's figure is
that of those which did."""

from datetime import date

import pytest

from assets.feeds.online_consultations.testing import NOTHING, submissions_workbook
from tests.support import write
from tests.warehouse.support_mart import Mart, build
from warehouse.base.home import Home

SUBMITTED, RATE = "online_consultations_submissions", "online_consultations_per_1000_patients"
WITH_DATA = "online_consultations_practice_with_data_share"
SENT, CODE = "Submissions [7]", "GP Code"
WITHHELD = {"Month [1]": date(2024, 11, 1), "Participation [11]": "*"}


def table_1(newest: object, total: int, october_2024: int = 3_985_599) -> list[list[object]]:
    """Table 1 of a workbook: its newest month, October and September 2024."""
    labels = (
        "Total submissions received by practices [3], of which:",
        "Clinical submissions",
        "Administrative submissions",
        "Count of practices receiving submissions via Online Consultation Systems [1, 2]",
        "Registered patients at practices that received submissions via an Online Consultation "
        "System",
    )
    rows: list[list[object]] = [["", label, total, october_2024, 1] for label in labels]
    return [["", "", newest, "Oct-24", "Sep-24"], *rows]


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Three practices of one sub-ICB in October 2025, of which one sent nothing."""
    root = tmp_path_factory.mktemp("online")
    rows = [{CODE: "C82001"}, {CODE: "C82002", SENT: 700}, {CODE: "C82003", **NOTHING}]
    table = table_1("Oct-25 [9]", 7000, october_2024=4_948_442)
    october = write(root / "october.xlsx", submissions_workbook(*rows, national=table))
    withheld = submissions_workbook(WITHHELD, national=table_1("2024-11-30", 500))
    november = write(root / "november.xlsx", withheld)
    year_before = {"Month [1]": date(2024, 10, 1)}
    earlier = [["Oct-24", "Sep-24", "Aug-24"], *5 * [[3_977_877, 1, 1]]]
    first = [[*row[:2], *own] for row, own in zip(table_1("", 0), earlier, strict=True)]
    before = submissions_workbook(year_before, national=first)
    files = [write(root / "before.xlsx", before), november, october]
    return build(Home(root / "home"), files)


def test_a_practice_without_data_has_no_figure_and_says_why(online: Mart) -> None:
    silent = online.figure(SUBMITTED, "practice", "C82003", "2025-10")
    assert (silent["value"], silent["status"]) == (None, "incomplete")
    assert silent["status_reason"] == (
        "no submissions of the practice were received from its supplier"
    )
    assert online.value(SUBMITTED, "practice", "C82002", "2025-10") == 700


def test_a_place_is_the_sum_of_those_with_data_over_their_own_patients(online: Mart) -> None:
    rate = online.figure(RATE, "sub_icb", "04C", "2025-10")
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (1200, 16000, 75.0)
    assert online.value(SUBMITTED, "sub_icb", "04C", "2025-10") == 1200
    assert online.value(SUBMITTED, "pcn", "U12345", "2025-10") == 1200
    share = online.figure(WITH_DATA, "sub_icb", "04C", "2025-10")
    assert (share["numerator"], share["denominator"]) == (2, 3)


def test_a_region_needs_every_sub_icb(online: Mart) -> None:
    assert online.value(SUBMITTED, "region", "Y60", "2025-10") is None


def test_england_is_that_of_the_national_table_as_each_edition_restates_it(online: Mart) -> None:
    assert online.value(SUBMITTED, "england", "E92000001", "2025-10") == 7000
    assert online.vintages(SUBMITTED, "england", "E92000001", "2024-10") == [
        ("2024-10", 1, 3_977_877),
        ("2024-11", 1, 3_985_599),
        ("2025-10", 1, 4_948_442),
    ]


def test_withheld_participation_is_no_figure_but_submissions_are(online: Mart) -> None:
    taking_part = online.figures("online_consultations_participating_practices", "sub_icb", "04C")
    assert taking_part["2025-10"]["value"] == 3
    assert [taking_part[month]["status_reason"] for month in ("2024-11", "2024-12")] == [
        "the publisher gave this month without this figure",
        "no accepted edition covers this month",
    ]
    assert online.value(SUBMITTED, "sub_icb", "04C", "2024-11") == 500
