"""The first page: is access improving here, by how much, signal or noise, compared with whom, and
can it be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words
from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.headline import BESIDE, beside_value, headline_value
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_paths import INDEX, kpi_page, up_from
from warehouse.site.site_places import SitePlace
from warehouse.site.spark import spark_end, spark_path
from warehouse.statistics.sentences import SentenceFacts, judgement, sentence

Row = dict[str, Any]
SPARK_MONTHS = 24
# What may be said of a change -> the tag's colour and the sign before its words.
TAGS = {
    "improvement": ("green", "▲"),
    "concern": ("orange", "▼"),
    "neither": ("blue", "◆"),
    "none": ("grey", "●"),
    "not_judged": ("white", "○"),
}


@dataclass(frozen=True)
class Card:
    """A figure on the overview. `beside`: heading and text of what stands beside it."""

    kpi_id: str
    title: str
    address: str
    value: str
    period: str
    beside: tuple[tuple[str, str], ...]
    tag: tuple[str, str, str]  # colour, sign, words
    spark: str
    spark_end: tuple[float, float] | None
    sentence: str


@dataclass(frozen=True)
class ThemePart:
    """A theme: its first figure in a sentence, and a card per figure."""

    theme: str
    title: str
    sentence: str
    cards: tuple[Card, ...]


def overview(figures: SiteFigures) -> SitePage:
    """The page `index.html` of the home place."""
    themes = tuple(_themes(figures, figures.places.home))
    content = {
        "themes": themes,
        "counts": _counts(figures, themes),
        "feeds": _feeds(figures),
        "as_at": day_words(figures.as_at),
    }
    return SitePage(
        INDEX,
        "overview.html.j2",
        f"Access to general practice in {figures.places.home.name}",
        content,
    )


def tag_of(facts: SentenceFacts) -> tuple[str, str, str]:
    """Colour, sign and words of what may be said of a figure's change."""
    words = beside_value({"facts": facts})[BESIDE.index("Signal")]
    said = judgement(facts)
    if said in ("not_judged", "no_figure") or facts.chart is None:
        return (*TAGS["not_judged"], words)
    if said == "no_clear_change":
        return (*TAGS["none"], words)
    return (*TAGS.get(facts.chart.variation or "", TAGS["neither"]), words)


def card_of(figures: SiteFigures, kpi_id: str, place: SitePlace, up: str) -> Card | None:
    """The newest figure of a KPI and place; None where there is none."""
    facts, newest = figures.facts(kpi_id, place), figures.newest(kpi_id, place)
    if facts is None or newest is None:
        return None
    kpi = figures.kpis[kpi_id]
    row = {**newest, "unit": kpi["unit"], "facts": facts}
    beside = zip(BESIDE, beside_value(row), strict=True)
    recent = figures.series(kpi_id, place)[-SPARK_MONTHS:]
    shown = [_charted(one) for one in recent]
    return Card(
        kpi_id,
        kpi["title"],
        up + kpi_page(kpi_id),
        headline_value(row),
        newest["period_label"],
        tuple((name, text) for name, text in beside if text not in ("", "-") and name != "Signal"),
        tag_of(facts),
        spark_path(shown),
        spark_end(shown),
        sentence(facts),
    )


def _charted(row: Row) -> float | None:
    value: float | None = row["charted_value"] if row["charted_value"] is not None else row["value"]
    return value


def _themes(figures: SiteFigures, place: SitePlace) -> Iterable[ThemePart]:
    figures.read_facts([place])
    shown: dict[str, list[Card]] = {}
    for kpi in catalogue().values():
        if kpi.headline and kpi.kpi_id in figures.kpis:
            card = card_of(figures, kpi.kpi_id, place, up_from(INDEX))
            if card:
                shown.setdefault(figures.kpis[kpi.kpi_id]["theme"], []).append(card)
    for theme, cards in shown.items():
        title = theme.replace("_", " ").replace("nhs app", "NHS App").replace("gp ", "GP ")
        yield ThemePart(theme, title[:1].upper() + title[1:], cards[0].sentence, tuple(cards))


def _counts(figures: SiteFigures, themes: Iterable[ThemePart]) -> list[tuple[str, str, int]]:
    """Of the figures on the page: how many are improvements, concerns, without clear change."""
    every = [card.tag for theme in themes for card in theme.cards]
    names = {
        "green": "improving: a signal",
        "orange": "a concern: a signal",
        "blue": "changed: a signal, good or bad is not said",
        "grey": "no clear change",
        "white": "not judged",
    }
    found = [
        (colour, words, sum(tag[0] == colour for tag in every)) for colour, words in names.items()
    ]
    return [one for one in found if one[2]]


def _feeds(figures: SiteFigures) -> list[Row]:
    """Feeds with an edition, each with its newest one."""
    return [row for row in figures.feeds.values() if row["newest_edition"]]
