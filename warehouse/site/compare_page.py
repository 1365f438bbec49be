"""The page of comparisons: where the home place is among all of its level, whether its parts differ
from the average by more than chance, and by how much figures differ by deprivation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.kpi.catalogue import catalogue
from warehouse.mart.comparisons import FUNNELS
from warehouse.reference.levels import LEVELS
from warehouse.site import compare_words as words
from warehouse.site import deprivation_spec, funnel_spec
from warehouse.site.chart_style import NARROW, WIDE
from warehouse.site.charted_points import AXIS_WORDS
from warehouse.site.compare_queries import quintiles_of, units_of
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, PageTable, SitePage
from warehouse.site.site_paths import COMPARE, INDEX, kpi_page
from warehouse.statistics.funnel import funnel, limits_at

FEWEST = 10  # organisations of which a place among them says something
STEPS = 60  # sizes for which limits are drawn
TIMES = {"share": 1, "rate_per_1000": 1000}


@dataclass(frozen=True)
class ComparedKpi:
    """A KPI on the page: its charts, the table of its gaps, and what cannot be shown and why."""

    kpi_id: str
    title: str
    charts: Sequence[Chart]
    gaps: PageTable | None
    absent: Sequence[str]


def compare_page(figures: SiteFigures) -> Iterable[SitePage]:
    """The page, if a headline KPI has anything to compare."""
    compared = figures.once(compared_kpis)
    if not compared:
        return
    yield SitePage(
        COMPARE,
        "compare.html.j2",
        f"{figures.places.home.name} compared with others",
        {"compared": compared, "summary": _summary(figures, compared)},
        charts=[chart for one in compared for chart in one.charts],
        parts=[(one.kpi_id, one.title) for one in compared],
        trail=((INDEX, "Overview"),),
    )


def compared_kpis(figures: SiteFigures) -> list[ComparedKpi]:
    """The headline KPIs that have anything to compare, in the catalogue's order."""
    return [
        one
        for kpi_id, kpi in catalogue().items()
        if kpi.headline and kpi_id in figures.kpis and kpi.unit in FUNNELS
        if (one := _compared(figures, kpi_id)).charts or one.absent
    ]


def _summary(figures: SiteFigures, compared: Sequence[ComparedKpi]) -> PageTable | None:
    """A row per KPI of which the home place is one of many; None if it is of none."""
    home = figures.places.home
    cells: list[list[str]] = []
    links: dict[tuple[int, int], str] = {}
    for one in compared:
        if (found := _among(figures, one.kpi_id)) is None:
            continue
        links[len(cells), 0] = kpi_page(one.kpi_id)
        _, row = found
        cells.append(words.summary_cells(one.title, row, figures.kpis[one.kpi_id]["unit"]))
    every = LEVELS[home.level].plural
    headings = (
        "Figure",
        home.name,
        f"Half of all {every} are below",
        "Its place",
        "More than chance?",
    )
    caption = f"{home.name} among all {every}"
    return PageTable(caption, headings, cells, frozenset({1, 2}), links) if cells else None


def _among(figures: SiteFigures, kpi_id: str) -> tuple[pl.DataFrame, dict[str, Any]] | None:
    """All of the level of the home place, and its own row; None where there are few, or it is not
    ranked."""
    home = figures.places.home
    units = units_of(figures, kpi_id, home.level)
    own = units.filter(org_code=home.code).to_dicts()
    return (units, own[0]) if units.height >= FEWEST and own else None


def _compared(figures: SiteFigures, kpi_id: str) -> ComparedKpi:
    rank, funnels = rank_chart(figures, kpi_id), funnel_chart(figures, kpi_id)
    deprived, gaps, why = deprivation_chart(figures, kpi_id)
    charts = [one for one in (rank, funnels, deprived) if one]
    return ComparedKpi(kpi_id, figures.kpis[kpi_id]["title"], charts, gaps, [why] if why else [])


def rank_chart(figures: SiteFigures, kpi_id: str) -> Chart | None:
    """The home place among all of its level; None where there are few, or it is not ranked."""
    home, kpi, found = figures.places.home, figures.kpis[kpi_id], _among(figures, kpi_id)
    if found is None:
        return None
    every, (units, row) = LEVELS[home.level].plural, found
    dots = [_dot(one, {home.code: home.name}) for one in units.to_dicts()]
    share, title = kpi["unit"] == "share", AXIS_WORDS[kpi["unit"]]
    specs = [
        funnel_spec.strip_spec(dots, row["median"], title, size, share) for size in (WIDE, NARROW)
    ]
    said = words.rank_title(kpi["title"], home.name, row, every)
    caption = f"{kpi['title']} among {every}, {row['period_label']}"
    return Chart(
        f"rank-{kpi_id}-{home.level}",
        said,
        f"A dot for each of {units.height} {every}. {said}.",
        specs[0],
        words.rank_table(home.name, row, kpi["unit"], every, caption),
        figures.source_of(kpi_id, row["edition"]),
        specs[1],
        key=[funnel_spec.KEY[name] for name in ("own", "other", "median")],
    )


