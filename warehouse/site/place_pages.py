"""A page per sub-ICB, network and practice, and their index. A practice is shown with its context,
beside ranges of others, and never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.base.number_format import value_text
from warehouse.kpi.catalogue import catalogue
from warehouse.reference.special_services import NOT_SHOWN, not_shown_alone
from warehouse.site.figure_line import theme_title
from warehouse.site.not_published import NotPublished
from warehouse.site.overview_answer import answer_of_place
from warehouse.site.place_breakdown import breakdown
from warehouse.site.place_queries import LIST_AND_BOOK, general_caveats, quintiles
from warehouse.site.place_rows import PRACTICE, PlaceRow, PlaceRows, outside
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_paths import INDEX, PLACES, place_page
from warehouse.site.site_places import SitePlace, SitePlaces

LISTS = LIST_AND_BOOK[0]
CHANCE = 0.05  # of figures that differ by chance alone, so many are outside 95% limits
SIZE_WORDS = {1: "1, the most deprived fifth", 5: "5, the least deprived fifth"}
LINKED = ("pcn", "sub_icb")
NAMES = {"pcn": "Network", "sub_icb": "Sub-ICB", "icb": "ICB"}


@dataclass(frozen=True)
class PlaceTheme:
    """A theme of a place's page."""

    theme: str
    title: str
    rows: tuple[PlaceRow, ...]


