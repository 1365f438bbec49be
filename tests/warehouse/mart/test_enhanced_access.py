"""Enhanced access: providers add up to places, utilisation is of sums, in two ways, and no small
number can be worked out.

In December 2024 five providers offer appointments to Leicester City. DEF delivers in two places; in
January it offers 3 in West Leicestershire.
"""

from itertools import product
from pathlib import Path

import pytest

from assets.feeds.enhanced_access.testing import build as enhanced_access
from tests.support import Row, write
from tests.warehouse.mart.solving import deduced
from tests.warehouse.support_mart import Mart, build
from warehouse.base.home import Home

CITY, WEST, EAST = "04C", "04V", "03W"
OFFERED, BOOKED, ATTENDED, MINUTES = (
    "enhanced_access_offered",
    "enhanced_access_booked",
    "enhanced_access_attended",
    "enhanced_access_minutes",
)
COUNTS = (OFFERED, BOOKED, ATTENDED, MINUTES)
BY_BOOKINGS, BY_ATTENDANCES = (
    "enhanced_access_utilisation_booked",
    "enhanced_access_utilisation_attended",
)
DECEMBER, JANUARY, FEBRUARY = "2024-12", "2025-01", "2025-02"


def offered(provider: str, place: str, month: str, *counts: object, network: str = "") -> Row:
    """A row of the return: appointments offered, booked and attended, of ten minutes each."""
    first, booked, attended = counts
    minutes = first * 10 if isinstance(first, int) else 90
    return {
        "Month": month,
        "Provider code": provider,
        "Provider name": f"PROVIDER {provider}",
        "Sub-ICB code": place,
        "PCN code": network,
        "Appointments offered": first,
        "Appointments booked": booked,
        "Appointments attended": attended,
        "Minutes offered": minutes,
    }


ROWS = (
    offered("ABC", CITY, DECEMBER, 400, 300, 270, network="U12345"),
    offered("ABC", CITY, DECEMBER, 100, 70, 65, network="U54321"),
    offered("DEF", CITY, DECEMBER, 300, 200, 190),
    offered("GHI", CITY, DECEMBER, 100, 75, 70),
    offered("JKL", CITY, DECEMBER, 60, 45, 40),
    offered("MNO", CITY, DECEMBER, 40, 30, 25),
    offered("DEF", WEST, DECEMBER, 200, 150, 140),
    offered("PQR", WEST, DECEMBER, 100, 60, 50),
    offered("STU", EAST, DECEMBER, 500, 300, 280),
    offered("ABC", CITY, JANUARY, 400, 300, 270),
    offered("DEF", CITY, JANUARY, 300, 200, 190),
    offered("DEF", WEST, JANUARY, 30, 10, 3),
    offered("PQR", WEST, JANUARY, 100, 60, 50),
    offered("STU", EAST, JANUARY, 500, 300, 280),
    offered("ABC", CITY, FEBRUARY, 400, 300, ""),
)


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    root: Path = tmp_path_factory.mktemp("hubs")
    wrong = offered("MNO", "04c", FEBRUARY, "about 9", 1, 1)
    path = write(root / "return.csv", enhanced_access(*ROWS, wrong))
    return build(Home(root / "home"), [path], judged=True)


def test_utilisation_is_of_sums_and_in_two_ways(mart: Mart) -> None:
    by_bookings = mart.figure(BY_BOOKINGS, "sub_icb", CITY, DECEMBER)
    assert (by_bookings["numerator"], by_bookings["denominator"]) == (720, 1000)
    assert by_bookings["value"] == pytest.approx(0.72)
    assert mart.value(BY_ATTENDANCES, "sub_icb", CITY, DECEMBER) == pytest.approx(0.66)
    assert mart.value("enhanced_access_attendance_share", "sub_icb", CITY, DECEMBER) == (
        pytest.approx(660 / 720)
    )


def test_five_providers_deliver_for_the_city(mart: Mart) -> None:
    assert mart.value("enhanced_access_providers", "sub_icb", CITY, DECEMBER) == 5
    assert mart.value("enhanced_access_providers", "sub_icb", WEST, DECEMBER) == 2
    levels = mart.rows(
        "SELECT DISTINCT org_level FROM kpi_monthly WHERE kpi_id = 'enhanced_access_providers'"
    )
    assert levels == [{"org_level": "sub_icb"}], "DEF would be two providers of the ICB"