def funnel_chart(figures: SiteFigures, kpi_id: str) -> Chart | None:
    """The sub-ICBs of the home place among all of England; None where there are few."""
    places = {one.code: one.name for one in figures.places.every if one.level == "sub_icb"}
    kpi, units = figures.kpis[kpi_id], units_of(figures, kpi_id, "sub_icb")
    own = [
        {**row, "name": places[row["org_code"]]}
        for row in units.to_dicts()
        if row["org_code"] in places
    ]
    if units.height < FEWEST or not own or units["funnel"].null_count() == units.height:
        return None
    every, unit = f"{units.height} sub-ICBs", kpi["unit"]
    average, limits = _limits(units, unit)
    dots = [_dot(one, places) for one in units.to_dicts()]
    titles = (f"Size: {kpi['denominator']}", AXIS_WORDS[unit])
    specs = [
        funnel_spec.funnel_spec(dots, limits, average, titles, size, unit == "share")
        for size in (WIDE, NARROW)
    ]
    said = words.funnel_title(kpi["title"], own, every)
    wide = units["funnel_method"][0] == "overdispersed"
    caption = f"{kpi['title']} of sub-ICBs, {own[0]['period_label']}"
    return Chart(
        f"funnel-{kpi_id}-sub_icb",
        said,
        f"A funnel: each of {every} by its size and figure, with limits about the average. {said}.",
        specs[0],
        words.funnel_table(own, unit, average, caption),
        figures.source_of(kpi_id, own[0]["edition"]),
        specs[1],
        key=[funnel_spec.KEY[name] for name in ("own", "other", "average", "0.025", "0.001")],
        notes=[words.WIDENED if wide else words.PLAIN],
    )


def _limits(units: pl.DataFrame, unit: str) -> tuple[float, list[dict[str, float]]]:
    """The average and the limits by size, as `kpi_comparison` drew them, in the KPI's unit."""
    known = units.select(pl.lit(1).alias("set"), "numerator", "denominator")
    judged = funnel(known, ["set"], "auto", FUNNELS[unit])
    average, tau = judged["average"][0], judged["tau"].max()
    low, high = float(units["denominator"].min()), float(units["denominator"].max())  # type: ignore[arg-type]
    sizes = [low + (high - low) * step / STEPS for step in range(STEPS + 1)]
    times = TIMES[unit]
    limits = limits_at(sizes, average, float(tau), FUNNELS[unit]).with_columns(  # type: ignore[arg-type]
        (pl.exclude("denominator") * times).clip(0, 1 if unit == "share" else None)
    )
    return average * times, limits.to_dicts()


def deprivation_chart(
    figures: SiteFigures, kpi_id: str
) -> tuple[Chart | None, PageTable | None, str | None]:
    """A KPI of the home place by fifths of deprivation, the table of its gaps, and why there is
    none."""
    home, kpi = figures.places.home, figures.kpis[kpi_id]
    quintiles, gaps = quintiles_of(figures, kpi_id, home)
    own = [row for row in quintiles if row["org_code"] == home.code]
    england = [row for row in quintiles if row["org_code"] != home.code]
    gap = next((row for row in gaps if row["org_code"] == home.code), None)
    if gap is None:
        return None, None, None
    why = words.no_gap_words(gap)
    if not any(row["value"] is not None for row in own):
        return None, None, f"By deprivation it is not shown: {why}" if why else None
    unit, month = kpi["unit"], f"{gap['month']:%B %Y}"
    specs = [
        deprivation_spec.deprivation_spec(own, england, AXIS_WORDS[unit], size, unit == "share")
        for size in (WIDE, NARROW)
    ]
    said = words.deprivation_title(kpi["title"], home.name, gap, unit)
    drawn = any(row["value"] is not None for row in england)
    beside = next((row["reason"] for row in gaps if row["org_code"] != home.code), None)
    missing = (
        None if drawn or not beside else f"England is not shown: {beside[0].lower()}{beside[1:]}"
    )
    newest = figures.newest(kpi_id, home)
    caption = f"Gaps by deprivation: {kpi['title']}, {home.name}, {month}"
    chart = Chart(
        f"deprivation-{kpi_id}-{home.level}",
        said,
        f"Bars by fifths of deprivation, {month}. {said}.",
        specs[0],
        words.quintile_table(own, england, unit, f"{kpi['title']}, {home.name}, {month}"),
        figures.source_of(kpi_id, newest["edition"] if newest else None),
        specs[1],
        key=[sign for name, sign in deprivation_spec.KEY.items() if drawn or name != "england"],
        notes=[note for note in (*words.deprivation_notes(gap, own), why, missing) if note],
    )
    return chart, words.gap_table(gap, unit, caption), None


def _dot(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    found = {"value": row["value"], "denominator": row["denominator"]}
    return found | ({"name": names[row["org_code"]]} if row["org_code"] in names else {})
