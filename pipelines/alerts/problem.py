"""A problem that needs a person, and the state of a home and its mart that problems refer to.

Does not: finding problems (`publisher_problems`, `housekeeping_alerts`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.months import day_words
from warehouse.base.sql import open_mart
from warehouse.contract.release_calendar import TIMEZONE
from warehouse.fetch.lookups import Lookup, lookups

LONDON = ZoneInfo(TIMEZONE)
SHOWN = 3  # feeds named in a message


@dataclass(frozen=True)
class Problem:
    """Something that needs a person.

    `key`: kind and subject, the same while the problem exists. `what` failed, `since` when, what
    analysts `still_see`, and what `to_do`. `alert_from`: no message before, because the problem may
    resolve by itself; None to alert at once.
    """

    key: str
    title: str
    what: str
    since: datetime
    still_see: str
    to_do: str
    alert_from: datetime | None = None


def begin_with(names: Sequence[str]) -> str:
    """The first few of many names, how many more there are, and where they are listed."""
    more = len(names) - SHOWN
    rest = f" and {more:,} more (access-recovery status lists them)" if more > 0 else ""
    return ", ".join(names[:SHOWN]) + rest


def moment(at: datetime) -> str:
    """Format a time in London: `27 Nov 2025, 09:35`."""
    local = at.astimezone(LONDON)
    return f"{day_words(local)}, {local:%H:%M}"


def day(at: datetime) -> str:
    """Format a time's day in London: `27 Nov 2025`."""
    return moment(at).partition(",")[0]


@dataclass(frozen=True)
class PublishedMart:
    """The published mart and the newest edition of each feed in it. `published_at` is None if no
    mart is published."""

    published_at: datetime | None
    newest: dict[str, str]
    synthetic: bool = False

    @property
    def mart(self) -> str:
        """Describe what analysts see of all feeds; of many the first few, newest editions first."""
        if self.published_at is None:
            return "no mart is published yet"
        if len(self.newest) > SHOWN and len(set(self.newest.values())) > 1:
            ordered = sorted(sorted(self.newest.items()), key=lambda one: one[1], reverse=True)
            named = begin_with([f"{feed} {edition}" for feed, edition in ordered])
            return f"{self._named}, with {len(ordered)} feeds: {named}"
        by_edition: dict[str, list[str]] = {}
        for feed, edition in sorted(self.newest.items()):
            by_edition.setdefault(edition, []).append(feed)
        editions = [
            f"{edition} ({', '.join(feeds)})" if len(by_edition) > 1 else edition
            for edition, feeds in sorted(by_edition.items())
        ]
        return f"{self._named}, with editions up to {', '.join(editions)}"

    def of(self, feed: str) -> str:
        """Describe what analysts see of one feed."""
        if self.published_at is None:
            return "no mart is published yet"
        edition = self.newest.get(feed)
        part = f"{feed} up to edition {edition}" if edition else f"no edition of {feed}"
        return f"{part}, in {self._named}"

    @property
    def _named(self) -> str:
        invented = " of SYNTHETIC sample data" if self.synthetic else ""
        return f"the mart of {day(self.published_at)}{invented}" if self.published_at else ""


NOTHING = PublishedMart(None, {})


def published_summary(home: Home) -> PublishedMart:
    """Return what analysts see now, as recorded in the published mart."""
    if not home.has_mart:
        return NOTHING
    try:
        with open_mart(home.mart) as db:
            row = db.execute(
                """SELECT published_at, newest_editions, synthetic FROM mart.governance.publication
                   ORDER BY published_at DESC, rowid DESC LIMIT 1"""
            ).fetchone()
    except duckdb.Error:
        row = None
    if row is None:
        return NOTHING
    return PublishedMart(row[0].replace(tzinfo=UTC), json.loads(row[1]), bool(row[2]))


@dataclass(frozen=True)
class HomeState:
    """The state of a home at one time. `everything`: all archived files; `active`: those that may
    be in the mart; `lookups`: the journal of lookups, oldest first; `seen`: what analysts see."""

    home: Home
    now: datetime
    everything: list[SourceFile]
    active: list[SourceFile]
    lookups: list[Lookup]
    seen: PublishedMart


def home_state(home: Home, now: datetime) -> HomeState:
    """Return the state of a home. Raises ValueError naming a file that can't be read."""
    archive = Archive(home)
    return HomeState(
        home, now, archive.files(), archive.active_files(), lookups(home), published_summary(home)
    )
