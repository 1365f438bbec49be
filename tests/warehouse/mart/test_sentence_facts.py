"""`kpi_sentence`: which figures are said, from which tables, and what gives nothing away."""

from datetime import date

import pytest

from tests.warehouse.support_mart import Mart
from tests.warehouse.worlds import SPAN, volume
from warehouse.base.number_format import say_number
from warehouse.base.working_days import working_days
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import facts_of, sentences_of_series
from warehouse.statistics.sentences import sentence

JUNE = date(2023, 6, 1)  # after two years without figures


def test_a_series_has_a_sentence_of_its_newest_month(years: Mart) -> None:
    [row] = years.rows(
        "FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = '04C'",
    )
    month, before = SPAN[-1], SPAN[-1].replace(year=SPAN[-1].year - 1)
    now, then = (volume(one) / working_days(one) for one in (month, before))
    assert row["month"] == month and row["organisation_key"].startswith("sub_icb:04C")
    assert row["sentence"].startswith(
        f"In {month:%B %Y} Leicester City had {say_number(volume(month))} GP appointments, "
        f"{now:,.1f} a working day: {abs(now / then - 1):.1%} "
    )
    [point] = years.rows(
        "FROM kpi_spc WHERE kpi_id = 'appointments' AND org_code = '04C' AND month = $month",
        month=month,
    )
    assert ("no clear change" in row["sentence"]) == (point["signal"] == "none")
    assert (row["judgement"] == "no_clear_change") == (point["signal"] == "none")


def test_beside_the_newest_month_stands_the_newest_that_is_judged(years: Mart) -> None:
    [row] = years.rows("FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = '04C'")
    [point] = years.rows(
        """FROM kpi_spc WHERE kpi_id = 'appointments' AND org_code = '04C' AND signal IS NOT NULL
        QUALIFY month = max(month) OVER ()"""
    )
    assert row["judgement"] == "not_judged" and row["judged_month"] == point["month"] < SPAN[-1]
    assert (row["judged_judgement"] == "no_clear_change") == (point["signal"] == "none")
    found = sentences_of_series(years.db, catalogue(), "appointments", "sub_icb", "04C")
    assert row["judged_sentence"] == sentence(found[row["judged_month"]])
    old = years.rows("FROM kpi_sentence WHERE judged_month < month - INTERVAL 6 MONTH")
    assert old == []
    none = years.rows("FROM kpi_sentence WHERE kpi_id = 'registered_patients'")
    assert none and {one["judged_sentence"] for one in none} == {None}, "has no chart"


def test_every_month_of_a_series_can_be_said(years: Mart) -> None:
    found = sentences_of_series(years.db, catalogue(), "appointments", "sub_icb", "04C")
    stored = years.rows("FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = '04C'")
    figures = years.figures("appointments", "sub_icb", "04C")
    assert {f"{month:%Y-%m}" for month in found} == set(figures)
    assert sentence(found[stored[0]["month"]]) == stored[0]["sentence"]
    for month, facts in found.items():
        figure = figures[f"{month:%Y-%m}"]
        assert (facts.value, facts.status) == (figure["value"], figure["status"])


def test_a_sentence_is_of_each_figure_once_and_as_the_mart_has_it(llr: Mart, years: Mart) -> None:
    for mart in (llr, years):
        rows = mart.rows(
            """SELECT s.*, m.value, m.status FROM kpi_sentence AS s JOIN kpi_monthly AS m
               USING (kpi_id, org_level, org_code, month)"""
        )
        [counted] = mart.rows(
            "SELECT count(*) AS n, count(DISTINCT (kpi_id, org_level, org_code)) AS series "
            "FROM kpi_sentence"
        )
        assert counted["n"] == counted["series"] == len(rows) > 0
        for row in rows:
            assert (row["judgement"] == "no_figure") == (row["value"] is None)
            assert row["sentence"].endswith(".") and "None" not in row["sentence"]
    levels = {row["org_level"] for row in llr.rows("SELECT org_level FROM kpi_sentence")}
    assert {"practice", "pcn", "sub_icb", "icb"} <= levels and "pharmacy" not in levels


def test_a_withheld_figure_is_not_said(app: Mart) -> None:
    """No sentence has a figure that the mart withholds, nor what would tell it."""
    asked = """SELECT kpi_id, org_level, org_code, month FROM mart.kpi_monthly
        WHERE status = 'suppressed'"""
    for row, facts in facts_of(app.db, catalogue(), asked):
        assert facts.value is facts.change is facts.per_working_day is None
        said = sentence(facts).replace(f"{row['month']:%B %Y}", "")
        assert said.endswith("it is small or would disclose one that is.")


def test_a_month_without_a_year_before_says_so(years: Mart) -> None:
    found = sentences_of_series(years.db, catalogue(), "appointments", "sub_icb", "04C")
    first = found[min(found)]
    assert f"no figure of {first.before} to compare with" in sentence(first)
    assert "not compared with June 2022: a new series began in" in sentence(found[JUNE])


def test_after_a_gap_only_the_lack_of_a_figure_of_the_year_before_is_said(
    years: Mart, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (years.db, catalogue(), "appointments", "sub_icb", "04C")
    point = sentences_of_series(*asked)[JUNE].chart
    assert point is not None and point.begun and point.because
    # The same baseline, had it begun after a gap.
    monkeypatch.setattr("warehouse.mart.sentence_facts.GAP", point.because)
    said = sentence(sentences_of_series(*asked)[JUNE])
    assert ": no figure of June 2022 to compare with" in said and "ew series" not in said


def test_a_change_of_whole_months_is_said_where_working_days_differ(years: Mart) -> None:
    found = sentences_of_series(years.db, catalogue(), "appointments", "sub_icb", "04C")
    seen = {True: 0, False: 0}
    for month, facts in found.items():
        before = month.replace(year=month.year - 1)
        if facts.change is None:
            continue
        differ = working_days(month) != working_days(before)
        seen[differ] += 1
        assert (facts.whole_months is not None) == differ
        if whole := facts.whole_months:
            assert (whole.days, whole.days_before) == (working_days(month), working_days(before))
            assert whole.ratio == pytest.approx(volume(month) / volume(before) - 1)
            assert facts.ratio == pytest.approx(
                (1 + whole.ratio) * whole.days_before / whole.days - 1
            )
    assert min(seen.values()) > 0


@pytest.mark.parametrize("column", ["value", "signal", "england_value", "until_month", "caveat"])
def test_a_sentence_has_the_lineage_of_all_it_says(years: Mart, column: str) -> None:
    edges = years.rows(
        """SELECT from_column FROM governance.lineage_edge
           WHERE to_table = 'mart.kpi_sentence' AND to_column = 'sentence'"""
    )
    assert column in {row["from_column"] for row in edges}
