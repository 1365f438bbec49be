"""Charts of a KPI: of one place with all that judges it, and of several places side by side on one
scale. What they look like is in `control_chart_spec`, what they say in `chart_words`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from warehouse.site.chart_style import NARROW, SMALL, WIDE, ChartSize
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
    charted,
    digits_of,
    ends_of,
    number_words,
)
from warehouse.site.control_chart_spec import control_chart_spec
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, KeyEntry, PageTable
from warehouse.site.site_places import SitePlace
from warehouse.statistics.past_judgement import past_judgement
from warehouse.statistics.sentences import COUNTED, sentence

Row = dict[str, Any]
FEWEST = 2  # points of a chart
LONGEST = 36  # newest periods of a chart
MONTH = "month"


@dataclass(frozen=True)
class SeriesShown:
    """A series as it is drawn: its rows, the oldest first (`series`), the newest of them as points,
    and England's values by month on the same basis."""

    series: Sequence[Row]
    points: Sequence[DrawnPoint]
    england: Mapping[date, float]
    unit: str
    monthly: bool

    @property
    def basis(self) -> str | None:
        """What the chart shows of each value."""
        basis: str | None = self.series[-1]["basis"]
        return basis

    def spec(self, size: ChartSize, scale: tuple[float, float] | None = None) -> dict[str, Any]:
        """What is drawn."""
        return control_chart_spec(
            self.points,
            self.unit,
            axis_words(self.basis, self.unit, self.monthly),
            size,
            partial(
                number_words,
                basis=self.basis,
                unit=self.unit,
                digits=digits_of(self.points, self.unit),
            ),
            scale,
            self.monthly,
        )


@dataclass(frozen=True)
class Multiples:
    """Charts of several places on one scale, with what holds for all of them."""

    charts: Sequence[Chart]
    key: Sequence[KeyEntry]
    source: str


def series_shown(figures: SiteFigures, kpi_id: str, place: SitePlace) -> SeriesShown | None:
    """The series of a KPI and place; None where there are too few figures for a chart."""
    series, kpi = figures.series(kpi_id, place), figures.kpis[kpi_id]
    if sum(row["value"] is not None for row in series[-LONGEST:]) < FEWEST:
        return None
    unit, monthly = kpi["unit"], kpi["period_type"] == MONTH
    beside = {}
    if unit not in COUNTED and place.key != figures.places.england.key:
        beside = {
            row["month"]: value
            for row in figures.series(kpi_id, figures.places.england)
            if row["basis"] == series[-1]["basis"] and (value := charted(row)) is not None
        }
    points = chart_points(series[-LONGEST:], unit, beside, monthly)
    drawn = {one.month: one.england for one in points if one.england is not None}
    return SeriesShown(series, points, drawn, unit, monthly)


def kpi_chart(figures: SiteFigures, kpi_id: str, place: SitePlace) -> Chart | None:
    """The chart of a KPI and place, a control chart where it has one; None where there are too few
    figures."""
    facts, shown = figures.facts(kpi_id, place), series_shown(figures, kpi_id, place)
    if facts is None or shown is None:
        return None
    limits = limits_words(shown.series[-1], shown.unit)
    doubted = disputed_words(shown.series[-LONGEST:], shown.monthly)
    notes = (doubted, limits, england_words(shown.unit, bool(shown.england)))
    return Chart(
        name="-".join((kpi_id, *place.key)),
        title=finding(facts, past_judgement(shown.series)),
        alternative=f"{sentence(facts)} {limits}".strip(),
        spec=shown.spec(WIDE),
        narrow=shown.spec(NARROW),
        table=_table(figures, kpi_id, place, shown),
        source=figures.source_of(kpi_id, shown.series[-1]["edition"]),
        picture=True,
        key=chart_key(shown.points),
        notes=[note for note in notes if note],
    )


def multiples(figures: SiteFigures, kpi_id: str, places: Sequence[SitePlace]) -> Multiples | None:
    """A small chart of a KPI for each of these places, on one scale; None if none has figures."""
    found = [(place, series_shown(figures, kpi_id, place)) for place in places]
    there = [(place, shown) for place, shown in found if shown is not None]
    if not there:
        return None
    every = [point for _, shown in there for point in shown.points]
    scale = ends_of(every, from_zero=not there[0][1].monthly)
    charts = [_small(figures, kpi_id, place, shown, scale) for place, shown in there]
    by_line: dict[str, KeyEntry] = {}
    for _, shown in there:
        by_line |= {entry.words: entry for entry in chart_key(shown.points)}
    source = figures.source_of(kpi_id, there[0][1].series[-1]["edition"])
    return Multiples(charts, list(by_line.values()), source)


def _small(
    figures: SiteFigures,
    kpi_id: str,
    place: SitePlace,
    shown: SeriesShown,
    scale: tuple[float, float],
) -> Chart:
    facts = figures.facts(kpi_id, place)
    limits = limits_words(shown.series[-1], shown.unit)
    return Chart(
        name="-".join((kpi_id, *place.key)),
        title=short_finding(facts, past_judgement(shown.series)) if facts else place.name,
        alternative=f"{sentence(facts) if facts else ''} {limits}".strip(),
        spec=shown.spec(SMALL, scale),
        table=_table(figures, kpi_id, place, shown),
        source=figures.source_of(kpi_id, shown.series[-1]["edition"]),
    )


def _table(figures: SiteFigures, kpi_id: str, place: SitePlace, shown: SeriesShown) -> PageTable:
    caption = f"{figures.kpis[kpi_id]['title']}, {place.name}"
    return series_table(shown.series, shown.unit, caption, LONGEST, shown.england)
