"""What charts say in words: keys, notes, tables, titles."""

from dataclasses import replace
from datetime import date

from tests.warehouse.site.series_rows import row, uncharted
from warehouse.site.chart_style import POINTS
from warehouse.site.chart_words import (
    disputed_words,
    england_words,
    finding,
    limits_words,
    series_table,
    short_finding,
)
from warehouse.site.charted_points import (
    DrawnPoint,
    axis_words,
    chart_key,
    chart_points,
    digits_of,
    ends_of,
    number_words,
    point_kind,
)
from warehouse.statistics.past_judgement import PastJudgement
from warehouse.statistics.point_words import PROVISIONAL, ChartedPoint
from warehouse.statistics.sentences import SentenceFacts

FACTS = SentenceFacts(
    place="Leicester City",
    title="GP appointments",
    unit="events",
    period="March 2025",
    before="March 2024",
    value=240000.0,
    per_working_day=11000.0,
    change=400.0,
    ratio=0.045,
    chart=ChartedPoint("none"),
)


def test_a_key_has_the_signs_that_occur_and_no_others() -> None:
    series = [row(0, 10.0), row(1, 13.0, signal="outside_limits", variation="concern")]
    said = [entry.words for entry in chart_key(chart_points(series, "events"))]
    assert said[:2] == [POINTS["concern"][2], POINTS["none"][2]]
    assert not any("provisional" in one or "target" in one or "England" in one for one in said)
    series.append(row(2, 10.0, status="provisional", target=11.0))
    more = [entry.words for entry in chart_key(chart_points(series, "events"))]
    assert POINTS["provisional"][2] in more and "target" in more


def test_a_disputed_figure_has_a_sign_of_its_own_and_its_reason() -> None:
    odd = {**row(1, 13.0), "status": "disputed", "status_reason": "Accepted by A. Person: late."}
    series = [row(0, 10.0), odd]
    assert [point.kind for point in chart_points(series, "events")] == ["none", "disputed"]
    assert POINTS["disputed"][2] in [o.words for o in chart_key(chart_points(series, "events"))]
    told = "disputed. Accepted by A. Person: late."
    assert disputed_words(series, monthly=True) == f"February 2024: {told}"
    assert disputed_words(series, monthly=False) == f"2024-02: {told}"
    assert disputed_words(series[:1], monthly=True) == ""


def test_a_key_says_why_a_baseline_begins() -> None:
    series = [row(0, 10.0), row(1, 10.0, baseline=2, baseline_because="Another register.")]
    assert chart_key(chart_points(series, "events"))[-1].words.endswith("Another register")


def test_a_figure_without_a_chart_is_not_judged() -> None:
    assert point_kind(uncharted(0, 1.0)) == "plain"
    assert point_kind(uncharted(0, 1.0, status="provisional")) == "provisional"
    assert point_kind(row(0, 1.0, signal="shift", variation="neutral_high")) == "neither"


def test_limits_are_cut_where_nothing_can_be() -> None:
    [point] = chart_points([row(0, 0.9, lower_limit=-0.1, upper_limit=1.2)], "share")
    assert (point.lower, point.upper) == (0.0, 1.0)
    [point] = chart_points([row(0, 0.9, lower_limit=-0.1, upper_limit=1.2)], "events")
    assert (point.lower, point.upper) == (0.0, 1.2)


def test_one_scale_has_the_points_and_lines_of_all() -> None:
    points = chart_points([row(0, 9.0), row(1, 20.0, upper_limit=30.0)], "events")
    low, high = ends_of(points)
    assert low < 8.0 and high > 30.0
    assert ends_of(points, from_zero=True)[0] == 0.0


def test_the_axis_says_per_working_day() -> None:
    assert axis_words("per_working_day", "events") == "Per working day"
    assert axis_words("per_working_day", "rate_per_1000") == "Per 1,000 patients, per working day"
    assert axis_words("as_it_is", "share") == "Share"


def test_a_mean_of_whole_numbers_has_no_long_tail() -> None:
    assert number_words(1233644.42, "as_it_is", "people") == "1,233,644"
    assert number_words(80.4237, "as_it_is", "organisations") == "80.4"
    assert number_words(81.0, "as_it_is", "organisations") == "81"


