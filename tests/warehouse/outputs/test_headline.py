"""The headline: counts per working day beside the change on the year, and what is disputed."""

from dataclasses import replace
from typing import Any

import pytest

from pipelines.cli.headline_shown import show_headlines
from pipelines.cli.screen import Screen
from tests.warehouse.support_mart import Mart
from tests.warehouse.worlds import volume
from warehouse.base.home import Home
from warehouse.base.number_format import say_per_day, signed_percent
from warehouse.outputs.headline import (
    BESIDE,
    NEW_SERIES,
    Row,
    beside_value,
    headlines,
    published_headlines,
    series_of,
)
from warehouse.settings import HOME_HEADLINES, HeadlinePlace, Settings
from warehouse.statistics.point_words import ChartedPoint
from warehouse.statistics.sentences import Comparator


def beside(row: Row, **facts: Any) -> dict[str, str]:
    """What stands beside a value, by heading."""
    return dict(
        zip(BESIDE, beside_value(row | {"facts": replace(row["facts"], **facts)}), strict=True)
    )


def test_counts_and_their_rates_are_compared_per_working_day_a_share_is_not(years: Mart) -> None:
    """November 2025 had 20 working days, November 2024 had 21."""
    rows = headlines(years.db, HOME_HEADLINES)
    found = {row["kpi_id"]: row for row in rows if row["place"] == "Leicester City"}
    count, share = found["appointments"], found["appointments_same_day_share"]
    rate = found["appointments_per_1000_patients"]
    assert count["month"] == rate["month"]
    now, then = volume(count["month"]), volume(count["month"].replace(year=2024))
    told = signed_percent((now / 20) / (then / 21) - 1)
    assert beside(count)["On the year"] == told != signed_percent(now / then - 1)
    before = years.value("appointments_per_1000_patients", "sub_icb", "04C", "2024-11")
    told = signed_percent((rate["value"] / 20) / (before / 21) - 1)
    assert beside(rate)["On the year"] == told != signed_percent(rate["value"] / before - 1)
    assert beside(rate)["Per working day"] == f"{rate['value'] / 20:,.2f}"
    assert beside(share)["On the year"].endswith(" pp") and not beside(share)["Per working day"]


def test_the_places_of_the_settings_are_shown_by_short_names_unless_they_have_their_own(
    years: Mart,
) -> None:
    code, name = years.db.sql(
        "SELECT org_code, short_name FROM organisation_current WHERE org_level = 'sub_icb' "
        "AND short_name <> org_name AND org_code IN (SELECT org_code FROM kpi_monthly) "
        "ORDER BY org_code"
    ).fetchall()[0]
    none = HeadlinePlace(level="sub_icb", code="99Z", name="Nowhere")
    rows = headlines(years.db, [none, HeadlinePlace(level="sub_icb", code=code)])
    assert {(row["org_code"], row["place"]) for row in rows} == {(code, name)}
    own = HeadlinePlace(level="sub_icb", code=code, name="Home")
    assert {row["place"] for row in headlines(years.db, [own])} == {"Home"}


def test_a_chosen_place_without_figures_is_reported(
    years_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("warehouse.settings.read_settings", lambda home: Settings(place="QZZ"))
    show_headlines(Screen(), years_home)
    printed = capsys.readouterr()
    assert "no headline figure of icb QZZ" in " ".join(printed.err.split())
    assert "Headline figures" not in printed.out


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_headline_fits_the_terminal(
    years_home: Home,
    columns: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    show_headlines(Screen(), years_home)
    table, told, _ = capsys.readouterr().out.partition("On the year:")
    assert told and "Leicester City" in table and "\u2026" not in table
    assert "England" in table and "not judged" in table
    assert columns == 80 or "Per working day" in table.splitlines()[1]
    *shown, last = table.rstrip().splitlines()
    lines = shown if last.startswith("Left out for want of width") else [*shown, last]
    assert max(len(line) for line in lines) <= columns
    assert "-0.0" not in table


def test_the_headline_is_said_in_words_too(
    years_home: Home, years: Mart, capsys: pytest.CaptureFixture[str]
) -> None:
    show_headlines(Screen(), years_home)
    printed = capsys.readouterr().out
    [said] = years.rows(
        "FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = '04C'",
    )
    assert said["sentence"] in printed and "Views:" in printed


def test_of_a_month_that_is_not_judged_the_newest_judged_one_is_said(
    years_home: Home, years: Mart, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the words of the pages, and of the month that `kpi_sentence` has."""
    rows = headlines(years.db, HOME_HEADLINES)
    count = next(row for row in rows if row["kpi_id"] == "appointments")
    [said] = years.rows(
        "FROM kpi_sentence WHERE kpi_id = 'appointments' AND org_code = $code",
        code=count["org_code"],
    )
    assert count["past"].month == said["judged_month"] < count["month"]
    assert beside(count)["Signal"] == count["past"].brief
    assert count["past"].words.endswith(f"; {count['month']:%b %Y} provisional")
    assert beside(count | {"past": None})["Signal"] == "not judged yet"
    show_headlines(Screen(), years_home)
    printed = capsys.readouterr().out
    assert f"The newest judged month: {count['past'].brief}." in printed


def test_a_refresh_shows_the_figures_that_changed_with_what_they_were(
    years_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = published_headlines(years_home)
    show_headlines(Screen(), years_home, before)
    same = capsys.readouterr().out
    assert f"None of the {len(before)} headline figures changed: access-recovery headline" in same
    assert "Next:" not in same and len(same.splitlines()) == 2
    count, share, new, *_ = before.values()
    moved = count | {"value": 7.0, "month": count["month"].replace(year=2020)}
    held = share | {"status": "disputed"}
    gone = {series_of(new)}
    then = {key: row for key, row in before.items() if key not in gone}
    show_headlines(Screen(), years_home, then | {series_of(moved): moved, series_of(held): held})
    table, _, below = capsys.readouterr().out.partition("On the year:")
    assert "Headline figures that changed" in table and "Before" in table.splitlines()[1]
    assert f"7 ({moved['month']:%b %Y})" in table and " disputed " in table and " none " in table
    assert f"3 of {len(before)} headline figures changed; the other" in below


def test_a_mart_that_cannot_be_read_has_no_figures_to_compare_with(home: Home) -> None:
    assert published_headlines(home) == {}
    home.mart.parent.mkdir(parents=True)
    home.mart.write_text("no database", encoding="utf-8")
    assert published_headlines(home) == {}


def test_what_stands_beside_a_count_is_englands_change(years: Mart) -> None:
    rows = headlines(years.db, HOME_HEADLINES)
    count = next(row for row in rows if row["kpi_id"] == "appointments")
    assert beside(count)["Per working day"] == say_per_day(
        count["facts"].per_working_day, count["unit"]
    )
    share = next(row for row in rows if row["unit"] == "share")
    more = Comparator("England", change=9.0, ratio=0.013)
    assert beside(count, comparator=more)["England"] == "+1.3%"
    assert beside(share, comparator=Comparator("England", value=0.5))["England"] == "50.0%"
    assert beside(share, comparator=None)["England"] == "-"


def test_a_new_series_says_so_and_a_missing_value_has_nothing_beside_it(years: Mart) -> None:
    count = next(
        row for row in headlines(years.db, HOME_HEADLINES) if row["kpi_id"] == "appointments"
    )
    begun = ChartedPoint("none", begun="April 2025")
    assert beside(count, chart=begun)["On the year"] == NEW_SERIES
    assert beside(count, value=None) == {
        "Per working day": "", "On the year": "-", "Signal": "-", "England": "-",
        "Status": count["status"],
    }  # fmt: skip
