"""The places of a site: the one that it is about, and the organisations within it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from warehouse.base.sql import Connection, rows
from warehouse.mart.place_names import shortened
from warehouse.outputs.search import name_shown, organisation_named
from warehouse.reference.levels import KEY_COLUMNS, LEVELS
from warehouse.reference.organisations import ENGLAND, reference
from warehouse.settings import HeadlinePlace, Settings

# Levels that have pages of their own, within the home place.
WITHIN = ("sub_icb", "pcn", "practice")
HOME_LEVELS = ("icb", "sub_icb", "pcn")  # what a site may be about


@dataclass(frozen=True)
class SitePlace:
    """An organisation as pages show it. `name`: its short name, or the published one; `parents`:
    level -> code of those above it; `special`: why it is unlike the others, if it is."""

    level: str
    code: str
    name: str
    full_name: str
    parents: dict[str, str]
    special: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Level and code."""
        return self.level, self.code

    @property
    def level_words(self) -> str:
        """Its level as people say it."""
        return LEVELS[self.level].singular


@dataclass(frozen=True)
class SitePlaces:
    """`home`: what the site is about; `within`: all organisations in it that have pages, level by
    level, each by name; `england`: beside which figures stand; `headlines`: places within it whose
    headline figures the first page shows too; `contact`: e-mail or web address of whoever
    publishes the site, for questions and corrections; None if they gave none."""

    home: SitePlace
    within: tuple[SitePlace, ...]
    england: SitePlace
    headlines: tuple[SitePlace, ...] = ()
    contact: str | None = None

    def at(self, level: str) -> list[SitePlace]:
        """Those of one level."""
        return [place for place in self.within if place.level == level]

    @property
    def every(self) -> tuple[SitePlace, ...]:
        """Home, and all within it."""
        return (self.home, *self.paged)

    @property
    def paged(self) -> tuple[SitePlace, ...]:
        """All that have a page of their own."""
        known = {one.key for one in self.within}
        return (*(one for one in self.headlines if one.key not in known), *self.within)

    def named(self, level: str, code: str | None) -> SitePlace | None:
        """A place with a page of its own; None if there is none."""
        return self._by_key.get((level, code or ""))

    def namesakes(self, place: SitePlace) -> tuple[SitePlace, ...]:
        """Places of another kind with a page of their own and the same name, such as the local
        authority of a city and its sub-ICB."""
        return tuple(
            one for one in self.paged if one.name == place.name and one.level != place.level
        )

    def title_of(self, place: SitePlace) -> str:
        """The name of a place, with its kind where a namesake has a page too."""
        return f"{place.name} ({place.level_words})" if self.namesakes(place) else place.name

    @property
    def names(self) -> dict[tuple[str, str], str]:
        """Level and code -> name, of home and all within it."""
        return {one.key: one.name for one in self.every}

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], SitePlace]:
        return {one.key: one for one in self.paged}


def place_named(
    db: Connection, text: str, settings: Settings, levels: Iterable[str] = HOME_LEVELS
) -> SitePlaces:
    """The place with this code or name, as in `search.organisation_named`, with what belongs to it.
    Raises NoMatch with similar ones."""
    found = organisation_named(db, text, settings.headlines, levels)
    level, code = found["org_level"], found["org_code"]
    places = read_places(db, level, code, name_shown(found), settings.headlines)
    return replace(places, contact=settings.contact)


def home_place(db: Connection, settings: Settings) -> SitePlaces:
    """The ICB of the settings."""
    return place_named(db, settings.place, settings, ("icb",))


def read_places(
    db: Connection,
    level: str,
    code: str,
    name: str | None = None,
    headlines: Iterable[HeadlinePlace] = (),
) -> SitePlaces:
    """The place `level, code`, under `name` if one is given, with what belongs to it now.
    `headlines`: places of which those within it are shown on the first page. `db` has the mart as
    its current database."""
    home = _read(db, "o.org_level = $level AND o.org_code = $code", level=level, code=code)[0]
    if name:
        home = replace(home, name=name)
    beside = tuple(_headlines(db, home, headlines))
    return SitePlaces(home, tuple(_within(db, level, code)), _england(db), beside)


def _headlines(
    db: Connection, home: SitePlace, chosen: Iterable[HeadlinePlace]
) -> Iterable[SitePlace]:
    for one in chosen:
        where = "o.org_level = $level AND o.org_code = $code"
        for place in _read(db, where, level=one.level, code=one.code):
            if place.parents.get(home.level) == home.code and place.key != home.key:
                yield replace(place, name=one.name or place.name)


def _within(db: Connection, level: str, code: str) -> Iterable[SitePlace]:
    column = KEY_COLUMNS.get(level)
    for lower in WITHIN:
        if column and lower != level:
            yield from _read(
                db, f"o.org_level = $level AND o.{column} = $code", level=lower, code=code
            )


def _england(db: Connection) -> SitePlace:
    found = _read(db, "o.org_level = 'england' AND o.org_code = $code", code=ENGLAND)
    return found[0] if found else SitePlace("england", ENGLAND, "England", "England", {})


def _name(row: Mapping[str, Any]) -> str:
    """A place's short name; that of the dated reference where files write it in capitals."""
    name = str(row["short_name"] or row["org_name"] or row["org_code"])
    official = _official().get((row["org_level"], row["org_code"])) if name.isupper() else None
    return shortened(official) if official else name


@cache
def _official() -> dict[tuple[str, str], str]:
    """Level and code -> the newest name in the dated reference."""
    named = reference().sort("valid_from").select("org_level", "org_code", "org_name")
    return {(level, code): name for level, code, name in named.iter_rows()}


def _read(db: Connection, where: str, **given: object) -> list[SitePlace]:
    found = rows(
        db,
        f"""SELECT o.* FROM organisation_current AS o
            WHERE {where} AND o.closed_on IS NULL
            ORDER BY coalesce(o.short_name, o.org_name, o.org_code), o.org_code""",
        **given,
    )
    return [
        SitePlace(
            row["org_level"],
            row["org_code"],
            _name(row),
            row["org_name"] or row["org_code"],
            {name: row[column] for name, column in KEY_COLUMNS.items() if row.get(column)},
            row["special_service"],
        )
        for row in found
    ]
