"""Months: absent is NULL, to-date values are whole or nothing, stocks are never added up."""

from datetime import date

import pytest

from tests.warehouse.support_mart import Figure, Mart
from tests.warehouse.worlds import HOLE, SPAN, YEARS_END, patients, same_day, volume
from warehouse.base.months import add_months, month_text
from warehouse.mart.load import calendar, financial_year

OCTOBER = "2025-10"


def of_04c(mart: Mart, kpi: str) -> dict[str, Figure]:
    return mart.figures(kpi, "sub_icb", "04C")


def months_to(month: date, count: int) -> list[date]:
    return [add_months(month, -n) for n in range(count)]


def fiscal(month: date) -> list[date]:
    return months_to(month, (month.month - 4) % 12 + 1)


@pytest.mark.parametrize(
    ("month", "days"),
    [("2025-10", 23), ("2025-08", 20), ("2025-05", 20), ("2025-04", 20), ("2024-12", 20)],
)
def test_working_days_leave_out_bank_holidays(years: Mart, month: str, days: int) -> None:
    [row] = years.rows(
        "SELECT working_days FROM calendar_month WHERE strftime(month, '%Y-%m') = $month",
        month=month,
    )
    assert row["working_days"] == days


def test_calendar_runs_in_financial_years() -> None:
    frame = calendar(date(2025, 3, 1), date(2025, 4, 1))
    assert frame.height == 24
    assert frame.row(0)[:4] == (date(2024, 4, 1), "2024/25", 1, 30)
    assert frame.row(-1)[:4] == (date(2026, 3, 1), "2025/26", 12, 31)
    assert frame["working_days"].sum() == 254 + 253
    assert calendar(None, None).is_empty()
    assert financial_year(date(2000, 3, 1)) == 1999


def test_coronation_was_a_bank_holiday() -> None:
    frame = calendar(date(2023, 5, 1), date(2023, 5, 1))
    assert frame.filter(month=date(2023, 5, 1))["working_days"].to_list() == [20]


def test_absent_months_are_rows_without_a_figure_never_zero(years: Mart) -> None:
    rows = of_04c(years, "appointments")
    every = [month_text(add_months(date(2021, 7, 1), n)) for n in range(53)]
    assert list(rows) == every
    present = {"2021-07", "2021-08", *map(month_text, SPAN)}
    assert {m for m, row in rows.items() if row["value"] is not None} == present
    absent = [row for m, row in rows.items() if m not in present]
    assert {(r["status"], r["members_present"], r["edition"]) for r in absent} == {
        ("not_available", 0, None)
    }
    zero = "SELECT count(*) AS n FROM kpi_monthly WHERE kpi_id = 'appointments' AND value = 0"
    assert years.rows(zero) == [{"n": 0}]


def test_counts_to_date_add_up_or_are_null_over_a_missing_month(years: Mart) -> None:
    rows = of_04c(years, "appointments")
    for month in SPAN:
        row = rows[month_text(month)]
        for wanted, column in ((fiscal(month), "financial_ytd_value"), (
            months_to(month, 12), "rolling_12_month_value"
        )):  # fmt: skip
            whole = all(one in SPAN for one in wanted)
            assert row[column] == (sum(map(volume, wanted)) if whole else None), (month, column)


def test_a_missing_month_leaves_the_rest_of_the_financial_year_null(years: Mart) -> None:
    rows = of_04c(years, "appointments")
    assert rows["2024-07"]["financial_ytd_value"] is not None
    assert rows["2024-09"]["financial_ytd_value"] is None
    assert rows["2025-03"]["financial_ytd_value"] is None
    assert rows["2025-04"]["financial_ytd_value"] == volume(date(2025, 4, 1))
    assert rows["2025-07"]["rolling_12_month_value"] is None
    assert rows["2025-08"]["rolling_12_month_value"] is not None


def test_shares_to_date_come_from_sums_never_from_averages(years: Mart) -> None:
    row = of_04c(years, "appointments_same_day_share")[OCTOBER]
    for wanted, column in ((fiscal(date(2025, 10, 1)), "financial_ytd_value"),):
        expected = sum(map(same_day, wanted)) / sum(map(volume, wanted))
        average = sum(same_day(m) / volume(m) for m in wanted) / len(wanted)
        assert row[column] == pytest.approx(expected, rel=1e-14)
        assert abs(expected - average) > 1e-6
    year = months_to(date(2025, 10, 1), 12)
    expected = sum(map(same_day, year)) / sum(map(volume, year))
    assert row["rolling_12_month_value"] == pytest.approx(expected, rel=1e-14)


