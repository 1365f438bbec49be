"""Periods of claims: which months they are, and what is calculated from them."""

from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.claims.support_claims import (
    APPOINTMENTS,
    CITY_AND_LLR,
    LLR,
    PEOPLE,
    SHARE,
    LittleMart,
    figure,
    registered,
)
from warehouse.contract.figure_period import FigurePeriod
from warehouse.kpi.catalogue import Kpi

WRITTEN = {"events": "15", "growth": "16 %"}
# Powers of two: a sum tells which months are in it. October 2023 is 2 ** 0.
MONTHS = [f"{2023 + (n + 9) // 12}-{(n + 9) % 12 + 1:02}" for n in range(18)]
COUNTS = {month: 2**n for n, month in enumerate(MONTHS)}


def total(first: str, last: str) -> int:
    return sum(count for month, count in COUNTS.items() if first <= month <= last)


PERIODS: dict[str, tuple[dict[str, Any], int]] = {
    "October 2024": ({"month": "2024-10"}, COUNTS["2024-10"]),
    "April to October 2024, financial year to date": (
        {"financial_year_to": "2024-10"},
        total("2024-04", "2024-10"),
    ),
    "April 2024 to February 2025, financial year to date": (
        {"financial_year_to": "2025-02"},
        total("2024-04", "2025-02"),
    ),
    "November 2023 to October 2024, twelve months": (
        {"twelve_months_to": "2024-10"},
        total("2023-11", "2024-10"),
    ),
    "January to October 2024, calendar year to date": (
        {"calendar_year_to": "2024-10"},
        total("2024-01", "2024-10"),
    ),
    "January to December 2024, calendar year": (
        {"calendar_year": 2024},
        total("2024-01", "2024-12"),
    ),
    "April 2024 to March 2025, financial year 2024/25": (
        {"financial_year": "2024/25"},
        total("2024-04", "2025-03"),
    ),
    "March to May 2024": ({"range": ["2024-03", "2024-05"]}, total("2024-03", "2024-05")),
    "December 2023, May to June 2024": (
        {"months": ["2024-05", "2023-12", "2024-06"]},
        COUNTS["2023-12"] + total("2024-05", "2024-06"),
    ),
}


def test_a_period_is_these_months_and_no_others(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, COUNTS)
    readings = [{"period": period} for period, _ in PERIODS.values()]
    [one] = mart.judged(registered(tmp_path, claim=figure(readings=readings))).values()
    assert {
        evaluation.reading.period.words: evaluation.latest for evaluation in one.evaluations
    } == {words: value for words, (_, value) in PERIODS.items()}


def test_a_period_over_a_missing_month_has_no_value(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {m: c for m, c in COUNTS.items() if m != "2024-06"})
    mart.knows(APPOINTMENTS, {"2024-09": None})
    to_date = {"financial_year_to": "2024-10"}
    [one] = mart.judged(registered(tmp_path, claim=figure(period=to_date))).values()
    assert one.verdict.words == "not computable" and one.evaluations[0].latest is None
    assert "June 2024 not available; September 2024 incomplete (2 of 3 members)" in one.note
    assert (
        "available for 04C: October 2023 to May 2024, July to August 2024, October 2024 to"
        in one.note
    )


