"""Real publications of the feeds around access: every figure that can be reconciled."""

from pathlib import Path

import polars as pl
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
def register(real_feeds: Path, real_more: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Both registers of practices at hand, that of networks, and the incentive indicators of
    2023/24."""
    home = Home(tmp_path_factory.mktemp("register") / "home")
    for year, edition in (("2023", "2023-01"), ("2025", "2025-09")):
        path = real_feeds / "ods" / f"epraccur_{year}.csv"
        [outcome] = import_paths(home, [path], Request(edition=edition))
        assert outcome.verdict == "imported", outcome.message
    workbook = real_feeds / "ods" / "ePCN_2026.xlsx"
    assert len(list(import_paths(home, [workbook], Request(edition="2026-02")))) == 2
    return build(home, [real_more / "iif"], judged=True)


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


@pytest.mark.parametrize(
    ("level", "code", "numerator", "denominator", "members"),
    [
        ("sub_icb", "03W", 1_097_131, 1_296_038, 30),
        ("sub_icb", "04C", 1_228_495, 1_433_441, 56),
        ("sub_icb", "04V", 1_178_770, 1_484_500, 46),
        ("icb", "QK1", 3_504_396, 4_213_979, 3),
        (*OF_ENGLAND, 188_034_307, 216_102_375, 106),
    ],
)
def test_appointments_within_two_weeks_of_2023_24(
    register: Mart, level: str, code: str, numerator: int, denominator: int, members: int
) -> None:
    """By the practices of the year at the place of their time: 84.65, 85.70, 79.41, 83.16 and
    87.01%."""
    [found] = register.rows(
        "SELECT * FROM kpi_other_period WHERE kpi_id = 'iif_acc08_share' "
        "AND period_label = '2023/24' AND org_level = $level AND org_code = $code",
        level=level,
        code=code,
    )
    assert (found["numerator"], found["denominator"]) == (numerator, denominator)
    assert found["value"] == pytest.approx(numerator / denominator)
    assert (found["members_present"], found["status"]) == (members, "final")


def test_networks_are_those_of_the_year_and_none_is_read(register: Mart) -> None:
    """The file has 1,273 networks, under other indicators; figures are added up from practices."""
    [found] = register.rows(
        "SELECT count(*) AS networks, count(value) AS whole, sum(denominator) AS appointments "
        "FROM kpi_other_period WHERE kpi_id = 'iif_acc08_share' AND org_level = 'pcn'"
    )
    assert found == {"networks": 1_272, "whole": 1_272, "appointments": 215_988_872}


def test_eight_practices_have_a_denominator_of_zero(register: Mart) -> None:
    zero = register.rows(
        "SELECT value, status_reason FROM kpi_other_period WHERE denominator = 0 "
        "AND kpi_id = 'iif_acc08_share' AND org_level = 'practice'"
    )
    assert zero == [{"value": None, "status_reason": "the denominator is 0"}] * 8


def test_the_year_before_the_minutes_is_judged_by_the_indicator(register: Mart) -> None:
    """Of "90% within two weeks, 4% better" the year before is implied: 86%, of the city."""
    [claim] = register.rows(
        "SELECT * FROM claim WHERE claim_id = 'minutes-2025-two-weeks-year-before'"
    )
    assert (claim["verdict"], claim["org_code"]) == ("confirmed", "04C")
    assert claim["stated"] == "86 % (implied: 90 % after an improvement of 4 %)"
    assert claim["computed_value"] == pytest.approx(0.8570, abs=5e-5)
    assert claim["period"] == "April 2023 to March 2024, financial year 2023/24"
    [reading] = register.rows(
        "SELECT * FROM claim_reading WHERE claim_id = 'minutes-2025-two-weeks' "
        "AND kpi_id = 'iif_acc08_share'"
    )
    assert (reading["months"], reading["within_tolerance"]) == ("2024-03", False)
    assert "the year before" in reading["only_shown"]


def test_a_map_of_today_would_give_another_share(
    home: Home, register: Mart, real_feeds: Path, real_more: Path
) -> None:
    """Six practices of Leicester's ICB have closed since. By the map of October 2025 its places
    would be 84.50, 85.71 and 83.11%; it is not used, so they have no figure."""
    folder = real_feeds / "gp_appointments_practice"
    path = folder / "Mapping_Oct25_England.reconstructed.csv"
    place = pl.read_csv(path).select(
        pl.col("GP_CODE").alias("org_code"), pl.col("SUB_ICB_LOCATION_CODE").alias("place")
    )
    figures = register.db.sql(
        "SELECT org_code, numerator, denominator FROM kpi_other_period "
        "WHERE kpi_id = 'iif_acc08_share' AND org_level = 'practice'"
    ).pl()
    parts = pl.col("numerator", "denominator").sum()
    of_today = figures.join(place.unique(), on="org_code").group_by("place").agg(parts)
    shares = {
        code: round(100 * top / bottom, 2)
        for code, top, bottom in of_today.select("place", "numerator", "denominator").iter_rows()
    }
    llr = of_today.filter(pl.col("place").is_in(["03W", "04C", "04V"]))
    assert (shares["03W"], shares["04C"]) == (84.50, 85.71)
    assert round(100 * llr["numerator"].sum() / llr["denominator"].sum(), 2) == 83.11
    bring(home, real_more / "iif")
    [outcome] = import_paths(home, [path], Request(edition="2025-10"))
    assert outcome.verdict == "imported", outcome.message
    mart = build(home)
    assert mart.rows("SELECT 1 FROM kpi_other_period WHERE org_level <> 'practice'") == []


@pytest.fixture(scope="module")
def deprivation(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("deprivation") / "home")
    lists = real_feeds / "registered_patients" / "PracPopOct.csv"
    return build(home, [real_feeds / "deprivation", lists], judged=True)


@pytest.mark.parametrize(
    ("level", "code", "score", "most_deprived"),
    [
        ("sub_icb", "03W", 11.4946, 0),
        ("sub_icb", "04C", 33.1454, 252_559),
        ("sub_icb", "04V", 14.8239, 0),
        ("icb", "QK1", 20.5005, 252_559),
        (*OF_ENGLAND, 22.3262, 12_789_850),
    ],
)
def test_deprivation_over_patients(
    deprivation: Mart, level: str, code: str, score: float, most_deprived: int
) -> None:
    """Over practices the city would have 33.58, not 33.15."""
    assert deprivation.value("imd_2025_score", level, code, "2025-10") == pytest.approx(
        score, abs=5e-5
    )
    quintile = deprivation.figure("imd_2025_quintile_1_patient_share", level, code, "2025-10")
    assert quintile["numerator"] == most_deprived


def test_national_quintiles_have_a_fifth_of_patients_each(deprivation: Mart) -> None:
    for n in range(1, 6):
        kpi = f"imd_2025_quintile_{n}_patient_share"
        assert deprivation.value(kpi, *OF_ENGLAND, "2025-10") == pytest.approx(0.2, abs=5e-4)
    [scored] = deprivation.rows(
        "SELECT count(DISTINCT org_code) AS practices FROM organisation "
        "WHERE imd_2025_score IS NOT NULL AND imd_quintile IS NOT NULL"
    )
    assert scored == {"practices": 6_143}


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
    found = one(judged(home, "ods_practices", "2026-10"), "register_still_open")
    assert (found.verdict, "of 6,220 open in 2025-09" in found.message) == ("fail", True)


@pytest.mark.parametrize(
    ("code", "month", "practices"),
    [
        ("U87499", "2024-03", 3),  # of three sub-ICBs
        ("U63948", "2023-03", 4),
        ("U63948", "2023-04", 5),
        ("U05642", "2024-03", 4),  # closed on 31 March 2024
        ("U05642", "2024-04", None),
    ],
)
def test_practices_of_a_network(
    register: Mart, code: str, month: str, practices: int | None
) -> None:
    found = register.figures("practices_in_networks", "pcn", code).get(month)
    assert (found and found["value"]) == practices


def test_the_workbook_named_2026_is_of_october_2024(register: Mart) -> None:
    [told] = register.rows(
        "SELECT message FROM governance.check_result "
        "WHERE feed = 'ods_pcns' AND rule = 'register_dates' AND verdict = 'warn'"
    )
    assert told["message"].startswith("the newest date is 01/10/2024: is 2026-02 the month")


@pytest.fixture(scope="module")
def annex(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("annex") / "home")
    tables = sorted((real_feeds / "gp_appointments_annex1").glob("*.csv"))
    found = list(import_paths(home, tables, Request()))
    refused = [one.name for one in found if one.verdict == "refused"]
    assert [name.split("_")[2] for name in refused] == ["2b", "2c", "2d", "3b", "3c"]
    [regional] = (real_feeds / "gp_appointments_sub_icb").glob("*Nov25*")
    coverage = (real_feeds / "gp_appointments_coverage").glob("*Nov25*")
    return build(home, [regional, *coverage], judged=True)


@pytest.mark.parametrize(
    ("code", "appointments"), [("03W", 205_444), ("04C", 233_877), ("04V", 218_472)]
)
def test_practices_of_the_summary_add_up_to_the_regional_file(
    annex: Mart, code: str, appointments: int
) -> None:
    [found] = annex.rows(
        "SELECT sum(k.value)::BIGINT AS total FROM kpi_monthly AS k JOIN organisation AS o "
        "ON o.org_level = 'practice' AND o.org_code = k.org_code "
        "WHERE k.kpi_id = 'annex1_appointments' AND k.month = DATE '2025-11-01' "
        f"AND o.sub_icb_code = '{code}' AND o.valid_to IS NULL"
    )
    assert found["total"] == appointments
    assert annex.value("appointments", "sub_icb", code, "2025-11") == appointments


def test_every_table_of_the_summary_has_the_same_appointments(annex: Mart) -> None:
    own = "SELECT sum(numerator) AS n, sum(denominator) AS d FROM kpi_monthly WHERE kpi_id = '{}'"
    for kpi in ("same_day", "unmapped", "face_to_face", "gp", "dna"):
        [found] = annex.rows(own.format(f"annex1_{kpi}_share"))
        assert found["d"] == 657_793, kpi
    [gp] = annex.rows(own.format("annex1_gp_share"))
    assert gp["n"] == 267_491


def test_the_rate_of_a_practice_is_the_publishers(annex: Mart) -> None:
    rate = annex.value("annex1_appointments_per_1000_patients", "practice", "C82001", "2025-11")
    assert rate == pytest.approx(442.307692307692)