def test_two_week_share_is_of_known_intervals(years: Mart) -> None:
    row = of_04c(years, "appointments_within_two_weeks_share")[OCTOBER]
    october = date(2025, 10, 1)
    assert (row["numerator"], row["denominator"]) == (same_day(october), volume(october))


def test_per_working_day_to_date_is_sum_over_sum(years: Mart) -> None:
    row = of_04c(years, "appointments_per_working_day")[OCTOBER]
    days = [20, 20, 21, 23, 20, 22, 23]  # April to October 2025
    volumes = sum(map(volume, fiscal(date(2025, 10, 1))))
    assert row["value"] == volume(date(2025, 10, 1)) / 23
    assert row["financial_ytd_value"] == pytest.approx(volumes / sum(days), rel=1e-14)


def test_per_1000_to_date_is_over_mean_patients(years: Mart) -> None:
    row = of_04c(years, "appointments_per_1000_patients")[OCTOBER]
    wanted = fiscal(date(2025, 10, 1))
    mean = sum(map(patients, wanted)) / len(wanted)
    assert row["value"] == pytest.approx(1000 * volume(wanted[0]) / patients(wanted[0]), rel=1e-14)
    expected = 1000 * sum(map(volume, wanted)) / mean
    assert row["financial_ytd_value"] == pytest.approx(expected, rel=1e-14)


def test_stocks_are_never_added_over_months(years: Mart) -> None:
    for kpi in ("registered_patients", "appointments_patient_coverage_share"):
        rows = of_04c(years, kpi).values()
        assert {(r["financial_ytd_value"], r["rolling_12_month_value"]) for r in rows} == {
            (None, None)
        }
    assert of_04c(years, "registered_patients")["2025-11"]["value"] == 310


def test_previous_year_is_the_same_month_or_null(years: Mart) -> None:
    rows = of_04c(years, "appointments")
    row, before = rows[OCTOBER], volume(date(2024, 10, 1))
    assert row["previous_year_value"] == before
    assert row["year_on_year_change"] == volume(date(2025, 10, 1)) - before
    assert row["year_on_year_ratio"] == pytest.approx(120 / before, rel=1e-12)
    after_hole = rows[month_text(add_months(HOLE, 12))]
    assert after_hole["value"] is not None
    comparisons = ("previous_year_value", "year_on_year_change", "year_on_year_ratio")
    assert {after_hole[name] for name in comparisons} == {None}


def test_change_of_a_share_is_in_its_own_unit(years: Mart) -> None:
    row = of_04c(years, "appointments_same_day_share")[OCTOBER]
    now, then = (same_day(d) / volume(d) for d in (date(2025, 10, 1), date(2024, 10, 1)))
    assert row["year_on_year_change"] == pytest.approx(now - then, rel=1e-12)
    assert row["year_on_year_ratio"] == pytest.approx(now / then - 1, rel=1e-12)


def test_first_reported_only_from_the_months_own_edition(years: Mart) -> None:
    rows = of_04c(years, "appointments")
    told = {m: row["first_reported_value"] for m, row in rows.items()}
    october, november = date(2025, 10, 1), YEARS_END
    assert {m: v for m, v in told.items() if v is not None} == {
        "2021-08": 600,
        "2025-10": volume(october) + 7,
        "2025-11": volume(november),
    }
    assert rows[OCTOBER]["value"] == volume(october)


def test_a_rate_with_a_later_denominator_has_no_first_reported_value(years: Mart) -> None:
    rows = of_04c(years, "appointments_per_1000_patients")
    assert rows[OCTOBER]["value"] is not None
    assert rows[OCTOBER]["first_reported_value"] is None


def test_newest_month_is_provisional_earlier_ones_final(years: Mart) -> None:
    status = {m: row["status"] for m, row in of_04c(years, "appointments").items()}
    assert status["2025-11"] == "provisional"
    assert {status[month_text(m)] for m in SPAN if m < YEARS_END} == {"final"}
    assert status["2021-08"] == "final"
    assert status[month_text(HOLE)] == "not_available"
    lists = of_04c(years, "registered_patients")
    assert {row["status"] for row in lists.values()} == {"final"}