@dataclass(frozen=True)
class PlaceGroup:
    """A sub-ICB or network in the index, with those within it, by name. `marks`: practice -> its
    sub-ICB, where that of the network is another or several."""

    place: SitePlace | None
    title: str
    within: tuple[PlaceGroup, ...] = ()
    practices: tuple[SitePlace, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


def place_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """The index, and a page per place within the home place."""
    places = figures.places
    figures.read_facts(places.every)
    yield _index(figures)
    rows, missing = PlaceRows(figures), NotPublished(figures)
    fifths = quintiles(figures.db)
    caveats: dict[str, list[str]] = {}
    for place in places.paged:
        if place.level not in caveats:
            caveats[place.level] = general_caveats(figures.db, place.level)
        yield _page(rows, missing, place, fifths.get(place.key), caveats[place.level])


def _page(
    rows: PlaceRows,
    missing: NotPublished,
    place: SitePlace,
    quintile: int | None,
    caveats: Sequence[str],
) -> SitePage:
    hidden = place.code in not_shown_alone()
    found = [] if hidden else rows.of(place)
    themes: dict[str, list[PlaceRow]] = {}
    for row in found:
        themes.setdefault(rows.figures.kpis[row.line.kpi_id]["theme"], []).append(row)
    shown = tuple(PlaceTheme(one, theme_title(one), tuple(each)) for one, each in themes.items())
    has = [row.line.kpi_id for row in found]
    compared = outside(found)
    whole = [row.line for row in found if catalogue()[row.line.kpi_id].headline]
    content: dict[str, Any] = {
        "subject": place,
        # Of a network or practice it would be a verdict on those who work there.
        "answer": answer_of_place(whole) if place.level not in (PRACTICE, "pcn") else "",
        "context": tuple(_context(rows, place, quintile)),
        "themes": shown,
        "hidden": " ".join(NOT_SHOWN) if hidden else "",
        "caveats": caveats,
        "compared": compared,
        "uncharted": place.level == PRACTICE and bool(found) and not rows.is_charted(place),
        "by_chance": f"{CHANCE * compared[0]:.0f}",
        "disclosure": rows.figures.publication["disclosure"],
        "breakdown": None if hidden else breakdown(rows, place),
        "practices": () if place.level == PRACTICE else rows.practices(place),
        "missing": {} if hidden else missing.of(place, has),
        "elsewhere": {} if hidden else missing.elsewhere(place, has),
        "title_of": rows.figures.places.title_of,
        "page_of": _page_of,
    }
    parts = [(one.theme, one.title) for one in shown]
    parts.append(("missing", "What is not published here, and why"))
    trail = ((INDEX, "Overview"), (PLACES, "Places"))
    path, title = place_page(*place.key), rows.figures.places.title_of(place)
    return SitePage(path, "place.html.j2", title, content, parts=parts, trail=trail)


def _context(
    rows: PlaceRows, place: SitePlace, quintile: int | None
) -> Iterable[tuple[str, str, str | None]]:
    """What to know of a place before its figures: heading, text, path of a page."""
    places = rows.figures.places
    patients = rows.newest(LISTS, place)
    facts = rows.figures.facts(LISTS, place)
    yield "Kind of place", place.level_words, None
    if patients and facts:
        said = f"{value_text(patients['value'], 'people')} in {facts.period}"
        yield "Registered patients", said, None
    if quintile:
        yield "Quintile of deprivation", SIZE_WORDS.get(quintile, f"{quintile} of 5"), None
    for level in LINKED:
        if level != place.level and (one := places.named(level, place.parents.get(level))):
            yield NAMES[level], one.name, place_page(*one.key)
    if places.home.level in NAMES:
        yield NAMES[places.home.level], places.home.name, INDEX
    for one in places.namesakes(place):
        yield "Of the same name", places.title_of(one), place_page(*one.key)
    if group := rows.peer_group(place):
        yield "Similar practices", group, None
    if place.level == PRACTICE and not place.parents.get("pcn"):
        yield "Network", "in none", None
    yield "Code", place.code, None


def _index(figures: SiteFigures) -> SitePage:
    places = figures.places
    extra = [one for one in places.paged if one.level not in ("sub_icb", "pcn", PRACTICE)]
    content = {"groups": tuple(place_groups(places)), "extra": tuple(extra), "page_of": _page_of}
    trail = ((INDEX, "Overview"),)
    return SitePage(PLACES, "places.html.j2", "Places", content, trail=trail)


def place_groups(places: SitePlaces) -> Iterable[PlaceGroup]:
    """The sub-ICBs with what is in them, networks of more than one of them, and what is in none. A
    practice of a network stands with its network, whatever its own sub-ICB is."""
    subs = {one.code: one.name for one in places.at("sub_icb")}
    networks = [_network(places, one, subs) for one in places.at("pcn")]
    codes = {one.code for one in places.at("pcn")}
    alone = [one for one in places.at(PRACTICE) if one.parents.get("pcn") not in codes]
    for sub in places.at("sub_icb"):
        within = [one for one in networks if _sub_of(one.place) == sub.code]
        own = [one for one in alone if _sub_of(one) == sub.code]
        yield _group(sub, sub.name, within, own)
    left = [one for one in networks if _sub_of(one.place) not in subs]
    across = [one for one in left if one.marks]
    if across:
        yield PlaceGroup(None, "Networks in more than one sub-ICB", tuple(across))
    left = [one for one in left if not one.marks]
    others = [one for one in alone if _sub_of(one) not in subs]
    if left or others:
        name = places.home.name
        yield _group(None, f"Elsewhere in {name}" if subs else name, left, others)


def _network(places: SitePlaces, network: SitePlace, subs: Mapping[str, str]) -> PlaceGroup:
    """A network with all its practices."""
    own = [one for one in places.at(PRACTICE) if one.parents.get("pcn") == network.code]
    marks = {
        one.code: subs[code]
        for one in own
        if (code := _sub_of(one)) in subs and code != _sub_of(network)
    }
    return PlaceGroup(network, network.name, (), tuple(own), marks)


def _group(
    sub: SitePlace | None, title: str, networks: list[PlaceGroup], alone: list[SitePlace]
) -> PlaceGroup:
    if alone and networks:
        networks = [*networks, PlaceGroup(None, "Practices in no network", (), tuple(alone))]
        alone = []
    return PlaceGroup(sub, title, tuple(networks), tuple(alone))


def _sub_of(place: SitePlace | None) -> str:
    return place.parents.get("sub_icb", "") if place else ""


def _page_of(place: SitePlace) -> str:
    return place_page(*place.key)
