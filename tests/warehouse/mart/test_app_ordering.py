"""People who order prescriptions in the NHS App, of whom, and patients aged 13 and over with an
account: shares by every reading of the minutes."""

from pathlib import Path

import pytest

from assets.feeds.nhs_app.testing import APP
from assets.feeds.testing import table
from tests.support import app_practice, write, write_coverage, write_list
from tests.warehouse.claims.support_claims import LLR, LittleMart, little_mart
from tests.warehouse.support_mart import Mart, build, choose
from tests.warehouse.worlds import listed
from warehouse.base.home import Home
from warehouse.claims.register import published_claims

CLAIM = "minutes-2025-app-repeat-prescriptions"
USERS, TWELVE, PATIENTS = (
    "nhs_app_ordering_share_of_users",
    "nhs_app_ordering_share_of_users_12_months",
    "nhs_app_ordering_share_of_patients",
)
REGISTERED = "nhs_app_practice_registered_share"
OF_ACCOUNTS, OF_ELIGIBLE = (
    "nhs_app_practice_ordering_share_of_accounts",
    "nhs_app_practice_ordering_share_of_eligible",
)
MONTH = "2025-01"
WHERE = {"C82001": "04C", "C82002": "04C", "C82003": "03W", "C82004": "03W", "C82005": "04V"}


def world(folder: Path) -> list[Path]:
    """Of LLR's 10,000 patients 2,000 logged in, 3,000 in twelve months, and 820 ordered. C82003's
    export has no patients of 13 and over."""
    used = {
        **APP,
        "Month": f"{MONTH}-01",
        "NHS App unique user logins": 2000,
        "NHS App unique user logins in 12 months": 3000,
        "NHS App unique users ordering prescriptions": 820,
    }
    covered = [
        {
            "SUB_ICB_LOCATION_CODE": place,
            "Appointment_Month": "01JAN2025",
            "Patients registered at included practices": patients,
            "Patients registered at open practices": patients,
        }
        for place, patients in (("04C", 5000), ("03W", 3000), ("04V", 2000))
    ]
    exported = [
        {
            "Month": MONTH,
            "Practice code": code,
            "Patients aged 13 and over": "" if code == "C82003" else 800,
            "Registered users 13+": 500,
            "Ordering users": 82,
        }
        for code in WHERE
    ]
    lists = [listed(code, place, f"{MONTH}-01", 1000) for code, place in WHERE.items()]
    return [
        write(folder / "app.csv", table(used, [])),
        write_coverage(folder / "coverage.csv", *covered),
        write_list(folder / "list.csv", *lists),
        write(folder / "export.csv", app_practice(*exported)),
    ]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    root: Path = tmp_path_factory.mktemp("ordering")
    home = choose(Home(root / "home"), practice_level=True, threshold=5)
    return build(home, world(root / "files"))


def test_41_percent_is_of_those_who_logged_in(mart: Mart) -> None:
    rows = mart.rows(f"SELECT * FROM claim_reading WHERE claim_id = '{CLAIM}'")
    found = {row["kpi_id"]: (row["org_code"], row["computed_value"]) for row in rows}
    assert found == {
        USERS: ("QK1", 0.41),
        TWELVE: ("QK1", pytest.approx(820 / 3000)),
        PATIENTS: ("QK1", 0.082),
    }
    [claim] = mart.rows(f"SELECT * FROM claim WHERE claim_id = '{CLAIM}'")
    assert (claim["verdict"], claim["computed_value"]) == ("confirmed", 0.41)


@pytest.mark.parametrize("right", [USERS, TWELVE, PATIENTS])
def test_each_reading_may_be_the_one(right: str) -> None:
    [claim] = [one for one in published_claims("QK1") if one.claim_id == CLAIM]
    with little_mart() as little:
        _known(little, right)
        found = little.judged((claim,))[CLAIM]
    assert found.verdict.kind == "confirmed"
    shares = {one.reading.kpi_id: one.latest for one in found.evaluations}
    assert shares == {kpi: 0.41 if kpi == right else 0.2 for kpi in (USERS, TWELVE, PATIENTS)}


def test_by_no_reading_it_differs() -> None:
    [claim] = [one for one in published_claims("QK1") if one.claim_id == CLAIM]
    with little_mart() as little:
        _known(little, None)
        assert little.judged((claim,))[CLAIM].verdict.kind != "confirmed"


def _known(little: LittleMart, right: str | None) -> None:
    little.holds("nhs_app", "2025-03", since="2024-10")
    for kpi in (USERS, TWELVE, PATIENTS):
        top = 410 if kpi == right else 200
        little.knows(kpi, {MONTH: (top, 1000)}, edition="2025-03", place=LLR)


def test_the_share_registered_needs_patients_of_13_and_over(mart: Mart) -> None:
    row = mart.figure(REGISTERED, "practice", "C82001", MONTH)
    assert (row["numerator"], row["denominator"], row["value"]) == (500, 800, 0.625)
    assert mart.value(REGISTERED, "sub_icb", "04C", MONTH) == 1000 / 1600
    for level, code in (("practice", "C82003"), ("sub_icb", "03W"), ("icb", "QK1")):
        unknown = mart.figures(REGISTERED, level, code).get(MONTH, {})
        assert unknown.get("value") is None, code
    accounts = "nhs_app_practice_registered_users"
    assert mart.value(accounts, "sub_icb", "03W", MONTH) == 1000


def test_people_who_order_are_shown_by_practice_alone(mart: Mart) -> None:
    assert mart.value(OF_ACCOUNTS, "practice", "C82001", MONTH) == 82 / 500
    assert mart.value(OF_ELIGIBLE, "practice", "C82001", MONTH) == 82 / 800
    levels = mart.rows(
        "SELECT DISTINCT org_level FROM kpi_monthly WHERE kpi_id IN ($a, $b)",
        a=OF_ACCOUNTS,
        b=OF_ELIGIBLE,
    )
    assert levels == [{"org_level": "practice"}]


def test_the_sample_has_the_minutes_share(sample_home: Home) -> None:
    mart = Mart(sample_home.mart)
    assert mart.value(USERS, "icb", "QK1", MONTH) == pytest.approx(0.41, abs=0.0005)
    for kpi in (TWELVE, PATIENTS):
        share = mart.value(kpi, "icb", "QK1", MONTH)
        assert share is not None and share < 0.3
    registered = mart.value(REGISTERED, "sub_icb", "04C", "2025-03")
    assert registered is not None and 0.6 < registered < 0.9
