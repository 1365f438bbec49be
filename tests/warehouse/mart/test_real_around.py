"""Real publications of the feeds around access: every figure that can be reconciled."""

from pathlib import Path

import pytest

from tests.checks.support_checks import judged, one
from tests.warehouse.support_mart import Mart, bring, build
from warehouse.base.home import Home
from warehouse.intake.importer import Request, import_paths

pytestmark = pytest.mark.acceptance

ENGLAND = "E92000001"
OF_ENGLAND = ("england", ENGLAND)
SUBMISSIONS = "online_consultations_submissions"
CALLS = "cloud_telephony_inbound_calls"


@pytest.fixture(scope="module")
def online(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("online") / "home")
    return build(home, sorted((real_feeds / "online_consultations").glob("*.xlsx")), judged=True)


@pytest.mark.parametrize(
    ("level", "code", "month", "value"),
    [
        ("sub_icb", "04C", "2025-10", 47_313),
        ("sub_icb", "04C", "2025-11", 44_880),
        ("england", ENGLAND, "2024-10", 4_948_442),
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


def test_england_in_october_2024_by_edition(online: Mart) -> None:
    by_edition = {e: value for e, _, value in online.vintages(SUBMISSIONS, *OF_ENGLAND, "2024-10")}
    assert by_edition["2024-10"] == 3_977_877
    assert by_edition["2024-11"] == 3_985_599
    assert by_edition["2025-10"] == by_edition["2025-11"] == 4_948_442


def test_twenty_six_practices_have_an_icb_that_contradicts_their_sub_icb(
    home: Home, real_feeds: Path
) -> None:
    [path] = (real_feeds / "online_consultations").glob("*November 2025.xlsx")
    build(home, [path])
    found = one(judged(home, "online_consultations", "2025-11"), "icb_of_sub_icb")
    assert (found.verdict, "26 practice(s)" in found.message) == ("warn", True)


@pytest.fixture(scope="module")
def telephony_home(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("telephony") / "home")
    lists = (real_feeds / "registered_patients").glob("PracPop*.csv")
    books = (real_feeds / "cloud_telephony").glob("*.xlsx")
    build(home, [*sorted(lists), *sorted(books)], judged=True)
    return home


@pytest.fixture(scope="module")
def telephony(telephony_home: Home) -> Mart:
    return Mart(telephony_home.mart)


@pytest.mark.parametrize(
    ("level", "code", "month", "value"),
    [
        ("england", ENGLAND, "2025-10", 31_444_618),
        ("england", ENGLAND, "2025-12", 30_063_218),
        ("england", ENGLAND, "2024-10", 22_103_294),
        ("sub_icb", "04C", "2025-10", 179_406),
    ],
)
def test_inbound_calls(telephony: Mart, level: str, code: str, month: str, value: int) -> None:
    assert telephony.value(CALLS, level, code, month) == value


def test_england_in_november_2025_by_edition(telephony: Mart) -> None:
    assert telephony.vintages(CALLS, *OF_ENGLAND, "2025-11") == [
        ("2025-11", 1, 29_439_840),
        ("2025-12", 1, 29_469_074),
    ]


def test_shares_are_those_of_the_national_table(telephony: Mart) -> None:
    shares = {
        "answered": 0.548,
        "ended_in_menu": 0.268,
        "call_back": 0.073,
        "missed": 0.110,
        "answered_within_two_minutes": 0.595,
    }
    for name, share in shares.items():
        found = telephony.value(f"cloud_telephony_{name}_share", *OF_ENGLAND, "2025-12")
        assert round(found or 0, 3) == share, name


def test_a_shared_account_is_counted_for_its_place_and_is_no_practice(telephony: Mart) -> None:
    named = telephony.rows("SELECT DISTINCT org_code FROM organisation WHERE org_code LIKE 'Un%'")
    figures = telephony.rows("SELECT org_code FROM kpi_monthly WHERE org_code LIKE 'Un%'")
    assert (named, figures) == ([], [])
    share = telephony.figure(
        "cloud_telephony_reporting_practice_share", "sub_icb", "04C", "2025-10"
    )
    assert (share["numerator"], share["denominator"]) == (26, 51)


@pytest.mark.parametrize(
    ("edition", "rule", "said"),
    [
        ("2025-10", "months_overwritten", "M83616"),
        ("2025-11", "months_overwritten", "L84026"),
        ("2025-10", "outcomes_add_up", "in all, of"),
        ("2025-12", "percentages_in_place", "moved by a row"),
    ],
)
def test_the_publishers_mistakes_are_found_by_name(
    telephony_home: Home, edition: str, rule: str, said: str
) -> None:
    found = one(judged(telephony_home, "cloud_telephony", edition), rule)
    assert (found.verdict, said in found.message) == ("warn", True)


@pytest.fixture(scope="module")
def register(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("register") / "home")
    for year, edition in (("2023", "2023-01"), ("2025", "2025-09")):
        path = real_feeds / "ods" / f"epraccur_{year}.csv"
        [outcome] = import_paths(home, [path], Request(edition=edition))
        assert outcome.verdict == "imported", outcome.message
    return build(home, judged=True)


@pytest.mark.parametrize(
    ("code", "month", "practices"),
    [
        ("04C", "2023-04", 56),
        ("04C", "2024-03", 56),
        ("04C", "2024-04", 53),
        ("04C", "2024-07", 51),
        ("04C", "2025-09", 51),
        ("04V", "2024-03", 46),
        ("03W", "2024-03", 32),  # with the allocation scheme and the asylum service
        ("03W", "2025-07", 31),
    ],
)
def test_practices_open(register: Mart, code: str, month: str, practices: int) -> None:
    assert register.value("practices_open", "sub_icb", code, month) == practices


def test_the_regions_practices_are_all_of_englands(register: Mart) -> None:
    """Wales is not read, and each open practice has a commissioner of the reference."""
    assert register.value("practices_open", *OF_ENGLAND, "2025-09") == 6_220
    placed = register.rows(
        "SELECT sum(numerator) AS practices FROM kpi_monthly WHERE kpi_id = 'practices_open' "
        "AND org_level = 'sub_icb' AND month = DATE '2025-09-01'"
    )
    assert placed == [{"practices": 6_220}]


def test_practices_of_another_icb_are_where_their_commissioner_is(
    home: Home, real_more: Path
) -> None:
    """C82040 and C82076 have the ICB of Leicester in 2026, and commissioners elsewhere."""
    bring(home, real_more / "ods" / "epraccur_2026-10-02_LLR_sample.csv")
    found = one(judged(home, "ods_practices", "2026-10"), "icb_of_commissioner")
    assert found.verdict == "warn"
    assert "C82040" in found.message and "C82076" in found.message
    mart = build(home)
    places = mart.rows("SELECT org_code, icb_code FROM organisation WHERE org_code LIKE 'C82_7%'")
    assert {"org_code": "C82076", "icb_code": "QJM"} in places


def test_a_part_of_the_register_is_held(home: Home, real_feeds: Path, real_more: Path) -> None:
    """Without most practices of the edition before, a file is no edition of the register."""
    before = Request(edition="2025-09")
    [_] = import_paths(home, [real_feeds / "ods" / "epraccur_2025.csv"], before)
    judged(home, "ods_practices", "2025-09")
    bring(home, real_more / "ods" / "epraccur_2026-10-02_LLR_sample.csv")
    found = one(judged(home, "ods_practices", "2026-10"), "practices_still_open")
    assert (found.verdict, "of 6,220 practices open in 2025-09" in found.message) == ("fail", True)
