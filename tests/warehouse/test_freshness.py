"""The release calendar against what is held."""

from datetime import date

import pytest

from assets.cadence import Due
from assets.contract import contracts
from warehouse.freshness import freshness

APPOINTMENTS, LIST, PHARMACIES, RETURN = (
    "gp_appointments_sub_icb",
    "registered_patients",
    "pharmacy_list",
    "pharmacy_first_referrals",
)


@pytest.mark.parametrize(
    ("feed", "edition", "day"),
    [
        (APPOINTMENTS, date(2025, 10, 1), date(2025, 11, 27)),
        (APPOINTMENTS, date(2024, 3, 1), date(2024, 4, 25)),
        ("nhs_app", date(2025, 7, 1), date(2025, 8, 29)),
        ("nhs_app", date(2025, 12, 1), date(2026, 1, 30)),
        (LIST, date(2025, 11, 1), date(2025, 11, 15)),
    ],
)
def test_release_days_are_those_of_the_publishers(feed: str, edition: date, day: date) -> None:
    due = contracts()[feed].cadence.due
    assert due is not None
    assert due.of(edition) == day


@pytest.mark.parametrize("days", [{}, {"last": "friday", "day": 3}])
def test_a_release_has_one_day(days: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="one of `last:`"):
        Due.model_validate({"months_after": 1, **days})


def test_late_from_the_day_after() -> None:
    contract = contracts()[APPOINTMENTS]
    on_time = freshness(contract, "2025-10", False, date(2025, 12, 25))
    assert (on_time.state, on_time.words) == ("on time", "2025-11 due by 25 Dec 2025")
    late = freshness(contract, "2025-10", False, date(2025, 12, 28))
    assert (late.state, late.awaited, late.days_late) == ("late", "2025-11", 3)
    assert late.words == "2025-11 was due by 25 Dec 2025: late by 3 day(s)"


def test_a_quarterly_list_awaits_the_next_quarter() -> None:
    found = freshness(contracts()[PHARMACIES], "2025-09", False, date(2025, 12, 1))
    assert (found.awaited, found.due) == ("2025-12", date(2026, 1, 28))


def test_what_can_not_be_late() -> None:
    today = date(2030, 1, 1)
    assert freshness(contracts()[RETURN], "2025-10", False, today).state == "no fixed day"
    assert freshness(contracts()[APPOINTMENTS], None, False, today).words == "nothing held"
    sample = freshness(contracts()[APPOINTMENTS], "2025-03", True, today)
    assert (sample.state, sample.days_late) == ("sample", 0)
