"""A page per sub-ICB, network and practice, and their index. A practice is shown with its context,
beside ranges of others, and never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.number_format import value_text
from warehouse.reference.special_services import NOT_SHOWN, not_shown_alone
from warehouse.site.figure_line import theme_title
from warehouse.site.not_published import NotPublished
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
    """A sub-ICB or network in the index, with those within it, by name."""

    place: SitePlace | None
    title: str
    within: tuple[PlaceGroup, ...] = ()
    practices: tuple[SitePlace, ...] = ()


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
    found = [] if place.code in not_shown_alone() else rows.of(place)
    themes: dict[str, list[PlaceRow]] = {}
    for row in found:
        themes.setdefault(rows.figures.kpis[row.line.kpi_id]["theme"], []).append(row)
    shown = tuple(PlaceTheme(one, theme_title(one), tuple(each)) for one, each in themes.items())
    hidden = place.code in not_shown_alone()
    content: dict[str, Any] = {
        "subject": place,
        "context": tuple(_context(rows, place, quintile)),
        "themes": shown,
        "hidden": " ".join(NOT_SHOWN) if hidden else "",
        "caveats": caveats,
        "compared": outside(found),
        "by_chance": f"{CHANCE * outside(found)[0]:.0f}",
        "disclosure": rows.figures.publication["disclosure"],
        "breakdown": None if hidden else breakdown(rows, place),
        "practices": () if place.level == PRACTICE else rows.practices(place),
        "missing": {} if hidden else missing.of(place, [row.line.kpi_id for row in found]),
        "page_of": _page_of,
    }
    parts = [(one.theme, one.title) for one in shown]
    parts.append(("missing", "What is not published here, and why"))
    trail = ((INDEX, "Overview"), (PLACES, "Places"))
    path = place_page(*place.key)
    return SitePage(path, "place.html.j2", place.name, content, parts=parts, trail=trail)


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
    if group := rows.peer_group(place):
        yield "Similar practices", group, None
    if place.level == PRACTICE and not place.parents.get("pcn"):
        yield "Network", "in none", None
    yield "Code", place.code, None


def _index(figures: SiteFigures) -> SitePage:
    places = figures.places
    extra = [one for one in places.paged if one.level not in ("sub_icb", "pcn", PRACTICE)]
    content = {"groups": tuple(_groups(places)), "extra": tuple(extra), "page_of": _page_of}
    trail = ((INDEX, "Overview"),)
    return SitePage(PLACES, "places.html.j2", "Places", content, trail=trail)


def _groups(places: SitePlaces) -> Iterable[PlaceGroup]:
    """The sub-ICBs with what is in them, and what is in none of them."""
    subs = places.at("sub_icb")
    codes = {one.code for one in subs}
    networks, practices = places.at("pcn"), places.at(PRACTICE)
    for sub in (*subs, None):

        def inside(one: SitePlace, sub: SitePlace | None = sub) -> bool:
            code = one.parents.get("sub_icb")
            return code not in codes if sub is None else code == sub.code

        those = [one for one in networks if inside(one)], [one for one in practices if inside(one)]
        if sub or any(those):
            title = (
                sub.name
                if sub
                else f"Elsewhere in {places.home.name}"
                if subs
                else places.home.name
            )
            yield _group(sub, title, *those)


def _group(
    sub: SitePlace | None, title: str, networks: list[SitePlace], practices: list[SitePlace]
) -> PlaceGroup:
    def members(code: str) -> tuple[SitePlace, ...]:
        return tuple(one for one in practices if one.parents.get("pcn") == code)

    within = [PlaceGroup(one, one.name, (), members(one.code)) for one in networks]
    codes = {one.code for one in networks}
    alone = tuple(one for one in practices if one.parents.get("pcn") not in codes)
    if alone and networks:
        within.append(PlaceGroup(None, "Practices in no network here", (), alone))
        alone = ()
    return PlaceGroup(sub, title, tuple(within), alone)


def _page_of(place: SitePlace) -> str:
    return place_page(*place.key)
