"""What limits were worked out from: anyone can work them out again, and every month that was not
used has a reason."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.explain.limits import limits_in_words, limits_of
from warehouse.statistics.chart_options import JUDGED_POINTS

OF = "kpi_id = 'appointments' AND org_code = '04C'"


@pytest.mark.parametrize(
    ("kpi", "times"), [("appointments", 1), ("appointments_per_1000_patients", 1000)]
)
def test_limits_are_worked_out_again_from_the_months_that_were_used(
    years: Mart, kpi: str, times: int
) -> None:
    points = years.rows(
        """FROM kpi_spc WHERE kpi_id = $kpi AND org_code = '04C' AND value IS NOT NULL
           ORDER BY month""",
        kpi=kpi,
    )
    assert len(points) > 20 and {point["basis"] for point in points} == {"per_working_day"}
    for point in points:
        months = years.rows("FROM limits_of($kpi, '04C', $month)", kpi=kpi, month=point["month"])
        used = [one["value"] for one in months if one["used"]]
        ranges = [one["moving_range"] for one in months if one["moving_range"] is not None]
        assert len(used) == point["points_in_baseline"] == len(ranges) + 1
        assert sum(used) / len(used) == pytest.approx(point["mean"], abs=1e-9)
        assert (point["upper_limit"] is None) == (len(used) < JUDGED_POINTS)
        if point["upper_limit"] is not None:
            away = 2.66 * sum(ranges) / len(ranges)
            assert point["mean"] + away == pytest.approx(point["upper_limit"], abs=1e-9)
        for one in months:
            assert one["used"] == (one["not_used_because"] is None)
            if one["value"] is not None:
                shown = times * one["numerator"] / one["denominator"]
                assert shown == pytest.approx(one["value"])
        assert max(one["month"] for one in months) >= point["month"]


def test_a_month_that_was_not_used_says_why(years: Mart) -> None:
    [newest] = years.rows(f"SELECT max(month) AS month FROM kpi_spc WHERE {OF}")
    months = years.rows("FROM limits_of('appointments', '04C', $month)", month=newest["month"])
    reasons = {one["not_used_because"] for one in months} - {None}
    assert "provisional" in reasons and any(one.startswith("no figure: ") for one in reasons)
    assert all(
        one["value"] is None for one in months if "no figure" in str(one["not_used_because"])
    )


def test_the_questions_of_a_statistician_are_answered(years: Mart, years_home: Home) -> None:
    found = limits_of(years_home.mart, "appointments", "04C", date(2025, 10, 1))
    said = "\n".join(limits_in_words(found))
    for words in ("working days", "Baseline   ", "Limits of  ", "No figure  ", "not screened"):
        assert words in said
    share = limits_of(years_home.mart, "appointments_dna_share", "04C", date(2025, 10, 1))
    assert "numerator divided by denominator" in "\n".join(limits_in_words(share))
    assert "Target" not in "\n".join(limits_in_words(share))
    fortnight = limits_of(
        years_home.mart, "appointments_within_two_weeks_share", "04C", date(2025, 10, 1)
    )
    assert limits_in_words(fortnight)[-1].startswith("Target     no target applies: the national")
    rate = limits_of(years_home.mart, "appointments_per_1000_patients", "04C", date(2025, 10, 1))
    assert "denominator and by working days" in "\n".join(limits_in_words(rate))


def test_what_has_no_chart_says_why(years: Mart, years_home: Home) -> None:
    [kpi] = years.rows("FROM kpi WHERE not_charted_because IS NOT NULL ORDER BY kpi_id LIMIT 1")
    found = limits_of(years_home.mart, kpi["kpi_id"], "04C", date(2025, 10, 1))
    assert limits_in_words(found) == [f"None. {kpi['not_charted_because']}"]
    elsewhere = limits_of(years_home.mart, "appointments", "none", date(2025, 10, 1))
    assert "access-recovery chart" in limits_in_words(elsewhere)[0]


def test_the_command_lists_the_months(years_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(years_home.root))
    asked = ["explain", "appointments", "--org", "04C", "--month", "2025-10"]
    short = CliRunner().invoke(app, asked).output
    assert "Control chart" in short and "Limits of  " in short and "Moving range" not in short
    whole = CliRunner().invoke(app, [*asked, "--limits"]).output
    assert "Moving range" in whole and "no: provisional" not in whole.split("Moving range")[0]
    chart = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)["control_chart"]
    assert chart["baseline"] >= 1 and any(one["used"] for one in chart["months"])
    before = CliRunner().invoke(app, [*asked, "--edition", "2025-10"]).output
    assert "Control chart" not in before
