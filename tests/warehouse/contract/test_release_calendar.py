"""The release calendar of the contracts, and the working days that it keeps to."""

from datetime import date

import pytest

from warehouse.base.working_days import is_bank_holiday, working_day_from, working_day_until
from warehouse.contract.model import contracts
from warehouse.contract.release_calendar import Due

APPOINTMENTS, LIST, APP, PHARMACY, PHARMACIES = (
    "gp_appointments_sub_icb",
    "registered_patients",
    "nhs_app",
    "pharmacy_first",
    "pharmacy_list",
)


@pytest.mark.parametrize(
    ("feed", "edition", "day"),
    [
        (APPOINTMENTS, date(2025, 10, 1), date(2025, 11, 27)),
        (APPOINTMENTS, date(2024, 3, 1), date(2024, 4, 25)),
        (APP, date(2025, 7, 1), date(2025, 8, 29)),
        (APP, date(2025, 12, 1), date(2026, 1, 30)),
        (PHARMACY, date(2025, 8, 1), date(2025, 11, 28)),
        (PHARMACIES, date(2025, 9, 1), date(2025, 10, 28)),
    ],
)
def test_release_days_are_those_of_the_publishers(feed: str, edition: date, day: date) -> None:
    assert _due(feed).of(edition) == day


@pytest.mark.parametrize(
    ("feed", "edition", "day", "why"),
    [
        (APPOINTMENTS, date(2025, 11, 1), date(2025, 12, 18), "December: the Thursday before"),
        (APPOINTMENTS, date(2026, 11, 1), date(2026, 12, 17), "the last is Christmas Eve's week"),
        (APPOINTMENTS, date(2022, 11, 1), date(2022, 12, 22), "the 22nd is before the 23rd"),
        (APP, date(2025, 11, 1), date(2025, 12, 24), "the last Friday is Boxing Day"),
        (APP, date(2024, 2, 1), date(2024, 3, 28), "the last Friday is Good Friday"),
        (LIST, date(2025, 11, 1), date(2025, 11, 17), "the 15th is a Saturday"),
        (PHARMACY, date(2025, 9, 1), date(2025, 12, 29), "the 28th is a Sunday"),
        (PHARMACY, date(2023, 2, 1), date(2023, 5, 30), "a Sunday, then the bank holiday of May"),
    ],
)
def test_a_release_is_on_a_working_day(feed: str, edition: date, day: date, why: str) -> None:
    assert _due(feed).of(edition) == day, why


def test_working_days_before_and_after_christmas() -> None:
    christmas = date(2025, 12, 25)
    assert is_bank_holiday(christmas) and not is_bank_holiday(date(2025, 12, 27))
    assert working_day_until(christmas) == date(2025, 12, 24)
    assert working_day_from(christmas) == date(2025, 12, 29)


@pytest.mark.parametrize("days", [{}, {"last": "friday", "day": 3}])
def test_a_release_has_one_day(days: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either `last:`"):
        Due.model_validate({"months_after": 1, **days})


def _due(feed: str) -> Due:
    due = contracts()[feed].cadence.due
    assert due is not None
    return due
