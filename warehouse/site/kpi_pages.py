"""A page per KPI: its chart for the home place and for its sub-ICBs, whom it is compared with, what
it means, and where its newest figure comes from. And the list of all KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from warehouse.base.months import day_words
from warehouse.outputs.headline import headline_value
from warehouse.site.compare_page import compared_kpis
from warehouse.site.figure_line import theme_title, verdict
from warehouse.site.kpi_about import (
    comparison_table,
    counts_words,
    figure_files,
    other_publications,
    revision_words,
    target_said,
)
from warehouse.site.kpi_charts import kpi_chart, multiples
from warehouse.site.kpi_queries import KpiBackground, read_background
from warehouse.site.plan_page import asked_of, read_plan
from warehouse.site.site_downloads import ThemeDownload, theme_downloads
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import INDEX, KPIS, kpi_page
from warehouse.site.trust.trust_root import IN_SITE
from warehouse.statistics.method_words import method_words
from warehouse.statistics.sentences import sentence

Row = dict[str, Any]
BETTER = {
    "higher_is_better": "Higher is better.",
    "lower_is_better": "Lower is better.",
    "neutral": "Neither higher nor lower is better by itself.",
}


def kpi_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """The page of each KPI that has a figure of the home place, and their list."""
    home = figures.places.home
    shown = [kpi_id for kpi_id in figures.kpis if figures.has_figures(kpi_id, home)]
    figures.read_facts([home, *figures.places.at("sub_icb")])
    known = read_background(figures, shown, home)
    files = list(theme_downloads(figures))
    yield _list(figures, shown)
    for kpi_id in shown:
        own = [one for one in files if one.theme == figures.kpis[kpi_id]["theme"]]
        yield _page(figures, kpi_id, known, own)


def _list(figures: SiteFigures, shown: Sequence[str]) -> SitePage:
    themes: dict[str, list[Row]] = {}
    for kpi_id in shown:
        kpi, place = figures.kpis[kpi_id], figures.places.home
        facts, newest = figures.facts(kpi_id, place), figures.newest(kpi_id, place)
        if facts is None or newest is None:
            continue
        row = {
            "title": kpi["title"],
            "address": kpi_page(kpi_id),
            "value": headline_value({**newest, "unit": kpi["unit"]}),
            "period": facts.period,
            "tag": verdict(facts, figures.series(kpi_id, place))[0],
        }
        themes.setdefault(kpi["theme"], []).append(row)
    parts = [(theme, theme_title(theme)) for theme in themes]
    content = {"themes": [(*part, themes[part[0]]) for part in parts]}
    trail = ((INDEX, "Overview"),)
    return SitePage(KPIS, "kpi_list.html.j2", "All figures", content, parts=parts, trail=trail)


def _page(
    figures: SiteFigures, kpi_id: str, known: KpiBackground, files: Sequence[ThemeDownload]
) -> SitePage:
    kpi, home = figures.kpis[kpi_id], figures.places.home
    chart = kpi_chart(figures, kpi_id, home)
    smaller = multiples(figures, kpi_id, figures.places.at("sub_icb"))
    facts = figures.facts(kpi_id, home)
    rests_on, more = figure_files(kpi_id, known)
    content = {
        "kpi": kpi,
        "sentence": sentence(facts) if facts else "",
        **_beside_sentence(figures, kpi_id, known),
        "period": facts.period if facts else "",
        "tag": verdict(facts, figures.series(kpi_id, home))[0] if facts and facts.chart else None,
        "chart": chart,
        "smaller": smaller,
        "comparison": _comparison(figures, kpi_id, known),
        "better": BETTER[kpi["polarity"]],
        "caveats": known.caveats.get(kpi_id, []),
        "revisions": _revisions(known, kpi),
        "files": rests_on,
        "more_files": more,
        "other_publications": other_publications(
            kpi_id, home.level, {feed: row["title"] for feed, row in figures.feeds.items()}
        ),
        "method": method_words() if chart else [],
        "way": IN_SITE.theme_lineage(kpi["theme"]),
        "downloads": files,
        "theme": theme_title(kpi["theme"]),
        "reviewed_on": day_words(kpi["reviewed_on"]),
    }
    return SitePage(
        kpi_page(kpi_id),
        "kpi.html.j2",
        kpi["title"],
        content,
        charts=[one for one in (chart, *(smaller.charts if smaller else ())) if one],
        parts=_parts(content),
        trail=((INDEX, "Overview"), (KPIS, "All figures")),
    )


def _beside_sentence(figures: SiteFigures, kpi_id: str, known: KpiBackground) -> Row:
    """Targets, the numbers of a share, what the plan asks of it, and whether it is compared."""
    home = figures.places.home
    newest, facts = figures.newest(kpi_id, home), figures.facts(kpi_id, home)
    return {
        "targets": [target_said(row, kpi_id, home) for row in known.targets.get(kpi_id, [])],
        "numbers": counts_words(figures.kpis[kpi_id], newest, facts.period) if facts else "",
        "asked": asked_of(figures.once(read_plan), kpi_id, figures.places.names),
        "compared": any(one.kpi_id == kpi_id for one in figures.once(compared_kpis)),
    }


def _revisions(known: KpiBackground, kpi: Row) -> list[str]:
    kpi_id = kpi["kpi_id"]
    moved = known.revisions.get(kpi_id, [])
    return revision_words(moved, known.provisional.get(kpi_id), kpi["unit"])


def _parts(content: Row) -> list[tuple[str, str]]:
    """Anchors and headings of the parts that a KPI's page has."""
    every = (
        ("sub-icbs", "The same in each sub-ICB", content["smaller"]),
        ("comparison", "Beside others", True),
        ("definition", "What it is", True),
        ("targets", "Which target is meant", content["targets"]),
        ("caveats", "What to bear in mind", content["caveats"]),
        ("method", "How its chart is judged", content["method"]),
        ("revisions", "How far it may still move", True),
        ("source", "Where the figure comes from", content["files"]),
        ("downloads", "Downloads", content["downloads"]),
    )
    return [(anchor, heading) for anchor, heading, there in every if there]


def _comparison(figures: SiteFigures, kpi_id: str, known: KpiBackground) -> PageTable | None:
    places = figures.places
    newest, row = figures.newest(kpi_id, places.home), known.comparison.get(kpi_id)
    if newest is None:
        return None
    beside = [*places.at("sub_icb"), *([] if row else [places.england])]
    values = [(places.home, newest["value"])]
    for place in beside:
        found = [one for one in figures.series(kpi_id, place) if one["month"] == newest["month"]]
        values += [(place, one["value"]) for one in found]
    facts = figures.facts(kpi_id, places.home)
    period = facts.period if facts else newest["period_label"]
    return comparison_table(figures.kpis[kpi_id]["unit"], period, values, row, known.names)
