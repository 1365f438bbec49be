"""Which editions are held or expected: what Dagster shows as partitions."""

from datetime import date

from tests.pipelines.records import record
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.expected import known_editions

TODAY = date(2026, 1, 5)  # 2025-11 was due on 18 December, 2025-12 is due on 22 January


def known(home: Home, feed: str) -> list[str]:
    return known_editions(home, TODAY)[feed]


def test_those_held_between_them_and_due_are_known_by_cadence(home: Home) -> None:
    record(home, "gp_appointments_sub_icb", "2025-07", "2025-09")
    assert known(home, "gp_appointments_sub_icb") == [
        "2025-07", "2025-08", "2025-09", "2025-10", "2025-11",
    ]  # fmt: skip
    record(home, "pharmacy_list", "2025-03")
    found = known(home, "pharmacy_list")
    assert found[:2] == ["2025-03", "2025-06"] and all(int(one[-2:]) % 3 == 0 for one in found)


def test_a_held_edition_off_the_cadence_is_known_too(home: Home) -> None:
    record(home, "pharmacy_list", "2025-06", "2025-08")
    assert {"2025-06", "2025-08"} <= {*known(home, "pharmacy_list")}


def test_without_a_calendar_only_what_is_held_is_known(home: Home) -> None:
    record(home, "iif", "2023-03", "2025-03")
    record(home, "telephony_installed", "2025-01", "2025-06")
    assert contracts()["iif"].cadence.due is None
    assert known(home, "iif") == ["2023-03", "2025-03"]
    assert known(home, "telephony_installed") == ["2025-01", "2025-06"]


def test_of_a_feed_that_nobody_imported_the_newest_due_is_expected_if_it_is_looked_up(
    home: Home,
) -> None:
    record(home, "iif", "2025-03")
    assert known(home, "nhs_app") == ["2025-11"]
    assert known(home, "gp_appointments_mapping") == [], "comes with another feed"
    assert known(home, "telephony_installed") == [], "a local return"


def test_of_the_sample_nothing_is_expected(home: Home) -> None:
    record(home, "nhs_app", "2025-01", "2025-03", synthetic=True, url=None)
    assert known(home, "nhs_app") == ["2025-01", "2025-03"]
    assert known(home, "gp_workforce") == []
