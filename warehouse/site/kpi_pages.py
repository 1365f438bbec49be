"""A page per KPI: its control chart for the home place and for its sub-ICBs, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warehouse.base.months import day_words
from warehouse.site.kpi_charts import kpi_chart, multiples
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_paths import INDEX, KPIS, kpi_page
from warehouse.statistics.sentences import sentence

Row = dict[str, Any]


def kpi_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """The page of each KPI that has a figure of the home place, and their list."""
    home = figures.places.home
    shown = [kpi_id for kpi_id in figures.kpis if figures.has_figures(kpi_id, home)]
    figures.read_facts([home, *figures.places.at("sub_icb")])
    yield _list(figures, shown)
    for kpi_id in shown:
        yield _page(figures, kpi_id)


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
    chart = kpi_chart(figures, kpi_id, home)
    smaller = multiples(figures, kpi_id, figures.places.at("sub_icb"))
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
        charts=[one for one in (chart, *(smaller.charts if smaller else ())) if one],
        trail=((INDEX, "Overview"), (KPIS, "All figures")),
    )
