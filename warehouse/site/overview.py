"""The first page: is access improving here, by how much, signal or noise, compared with whom, and
can it be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words, say_months
from warehouse.base.number_format import revision_texts, rounds_to_nothing, say_change
from warehouse.base.text import and_list, plural
from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.headline import MEANINGS
from warehouse.site.figure_line import CONCERN, FigureLine, by_theme, figure_line
from warehouse.site.overview_answer import answer, not_yet_words, of, verdicts
from warehouse.site.overview_queries import (
    is_timed,
    most_revised,
    overdue,
    overrides,
    revised,
    successors,
)
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import INDEX, kpi_page, place_page
from warehouse.site.site_places import SitePlace
from warehouse.site.trust.page_data import held

Row = dict[str, Any]
MOST_REVISED = 8


@dataclass(frozen=True)
class HeadlinePlaceLine:
    """Another place of the settings: its page, and its answer in a sentence."""

    name: str
    level_words: str
    path: str
    answer: str


@dataclass(frozen=True)
class PlaceConcerns:
    """A place within, its page, and its headline figures of which the verdict is a concern."""

    name: str
    path: str
    lines: tuple[FigureLine, ...]


def overview(figures: SiteFigures) -> SitePage:
    """The page `index.html` of the home place."""
    home = figures.places.home
    lines = headline_lines(figures, home)
    content = {
        "answer": answer(lines),
        "merged": merged_words(home.name, successors(figures.db, home)),
        "verdicts": verdicts(lines),
        "others": other_concerns(figures, lines),
        "themes": by_theme(figures, lines),
        "trust": trust_words(figures, lines),
        "beside": tuple(_beside(figures)),
        "concerns": concerns_within(figures),
        "revised": _revised(figures),
        "held": held(figures.db),
        "overdue": overdue(figures.db),
        "timed": is_timed(figures.db),
        "meanings": MEANINGS,
        "whole_month": next((one for one in lines if one.whole_month), None),
        "as_at": day_words(figures.as_at),
    }
    return SitePage(
        INDEX,
        "overview.html.j2",
        f"Is access to general practice improving in {home.name}?",
        content,
    )


def headline_lines(figures: SiteFigures, place: SitePlace) -> tuple[FigureLine, ...]:
    """The headline figures of a place, theme by theme, in the catalogue's order."""
    figures.read_facts([place])
    wanted = [kpi.kpi_id for kpi in catalogue().values() if kpi.headline]
    found = (figure_line(figures, one, place) for one in wanted if one in figures.kpis)
    themes = by_theme(figures, filter(None, found))
    return tuple(line for theme in themes for line in theme.lines)


def other_concerns(figures: SiteFigures, lines: Iterable[FigureLine]) -> tuple[FigureLine, ...]:
    """The figures of the home place that are no headline, and of which the verdict is a concern:
    without them the first page would say that nothing got worse."""
    home, shown = figures.places.home, {one.kpi_id for one in lines}
    rest = (kpi for kpi in figures.kpis if kpi not in shown)
    return tuple(of(list(filter(None, (figure_line(figures, kpi, home) for kpi in rest))), CONCERN))


def trust_words(figures: SiteFigures, lines: Iterable[FigureLine]) -> tuple[str, ...]:
    """Whether the figures can be trusted, in short sentences: how new they are, how many may still
    change, which changed most, what is held, overdue, disputed, or counts by a decision."""
    lines = tuple(lines)
    months = [newest for one in lines if (newest := _newest_month(figures, one))]
    found = []
    if months:
        oldest = min(months)
        older = "" if oldest == max(months) else f", the oldest of {say_months([oldest])}"
        found.append(f"Newest figures: {say_months([max(months)])}{older}.")
    found.append(not_yet_words(lines))
    found += most_revised_words(most_revised(figures.db, figures.places.home))
    if disputed := [one for one in lines if one.status == "disputed"]:
        found.append(f"Disputed: {len(disputed)}.")
    found.append(f"Held back: {_number(len(held(figures.db)), 'edition')}.")
    if is_timed(figures.db):
        found.append(f"Overdue: {_number(len(overdue(figures.db)), 'publication')}.")
    accepted = _number(overrides(figures.db), "edition")
    found.append(f"Accepted despite a failed check: {accepted}.")
    return tuple(found)


def most_revised_words(row: Row | None) -> list[str]:
    """Which figure changed most after it came out, in a sentence; nothing where none did."""
    if row is None or rounds_to_nothing(row["unit"], row["change"], row["ratio"], 2):
        return []
    change = say_change(row["unit"], row["change"], row["ratio"], 2)
    return [
        f"Revised most, in the last 12 releases: {row['title']} of {say_months([row['month']])}, "
        f"by {change}."
    ]


def merged_words(name: str, now: Sequence[str]) -> str:
    """That an ICB is none any more, and in which its sub-ICBs are; nothing of one that is."""
    if not now:
        return ""
    return (
        f"{name} is no ICB any more: its sub-ICBs are in {and_list(now)}, whose report has their "
        "pages. Here are the figures from before, and later ones of what files still name so."
    )


def _number(number: int, noun: str) -> str:
    return plural(number, noun) if number else "none"


def _newest_month(figures: SiteFigures, line: FigureLine) -> Any:
    newest = figures.newest(line.kpi_id, figures.places.home)
    return newest and newest["month"]


def _beside(figures: SiteFigures) -> Iterable[HeadlinePlaceLine]:
    """Headline places, and the sub-ICBs of the home place that are none of them."""
    every = [*figures.places.headlines, *figures.places.at("sub_icb")]
    for place in {place.key: place for place in every}.values():
        lines = headline_lines(figures, place)
        yield HeadlinePlaceLine(
            place.name, place.level_words, place_page(*place.key), answer(lines)
        )


def concerns_within(figures: SiteFigures) -> tuple[PlaceConcerns, ...]:
    """The sub-ICBs of the home place of which a headline figure is a concern, by name."""
    found = (
        PlaceConcerns(place.name, place_page(*place.key), tuple(concerns))
        for place in figures.places.at("sub_icb")
        if (concerns := of(headline_lines(figures, place), CONCERN))
    )
    return tuple(found)


def _revised(figures: SiteFigures) -> PageTable | None:
    """What the newest editions changed of this place: a row per KPI, the largest first."""
    found = [
        row
        for row in revised(figures.db, figures.places.home)
        if not rounds_to_nothing(row["unit"], row["change"], row["ratio"], 2)
    ]
    if not found:
        return None
    cells, links = [], {}
    for number, row in enumerate(found[:MOST_REVISED]):
        links[number, 0] = kpi_page(row["kpi_id"])
        month = say_months([row["month"]])
        cells.append([row["title"], month, *revision_texts(row), f"{row['revised']:,}"])
    headings = ("Figure", "Month", "Before", "Now", "Change", "Months revised")
    more = f" of {len(found)}" if len(found) > len(cells) else ""
    caption = f"Largest revision of each figure by its newest edition, {len(cells)}{more}"
    return PageTable(caption, headings, cells, frozenset((2, 3, 4, 5)), links)