def test_limits_in_a_sentence() -> None:
    said = limits_words(row(0, 10.0), "events")
    assert said == (
        "The mean is 10, the limits 8 to 12, worked out from 24 months from January 2024."
    )
    assert limits_words(uncharted(0, 10.0), "events") == ""
    near = row(0, 0.0488, mean=0.05, lower_limit=0.0493, upper_limit=0.0511)
    said = limits_words(near, "share")
    assert "The mean is 5.00%, the limits 4.93% to 5.11%" in said
    assert said.endswith(" The value is 4.88%.")
    assert "the limits 4.9% to 5.1%" in limits_words({**near, "charted_value": 0.052}, "share")
    few = {"upper_limit": None, "signal": None, "not_judged_because": "too few months (3 of 8)"}
    said = limits_words(row(0, 10.0, **few), "events")
    assert said == "There are no limits: too few months (3 of 8)."
    assert point_kind(row(0, 10.0, **few)) == "not_judged"


def test_it_is_said_why_england_is_not_drawn() -> None:
    assert "count of the whole country" in england_words("events", drawn=False)
    assert "no figure of England" in england_words("share", drawn=False)
    assert england_words("share", drawn=True) == ""


def test_titles_are_findings() -> None:
    assert short_finding(FACTS) == "Leicester City: +4.5% on the year; no clear change"
    title = finding(FACTS)
    assert title.startswith("GP appointments, Leicester City: 4.5% more a working day")
    assert title.endswith("; no clear change")
    without = replace(FACTS, chart=None, change=None, ratio=None)
    assert finding(without) == "GP appointments, Leicester City: 240,000 in March 2025"
    assert short_finding(without) == "Leicester City: 240,000"


def test_a_title_of_a_month_not_judged_says_what_was_said_last() -> None:
    """As the table of figures does; "not judged yet" above points of concern would deny them."""
    facts = replace(FACTS, chart=ChartedPoint(not_judged=PROVISIONAL))
    past = PastJudgement(date(2025, 2, 1), "concern", "concern in Feb 2025", "Mar 2025 provisional")
    assert finding(facts).endswith("; not judged yet")
    assert finding(facts, past).endswith("; concern in Feb 2025")
    assert short_finding(facts, past).endswith("on the year; concern in Feb 2025")


def test_a_table_has_all_that_its_chart_shows() -> None:
    series = [row(number, 9.0 + number / 10) for number in range(13)]
    series[12] = row(12, None, status="incomplete", status_reason="two are missing", signal=None)
    series[11] = row(11, 13.0, signal="outside_limits", direction="high", variation="concern")
    england = {date(2024, 12, 1): 9.5}
    table = series_table(series, "events", "Caption", 3, england)
    assert len(table.cells) == 3
    first, second, _ = ([*zip(table.headings, cells, strict=True)] for cells in table.cells)
    assert ("Value", "[x]") in first and ("Status", "incomplete: two are missing") in first
    assert ("A year before", "9") in first
    assert ("Signal", "above its upper limit (a concern)") in second
    assert ("England", "9.5") in second
    assert "Target" not in table.headings


def test_a_table_says_why_a_month_is_not_judged() -> None:
    waits = {"status": "provisional", "signal": None, "not_judged_because": PROVISIONAL}
    table = series_table([row(0, 10.0), row(1, 20.0, **waits)], "events", "Caption")
    told = [dict(zip(table.headings, cells, strict=True))["Signal"] for cells in table.cells]
    assert told == ["not judged yet", "no clear change"]


def test_a_table_of_a_withheld_figure_does_not_say_why() -> None:
    table = series_table(
        [uncharted(0, None, status="suppressed", status_reason="3 of 4")], "events", "Caption"
    )
    assert table.cells[0][-1] == "suppressed"
    assert "Mean" not in table.headings and "Signal" not in table.headings


def test_lines_of_shares_that_are_close_have_one_more_decimal() -> None:
    """Else the upper limit of 81.35% is written like the tick at 81.3%, which it is above."""
    close = [
        DrawnPoint(date(2025, month, 1), "", 0.811, lower=0.8083, upper=0.8135) for month in (1, 2)
    ]
    assert digits_of(close, "share") == 2 and digits_of(close, "events") == 1
    wide = [*close, DrawnPoint(date(2025, 3, 1), "", 0.83)]
    assert digits_of(wide, "share") == 1
