"""The release calendar against what is held."""

from datetime import date

import pytest

from warehouse.archive.source_files import SourceFile
from warehouse.contract.figure_period import FigurePeriod
from warehouse.contract.model import contracts
from warehouse.contract.release_calendar import Cadence, Due
from warehouse.editions.freshness import due_editions, freshness, is_sample

APPOINTMENTS, LIST, PHARMACIES, RETURN = (
    "gp_appointments_sub_icb",
    "registered_patients",
    "pharmacy_list",
    "pharmacy_first_referrals",
)


@pytest.mark.parametrize(
    ("today", "state", "words"),
    [
        (date(2025, 12, 14), "on time", "2025-11 due by 18 Dec 2025"),
        (date(2025, 12, 15), "due", "2025-11 due by 18 Dec 2025: due now"),
        (date(2025, 12, 18), "due", "2025-11 due by 18 Dec 2025: due now"),
        (date(2025, 12, 19), "late", "2025-11 was due by 18 Dec 2025: overdue by 1 day"),
        (date(2025, 12, 21), "late", "2025-11 was due by 18 Dec 2025: overdue by 3 days"),
        (date(2026, 1, 29), "late", "2025-11 was due by 18 Dec 2025: overdue by 42 days"),
        (
            date(2026, 1, 30),
            "late",
            "2 editions missing; 2025-11 was due by 18 Dec 2025: overdue by 43 days",
        ),
    ],
)
def test_due_from_days_before_and_late_from_the_day_after(
    today: date, state: str, words: str
) -> None:
    found = freshness(contracts()[APPOINTMENTS], "2025-10", False, today)
    assert (found.state, found.words) == (state, words)


@pytest.mark.parametrize(
    ("today", "verdict"),
    [
        (date(2025, 12, 18), "pass"),
        (date(2025, 12, 19), "warn"),
        (date(2026, 1, 29), "warn"),
        (date(2026, 1, 30), "fail"),
        (date(2026, 10, 17), "fail"),
    ],
)
def test_overdue_warns_and_two_editions_overdue_fail(today: date, verdict: str) -> None:
    """November's is due on 18 December, December's on 29 January."""
    found = freshness(contracts()[APPOINTMENTS], "2025-10", False, today)
    assert (found.verdict, found.following) == (verdict, date(2026, 1, 29))


def test_a_held_edition_is_reported_beside_the_next_one() -> None:
    found = freshness(contracts()[APPOINTMENTS], "2025-10", False, date(2025, 12, 20), held=True)
    assert (found.held, found.days_overdue) == ("2025-10", 2)
    assert found.words == ("2025-10 held; 2025-11 was due by 18 Dec 2025: overdue by 2 days")


def test_a_quarterly_list_awaits_the_next_quarter() -> None:
    found = freshness(contracts()[PHARMACIES], "2025-09", False, date(2025, 12, 1))
    assert (found.next_edition, found.due) == ("2025-12", date(2026, 1, 28))


def test_what_can_not_be_late() -> None:
    today = date(2030, 1, 1)
    assert freshness(contracts()[RETURN], "2025-10", False, today).state == "no fixed day"
    assert freshness(contracts()[APPOINTMENTS], None, False, today).words == "nothing held"
    sample = freshness(contracts()[APPOINTMENTS], "2025-03", True, today)
    assert (sample.state, sample.days_overdue, sample.verdict) == ("sample", 0, "skipped")
    assert freshness(contracts()[RETURN], "2025-10", False, today).verdict == "skipped"


def test_synthetic_editions_that_were_fetched_are_judged_like_real_ones() -> None:
    placed = SourceFile.model_construct(synthetic=True)
    fetched = SourceFile.model_construct(synthetic=True, url="http://127.0.0.1/file.zip")
    assert is_sample([placed])
    assert not is_sample([placed, fetched])
    assert not is_sample([SourceFile.model_construct(synthetic=False)])
    assert not is_sample([])


@pytest.mark.parametrize(
    ("feed", "held", "today", "due"),
    [
        (APPOINTMENTS, ["2025-08"], date(2025, 12, 17), ("2025-09", "2025-10")),
        (APPOINTMENTS, ["2025-08"], date(2025, 12, 18), ("2025-09", "2025-10", "2025-11")),
        (APPOINTMENTS, ["2025-11", "2024-02"], date(2025, 12, 31), ()),
        (APPOINTMENTS, [], date(2025, 12, 17), ("2025-10",)),
        (APPOINTMENTS, [], date(2025, 12, 18), ("2025-11",)),
        (LIST, [], date(2025, 11, 16), ("2025-10",)),
        (LIST, [], date(2025, 11, 17), ("2025-11",)),
        (PHARMACIES, [], date(2026, 1, 27), ("2025-09",)),
        (PHARMACIES, [], date(2026, 1, 28), ("2025-12",)),
        (PHARMACIES, ["2025-06"], date(2026, 2, 1), ("2025-09", "2025-12")),
        (RETURN, [], date(2026, 2, 1), ()),
    ],
)
def test_editions_due_are_published_and_newer_than_what_is_held(
    feed: str, held: list[str], today: date, due: tuple[str, ...]
) -> None:
    assert due_editions(contracts()[feed], held, today) == due


@pytest.mark.parametrize(
    ("held", "today", "due"),
    [
        ([], date(2026, 7, 19), ("2025-03",)),
        ([], date(2026, 7, 20), ("2026-03",)),
        (["2025-03"], date(2026, 7, 20), ("2026-03",)),
        (["2026-03"], date(2027, 3, 31), ()),
    ],
)
def test_a_financial_year_is_due_by_its_last_month(
    held: list[str], today: date, due: tuple[str, ...]
) -> None:
    yearly = Cadence(frequency="yearly", release="in July", due=Due(months_after=4, day=20))
    of_year = {"cadence": yearly, "period": FigurePeriod(type="financial_year")}
    assert due_editions(contracts()[LIST].model_copy(update=of_year), held, today) == due
