"""The headline figures, for the terminal and the pages: the newest value of each headline KPI for
the places in the settings, and what stands beside a value, in the same words wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from warehouse.base.home import Home
from warehouse.base.number_format import (
    amount,
    say_change,
    say_per_day,
    value_text,
)
from warehouse.base.sql import open_mart, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import facts_of
from warehouse.settings import HeadlinePlace, read_settings
from warehouse.statistics.past_judgement import past_judgement
from warehouse.statistics.point_words import NO_CLEAR_CHANGE, NOT_JUDGED_YET, PROVISIONAL
from warehouse.statistics.sentences import SentenceFacts, brief_judgement
from warehouse.statistics.target_words import no_target_words

Row = dict[str, Any]
Series = tuple[str, str, str]
FEW = 1000
# What stands beside a value, in this order (`beside_value`), and what it means.
BESIDE = ("Per working day", "On the year", "Signal", "England", "Status")
ON_THE_YEAR = (
    "On the year: of counts of events, and of rates of them, per working day; of all else as it is."
)
MEANINGS = (
    f"{ON_THE_YEAR} Signal: what a control chart says of the month against its usual level, not "
    f"of the change on the year; {NO_CLEAR_CHANGE}: no more than it varies by itself; with a "
    "month: of that one, the newest that is judged, where the one shown is not; "
    f"{NOT_JUDGED_YET}: {PROVISIONAL}. "
    "England: its value, or the change of its count."
)
NEW_SERIES = "new series"
# Beside figures of the sample, so that nobody takes them for evidence.
CONFIRMS_NOTHING = (
    "Some figures of the sample were chosen to equal those of published minutes (267,552 "
    "appointments in Leicester City in October 2024, 16% more than a year before; 81 of 82 "
    "pharmacies; 39 of 51 practices). That they agree with the minutes confirms nothing."
)


def headlines(db: duckdb.DuckDBPyConnection, shown: Sequence[HeadlinePlace]) -> list[Row]:
    """Return a row per figure of the places, theme by theme. `db` has the mart as its current
    database. `facts` are those of its sentence; `past`: the verdict on the newest month that is
    judged, where that is an earlier one."""
    found, wanted = newest_values(db, shown), _headline_kpis()
    _add_facts(db, found, wanted, shown)
    _add_past(db, found, wanted, shown)
    return _in_order(found, wanted)


def newest_values(db: duckdb.DuckDBPyConnection, shown: Sequence[HeadlinePlace]) -> list[Row]:
    """Return the newest value of each headline KPI of the places, without what is said of it."""
    found: list[Row] = []
    for place in shown:
        found += rows(
            db,
            """SELECT coalesce($name, (SELECT any_value(o.short_name) FROM organisation_current AS o
                          WHERE o.org_level = $level AND o.org_code = $code),
                      m.org_name, m.org_code) AS place, m.org_level,
                      m.org_code, k.theme,
                      m.kpi_id, k.title, k.unit, m.month, m.value, m.numerator,
                      m.denominator, m.status, m.status_reason, m.synthetic
               FROM kpi_monthly AS m JOIN kpi AS k USING (kpi_id)
               WHERE m.org_level = $level AND m.org_code = $code AND m.value IS NOT NULL
                 AND m.kpi_id IN (SELECT unnest($wanted))
               QUALIFY row_number() OVER (PARTITION BY m.kpi_id ORDER BY m.month DESC) = 1""",
            **place.model_dump(),
            wanted=_headline_kpis(),
        )
    return found


def published_headlines(home: Home) -> dict[Series, Row]:
    """Return the rows of `newest_values` of the published mart, by series, for the places in the
    settings; none if there is no mart, or none that can be read."""
    if not home.has_mart:
        return {}
    try:
        with open_mart(home.mart) as db:
            found = newest_values(db, read_settings(home).headlines)
    except duckdb.Error:  # made by another release, or damaged: it is about to be replaced
        return {}
    return {series_of(row): row for row in found}


def _headline_kpis() -> list[str]:
    return [kpi.kpi_id for kpi in catalogue().values() if kpi.headline]


def _in_order(found: list[Row], wanted: list[str]) -> list[Row]:
    """The rows theme by theme, place by place, in the order of the catalogue."""
    places, themes = [row["place"] for row in found], [row["theme"] for row in found]
    return sorted(
        found,
        key=lambda row: (
            themes.index(row["theme"]),
            places.index(row["place"]),
            wanted.index(row["kpi_id"]),
        ),
    )


def _add_facts(
    db: duckdb.DuckDBPyConnection,
    found: list[Row],
    wanted: list[str],
    shown: Sequence[HeadlinePlace],
) -> None:
    """Add the facts of each row's sentence, under the name by which its place is shown."""
    asked = """SELECT kpi_id, org_level, org_code, month FROM mart.kpi_monthly
        WHERE kpi_id IN (SELECT unnest($wanted)) AND value IS NOT NULL
          AND (org_level || ' ' || org_code) IN (SELECT unnest($places))
        QUALIFY row_number() OVER (
            PARTITION BY kpi_id, org_level, org_code ORDER BY month DESC) = 1"""
    places = [f"{place.level} {place.code}" for place in shown]
    known = facts_of(db, catalogue(), asked, wanted=wanted, places=places)
    of = {series_of(row): facts for row, facts in known}
    for row in found:
        row["facts"] = replace(of[series_of(row)], place=row["place"])


