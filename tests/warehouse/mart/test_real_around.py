"""Real publications of the feeds around access: every figure that can be reconciled."""

from pathlib import Path

import pytest

from checks.national_table import find_national_table
from tests.checks.support_checks import judged, one
from tests.warehouse.support_mart import Mart, build
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.readers.workbook import read_sheets

pytestmark = pytest.mark.acceptance

ENGLAND = "E92000001"
SUBMISSIONS = "online_consultations_submissions"


@pytest.fixture(scope="module")
def online(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("online") / "home")
    return build(home, sorted((real_feeds / "online_consultations").glob("*.xlsx")), judged=True)


@pytest.mark.parametrize(
    ("level", "code", "month", "value"),
    [
        ("sub_icb", "04C", "2025-10", 47_313),
        ("sub_icb", "04C", "2025-11", 44_880),
        ("england", ENGLAND, "2024-10", 3_977_877),
        ("england", ENGLAND, "2025-11", 7_409_171),
    ],
)
def test_submissions(online: Mart, level: str, code: str, month: str, value: int) -> None:
    assert online.value(SUBMISSIONS, level, code, month) == value


def test_the_rate_is_the_publishers_in_the_later_definition(online: Mart) -> None:
    rate = online.figure("online_consultations_per_1000_patients", "england", ENGLAND, "2025-11")
    assert (rate["numerator"], rate["denominator"]) == (7_409_171, 61_119_066)
    assert round(rate["value"], 2) == 121.23


@pytest.mark.parametrize(("code", "practices"), [("03W", 31), ("04C", 51), ("04V", 46)])
def test_practices_by_sub_icb(online: Mart, code: str, practices: int) -> None:
    kpi = "online_consultations_practice_with_data_share"
    assert online.figure(kpi, "sub_icb", code, "2025-11")["denominator"] == practices


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("* - October 2024.xlsx", 3_977_877),
        ("* - November 2024.xlsx", 3_985_599),
        ("* - October 2025.xlsx", 4_948_442),
    ],
)
def test_england_in_october_2024_by_edition(real_feeds: Path, name: str, total: int) -> None:
    [path] = (real_feeds / "online_consultations").glob(name)
    [sheet] = [one for one in read_sheets(path) if one.name == "Table 1"]
    table = find_national_table(sheet)
    assert table is not None
    assert table.of("Total submissions received by practices")[parse_month("2024-10")] == total


def test_twenty_six_practices_have_an_icb_that_contradicts_their_sub_icb(
    home: Home, real_feeds: Path
) -> None:
    [path] = (real_feeds / "online_consultations").glob("*November 2025.xlsx")
    build(home, [path])
    found = one(judged(home, "online_consultations", "2025-11"), "icb_of_sub_icb")
    assert (found.verdict, "26 practice(s)" in found.message) == ("warn", True)
