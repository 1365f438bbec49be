"""A page per KPI: its control chart for the home place and for its sub-ICBs, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warehouse.base.months import day_words
from warehouse.site.chart_style import NARROW, SMALL, WIDE
from warehouse.site.chart_words import finding, limits_words, series_table
from warehouse.site.control_chart_spec import control_chart_spec
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, SitePage
from warehouse.site.site_paths import INDEX, KPIS, kpi_page
from warehouse.site.site_places import SitePlace
from warehouse.statistics.sentences import sentence

Row = dict[str, Any]
FEWEST = 2  # points of a chart
LONGEST = 36  # newest periods of a chart


def kpi_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """The page of each KPI that has a figure of the home place, and their list."""
    home = figures.places.home
    shown = [kpi_id for kpi_id in figures.kpis if figures.has_figures(kpi_id, home)]
    figures.read_facts([home, *figures.places.at("sub_icb")])
    yield _list(figures, shown)
    for kpi_id in shown:
        yield _page(figures, kpi_id)


def control_chart(
    figures: SiteFigures,
    kpi_id: str,
    place: SitePlace,
    small: bool = False,
    scale: tuple[float, float] | None = None,
) -> Chart | None:
    """The control chart of a KPI and place; None where there are too few figures. `small`: one of
    several that are read beside each other, with the same `scale`."""
    series = figures.series(kpi_id, place)[-LONGEST:]
    facts = figures.facts(kpi_id, place)
    if facts is None or sum(row["value"] is not None for row in series) < FEWEST:
        return None
    unit, newest = figures.kpis[kpi_id]["unit"], series[-1]
    limits = limits_words(newest, unit) if newest["signal"] else ""
    return Chart(
        name="-".join((kpi_id, *place.key)),
        title=finding(facts),
        alternative=f"{sentence(facts)} {limits}".strip(),
        spec=control_chart_spec(series, unit, SMALL if small else WIDE, scale=scale),
        narrow=None if small else control_chart_spec(series, unit, NARROW),
        table=series_table(series, unit, f"{figures.kpis[kpi_id]['title']}, {place.name}"),
        source=figures.source_of(kpi_id, newest["edition"]),
        picture=not small,
    )


def _list(figures: SiteFigures, shown: list[str]) -> SitePage:
    themes: dict[str, list[Row]] = {}
    for kpi_id in shown:
        kpi = figures.kpis[kpi_id]
        facts = figures.facts(kpi_id, figures.places.home)
        said = sentence(facts) if facts else ""
        row = {"title": kpi["title"], "address": kpi_page(kpi_id), "sentence": said}
        themes.setdefault(kpi["theme"], []).append(row)
    return SitePage(
        KPIS,
        "kpi_list.html.j2",
        "All figures",
        {"themes": themes},
        trail=((INDEX, "Overview"),),
    )


def _page(figures: SiteFigures, kpi_id: str) -> SitePage:
    kpi, home = figures.kpis[kpi_id], figures.places.home
    chart = control_chart(figures, kpi_id, home)
    smaller = [
        one
        for place in figures.places.at("sub_icb")
        if (one := control_chart(figures, kpi_id, place, small=True))
    ]
    facts = figures.facts(kpi_id, home)
    content = {
        "kpi": kpi,
        "sentence": sentence(facts) if facts else "",
        "chart": chart,
        "smaller": smaller,
        "reviewed_on": day_words(kpi["reviewed_on"]),
    }
    return SitePage(
        kpi_page(kpi_id),
        "kpi.html.j2",
        kpi["title"],
        content,
        charts=[one for one in (chart, *smaller) if one],
        trail=((INDEX, "Overview"), (KPIS, "All figures")),
    )