def _add_past(
    db: duckdb.DuckDBPyConnection,
    found: list[Row],
    wanted: list[str],
    shown: Sequence[HeadlinePlace],
) -> None:
    """Add the verdict on the newest month that is judged, where that is an earlier one."""
    points = rows(
        db,
        """SELECT f.kpi_id, f.org_level, f.org_code, f.month, f.value,
                  s.signal, s.direction, s.variation, s.not_judged_because
           FROM kpi_monthly AS f
           LEFT JOIN kpi_spc AS s ON s.kpi_id = f.kpi_id AND s.org_level = f.org_level
               AND s.org_code = f.org_code AND s.month = f.month
           WHERE f.value IS NOT NULL AND f.kpi_id IN (SELECT unnest($wanted))
             AND (f.org_level || ' ' || f.org_code) IN (SELECT unnest($places))
           ORDER BY f.month""",
        wanted=wanted,
        places=[f"{place.level} {place.code}" for place in shown],
    )
    series: dict[Series, list[Row]] = {}
    for point in points:
        series.setdefault(series_of(point), []).append(point)
    for row in found:
        row["past"] = past_judgement(series[series_of(row)])


def series_of(row: Row) -> Series:
    """Whose figure a row is: KPI, level and code."""
    return row["kpi_id"], row["org_level"], row["org_code"]


def signal_text(row: Row) -> str:
    """What a chart says of the month of a row with `facts`; of one that is not judged, what it said
    of the newest month that is, if the row has that (`past`)."""
    return row["past"].brief if row.get("past") else brief_judgement(row["facts"])


def beside_value(row: Row) -> tuple[str, str, str, str, str]:
    """What stands beside a value as texts, in the order of `BESIDE`, of a row with `facts`."""
    facts = row["facts"]
    daily = facts.per_working_day
    if facts.value is None:
        return "", "-", "-", "-", facts.status
    return (
        "" if daily is None else say_per_day(daily, facts.unit),
        _change_text(facts),
        signal_text(row),
        _england_text(facts),
        facts.status,
    )


def _change_text(facts: SentenceFacts) -> str:
    """The change on the year that the control chart judges: of counts of events, and rates of
    them, per working day."""
    if facts.chart is not None and facts.chart.begun is not None:
        return NEW_SERIES
    return say_change(facts.unit, facts.change, facts.ratio)


def whole_month_text(row: Row) -> str:
    """The change on the year of the month as it is, of a row with `facts`, `year_on_year_change`
    and `year_on_year_ratio`."""
    facts = row["facts"]
    if facts.chart is not None and facts.chart.begun is not None:
        return NEW_SERIES
    return say_change(facts.unit, row["year_on_year_change"], row["year_on_year_ratio"])


def _england_text(facts: SentenceFacts) -> str:
    other = facts.comparator
    if other is None:
        return "-"
    if other.value is not None:
        return value_text(other.value, facts.unit)
    return say_change(facts.unit, other.change, other.ratio)


def no_target_notes(rows: list[Row]) -> list[str]:
    """Of which KPIs no target applies, though there is one of others: each note once."""
    told = ((row["title"], row["facts"].elsewhere) for row in rows)
    return list(dict.fromkeys(f"{title}: {no_target_words(one)}." for title, one in told if one))


def headline_value(row: Row) -> str:
    """Return a value as text; for a share of few, with both numbers (81 of 82)."""
    text = value_text(row["value"], row["unit"])
    if row["unit"] == "share" and row["denominator"] < FEW:
        return f"{amount(row['numerator'])} of {amount(row['denominator'])} = {text}"
    return text


def reasons(rows: list[Row]) -> list[str]:
    """Return why figures are disputed, each reason once."""
    disputed = (row["status_reason"] for row in rows if row["status"] == "disputed")
    return list(dict.fromkeys(disputed))