def test_a_provider_is_one_of_each_of_its_places(mart: Mart) -> None:
    assert mart.value(OFFERED, "provider", "DEF-04C", DECEMBER) == 300
    assert mart.value(OFFERED, "provider", "DEF-04V", DECEMBER) == 200
    assert mart.value(OFFERED, "provider", "ABC-04C", DECEMBER) == 500, "for two networks"
    [row] = mart.rows(
        "SELECT org_name, sub_icb_code, icb_code FROM organisation "
        "WHERE org_level = 'provider' AND org_code = 'DEF-04V'"
    )
    assert row == {"org_name": "PROVIDER DEF", "sub_icb_code": WEST, "icb_code": "QK1"}


def test_places_add_up_to_the_icb(mart: Mart) -> None:
    assert mart.value(MINUTES, "icb", "QK1", DECEMBER) == 10 * (1000 + 300 + 500)
    row = mart.figure(OFFERED, "icb", "QK1", DECEMBER)
    assert (row["value"], row["members_present"], row["members_expected"]) == (1800, 3, 3)
    assert mart.figure(OFFERED, "sub_icb", CITY, DECEMBER)["members_present"] == 5


def test_a_place_with_a_row_that_can_not_be_read_has_no_sum(mart: Mart) -> None:
    row = mart.figure(OFFERED, "sub_icb", CITY, FEBRUARY)
    assert (row["value"], row["status"]) == (None, "incomplete")
    assert mart.value(OFFERED, "provider", "ABC-04C", FEBRUARY) == 400


def test_attendances_that_are_not_known_are_not_zero(mart: Mart) -> None:
    assert FEBRUARY not in mart.figures(ATTENDED, "provider", "ABC-04C")
    assert FEBRUARY not in mart.figures(BY_ATTENDANCES, "provider", "ABC-04C")
    assert mart.value(BY_BOOKINGS, "provider", "ABC-04C", FEBRUARY) == 0.75


def test_a_small_number_is_suppressed_in_every_measure(mart: Mart) -> None:
    for kpi in (*COUNTS, BY_BOOKINGS, BY_ATTENDANCES):
        for code in ("DEF-04V", "PQR-04V"):
            row = mart.figure(kpi, "provider", code, JANUARY)
            assert (row["status"], row["value"], row["numerator"]) == ("suppressed", None, None)
    assert mart.value(ATTENDED, "sub_icb", WEST, JANUARY) == 53


def test_no_suppressed_number_can_be_worked_out(mart: Mart) -> None:
    for kpi, month in product(COUNTS, (DECEMBER, JANUARY)):
        unknown, found = deduced(mart, kpi, month, "provider")
        assert found == {}, (kpi, month)
        assert unknown == ({"DEF-04V", "PQR-04V"} if month == JANUARY else set())


def test_the_theme_has_a_wide_view(mart: Mart) -> None:
    [row] = mart.rows(
        "SELECT * FROM enhanced_access_monthly WHERE org_code = '04C' AND month = '2024-12-01'"
    )
    assert (row[OFFERED], row[BOOKED], row[f"{BY_BOOKINGS}_status"]) == (1000, 720, "final")


def test_the_minutes_are_judged_both_ways(mart: Mart) -> None:
    rows = mart.rows("SELECT * FROM claim WHERE claim_id LIKE 'minutes-2025-hub-%'")
    found = {row["claim_id"]: row for row in rows}
    assert {one: row["verdict"] for one, row in found.items()} == {
        "minutes-2025-hub-providers": "confirmed",
        "minutes-2025-hub-utilisation": "confirmed",
    }
    assert found["minutes-2025-hub-utilisation"]["computed_value"] == pytest.approx(0.72)
    tried = mart.rows(
        "SELECT kpi_id, computed_value FROM claim_reading "
        "WHERE claim_id = 'minutes-2025-hub-utilisation'"
    )
    assert {row["kpi_id"]: round(row["computed_value"], 4) for row in tried} == {
        BY_BOOKINGS: 0.72,
        BY_ATTENDANCES: 0.66,
        "enhanced_access_attendance_share": 0.9167,
    }