def test_each_month_counts_as_it_was_known_with_an_edition(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-04": 10, "2024-05": 20}, "2024-05")
    mart.knows(APPOINTMENTS, {"2024-05": 21, "2024-06": 30}, "2024-06")
    mart.knows(APPOINTMENTS, {"2024-04": 12}, "2024-07")
    to_date = {"financial_year_to": "2024-06"}
    [one] = mart.judged(registered(tmp_path, claim=figure(period=to_date))).values()
    assert [(known.edition, known.value) for known in one.evaluations[0].known] == [
        ("2024-05", None),
        ("2024-06", 10 + 21 + 30),
        ("2024-07", 12 + 21 + 30),
    ]


def test_shares_are_of_sums_and_rates_of_the_mean_of_patients(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(SHARE, {"2024-04": (10, 20), "2024-05": (10, 80)})
    mart.knows("appointments_per_1000_patients", {"2024-04": (10, 20), "2024-05": (10, 80)})
    period = {"financial_year_to": "2024-05"}
    share = figure(unit="share", kpi=SHARE, written="20 %", period=period)
    rate = {"unit": "rate_per_1000", "kpi": "appointments_per_1000_patients", "period": period}
    found = mart.judged(registered(tmp_path, share=share, rate=figure(**rate)))
    assert found["share"].evaluations[0].latest == 20 / 100
    assert found["rate"].evaluations[0].latest == 1000 * 20 / 50


def test_changes_ratios_and_means_of_a_period(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2023-04": 12, "2023-05": 13, "2024-04": 14, "2024-05": 16})
    mart.knows(SHARE, {"2023-04": (12, 25), "2023-05": (13, 25)})
    mart.knows(SHARE, {"2024-04": (14, 25), "2024-05": (16, 25)})
    made = {
        ("year_on_year_ratio", "growth", APPOINTMENTS): 30 / 25 - 1,
        ("year_on_year_change", "events", APPOINTMENTS): 5,
        ("year_on_year_change", "growth", SHARE): 30 / 50 - 25 / 50,
        ("year_on_year_ratio", "growth", SHARE): (30 / 50) / (25 / 50) - 1,
        ("monthly_mean", "events", APPOINTMENTS): 15,
    }
    period = {"financial_year_to": "2024-05"}
    claims = {
        f"{number}": figure(
            kpi=kpi, unit=unit, measure=measure, period=period, written=WRITTEN[unit]
        )
        for number, (measure, unit, kpi) in enumerate(made)
    }
    found = mart.judged(registered(tmp_path, **claims))
    assert [one.evaluations[0].latest for one in found.values()] == pytest.approx(
        list(made.values())
    )


def test_a_comparison_needs_the_year_before_too(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 8, "2024-10": 10, "2023-09": 7})
    entry = figure(unit="growth", measure="year_on_year_ratio", written="16 %")
    [one] = mart.judged(registered(tmp_path, claim=entry)).values()
    assert one.verdict.words == "not computable"
    assert "October 2023 not available (available for 04C: September 2023, September to" in one.note


def test_a_stock_is_never_added_up_over_months(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows("nhs_app_unique_users", {"2024-04": 5, "2024-05": 6}, place=LLR)
    period = {"financial_year_to": "2024-05"}
    entry = figure(**PEOPLE | {"written": "11"}, period=period)
    llr = CITY_AND_LLR[1:]
    [one] = mart.judged(registered(tmp_path, organisations=llr, claim=entry)).values()
    assert one.verdict.words == "not computable"
    assert "nhs_app_unique_users must not be added up over months" in one.note


def test_each_month_is_a_reading_or_reported_missing(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 90, "2024-10": None, "2024-11": 100})
    span = {"each": ["2024-06", "2024-12"]}
    none = {"each": ["2023-08", "2023-09"]}
    claims = registered(tmp_path, some=figure(period=span), none=figure(period=none))
    found = mart.judged(claims)
    assert [
        (one.reading.period.words, one.latest, one.missing and one.missing.what)
        for one in found["some"].evaluations
    ] == [
        ("each month from June to August 2024", None, "June to August 2024 not available"),
        ("September 2024", 90, None),
        ("October 2024", None, "October 2024 incomplete (2 of 3 members)"),
        ("November 2024", 100, None),
        ("December 2024", None, "December 2024 not available"),
    ]
    assert found["some"].verdict.words == "confirmed"
    [alone] = found["none"].evaluations
    assert alone.reading.period.words == "each month from August to September 2023"
    assert "August to September 2023 not available" in found["none"].note


@pytest.fixture
def yearly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Appointments as figures of financial years."""
    monkeypatch.setattr(
        Kpi,
        "period",
        property(
            lambda kpi: FigurePeriod(
                type="financial_year" if kpi.kpi_id == APPOINTMENTS else "month"
            )
        ),
    )


@pytest.mark.usefixtures("yearly")
def test_the_figure_of_a_year_is_one_figure_not_twelve_months(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2023-03": 10, "2024-03": 15})
    of_year = {"period": {"financial_year": "2023/24"}}
    more = {**of_year, "unit": "events", "measure": "year_on_year_change", "written": "5"}
    claims = registered(tmp_path, value=figure(**of_year, written="15"), more=figure(**more))
    judged = mart.judged(claims)
    assert {name: one.verdict.words for name, one in judged.items()} == {
        "value": "confirmed",
        "more": "confirmed",
    }
    [one] = judged["value"].evaluations
    assert one.reading.period.words == "April 2023 to March 2024, financial year 2023/24"
    assert (one.latest, one.known[-1].edition) == (15, "2025-11")


@pytest.mark.usefixtures("yearly")
@pytest.mark.parametrize(
    "period",
    [
        {"month": "2024-03"},
        {"twelve_months_to": "2024-02"},
        {"financial_year_to": "2024-02"},
        {"range": ["2022-04", "2024-03"]},
        {"each": ["2023-04", "2024-03"]},
        {"survey": 2024},
    ],
)
def test_a_yearly_figure_is_of_no_other_time(
    mart: LittleMart, tmp_path: Path, period: dict[str, Any]
) -> None:
    with pytest.raises(
        ValueError, match=r"`period`: found .*, expected one financial year, of which"
    ):
        mart.judged(registered(tmp_path, claim=figure(period=period)))


def test_months_are_no_survey_and_a_survey_is_of_its_year(
    mart: LittleMart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = registered(tmp_path, claim=figure(period={"survey": 2024}, written="15"))
    with pytest.raises(ValueError, match="found survey of 2024, expected one month"):
        mart.judged(claims)
    survey = FigurePeriod(type="survey", ends=3, months=3)
    monkeypatch.setattr(Kpi, "period", property(lambda _: survey))
    mart.knows(APPOINTMENTS, {"2024-03": 15})
    [one] = mart.judged(claims).values()
    assert one.verdict.words == "confirmed"
