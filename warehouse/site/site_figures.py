"""Figures of the site's places, read once: series with their control charts, and the facts of
sentences. All SQL of pages about figures is here or in modules named `*_queries`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from warehouse.base.months import day_words
from warehouse.base.sql import Connection, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import facts_of
from warehouse.site.reader_words import titled
from warehouse.site.site_places import SitePlace, SitePlaces
from warehouse.statistics.sentences import SentenceFacts

Row = dict[str, Any]
Read = TypeVar("Read")
Key = tuple[str, str, str]  # KPI, level, code
KEYS = ("kpi_id", "org_level", "org_code")
# A row per KPI, place and period; what `kpi_spc` and `kpi_comparison` say of it beside.
_SERIES = """
    SELECT p.kpi_id, p.org_level, p.org_code, p.month, p.period_label, p.value, p.numerator,
           p.denominator, p.year_on_year_change, p.year_on_year_ratio, p.edition, p.status,
           p.status_reason, s.basis, s.value AS charted_value, s.mean, s.lower_limit, s.upper_limit,
           s.baseline, s.baseline_from, s.baseline_because, s.points_in_baseline, s.limits,
           s.baseline_signals, s.signal, s.not_judged_because, s.direction, s.variation,
           s.target, s.assurance, c.england_value, c.icb_value, c.sub_icb_value,
           c.median, c.p10, c.p90, c.peer_group, c.peer_median, c.rank,
           c.ranked_of, c.not_ranked_because, c.funnel
    FROM kpi_period AS p
    LEFT JOIN kpi_spc AS s USING (kpi_id, org_level, org_code, month)
    LEFT JOIN kpi_comparison AS c USING (kpi_id, org_level, org_code, month)
    WHERE (p.org_level, p.org_code) IN (SELECT (level, code) FROM asked)
    ORDER BY p.kpi_id, p.org_level, p.org_code, p.month"""


@dataclass(frozen=True)
class SiteFigures:
    """Figures of all places of a site, from a mart that `db` has as its current database."""

    db: Connection
    places: SitePlaces
    _facts: dict[Key, SentenceFacts] = field(default_factory=dict)
    _once: dict[str, Any] = field(default_factory=dict)

    def once(self, read: Callable[[SiteFigures], Read]) -> Read:
        """What `read` reads of these figures: for pages that show the same, read once."""
        name = f"{read.__module__}.{read.__qualname__}"
        if name not in self._once:
            self._once[name] = read(self)
        found: Read = self._once[name]
        return found

    @cached_property
    def kpis(self) -> dict[str, Row]:
        """KPI id -> its row of the mart's table `kpi`, in the catalogue's order."""
        found = {row["kpi_id"]: row for row in rows(self.db, "SELECT * FROM kpi")}
        return {kpi_id: found[kpi_id] for kpi_id in catalogue() if kpi_id in found}

    @cached_property
    def publication(self) -> Row:
        """The newest publication: `published_at, run_id, fingerprint, synthetic` and the rest."""
        sql = "SELECT * FROM governance.publication ORDER BY published_at DESC LIMIT 1"
        return rows(self.db, sql)[0]

    @cached_property
    def feeds(self) -> dict[str, Row]:
        """Feed -> its row of `governance.feed`."""
        return {row["feed"]: row for row in rows(self.db, "SELECT * FROM governance.feed")}

    @cached_property
    def _periods(self) -> pl.DataFrame:
        """A row per KPI, place and period, with the columns of `_SERIES`, in their order."""
        asked = [*self.places.every, self.places.england]
        frame = pl.DataFrame(
            {"level": [one.level for one in asked], "code": [one.code for one in asked]}
        )
        self.db.register("asked", frame)
        try:
            found: pl.DataFrame = self.db.sql(_SERIES).pl()
            return found
        finally:
            self.db.unregister("asked")

    @cached_property
    def _series(self) -> dict[Key, pl.DataFrame]:
        parts = self._periods.partition_by(KEYS, as_dict=True, maintain_order=True)
        return {
            (str(kpi), str(level), str(code)): part for (kpi, level, code), part in parts.items()
        }

    def series(self, kpi_id: str, place: SitePlace) -> list[Row]:
        """The periods of a KPI and place, oldest first, with the columns of `_SERIES`; none where
        the mart has no figure."""
        found = self._series.get((kpi_id, *place.key))
        return [] if found is None else found.to_dicts()

    def has_figures(self, kpi_id: str, place: SitePlace) -> bool:
        """Whether the mart has a value of a KPI and place."""
        return (kpi_id, *place.key) in self._newest

    def newest(self, kpi_id: str, place: SitePlace) -> Row | None:
        """The newest period of a KPI and place that has a value."""
        return self._newest.get((kpi_id, *place.key))

    @cached_property
    def _newest(self) -> dict[Key, Row]:
        # Of all series at once: there are 15,000, and a filter of each takes longer than all else.
        known = self._periods.filter(pl.col("value").is_not_null())
        newest = known.unique(KEYS, keep="last", maintain_order=True)
        return {
            (row["kpi_id"], row["org_level"], row["org_code"]): row
            for row in newest.iter_rows(named=True)
        }

    def read_facts(self, places: Iterable[SitePlace]) -> None:
        """Read the facts of the newest figure of every KPI of these places, in one query."""
        asked = [
            (kpi, *place.key, newest["month"])
            for place in places
            for kpi in self.kpis
            if (kpi, *place.key) not in self._facts and (newest := self.newest(kpi, place))
        ]
        if not asked:
            return
        names = ["kpi_id", "org_level", "org_code", "month"]
        types = dict.fromkeys(names[:3], pl.String) | {"month": pl.Date}
        self.db.register("asked_facts", pl.DataFrame(asked, schema=types, orient="row"))
        try:
            sql = f"SELECT {', '.join(names)} FROM asked_facts"
            shown = {place.key: place.name for place in [*self.places.every, self.places.england]}
            for row, facts in facts_of(self.db, catalogue(), sql):
                key = (row["kpi_id"], row["org_level"], row["org_code"])
                place = shown.get(key[1:], facts.place)
                caveat = facts.caveat and titled(facts.caveat, {row["org_code"]: place})
                self._facts[key] = replace(facts, place=place, caveat=caveat)
        finally:
            self.db.unregister("asked_facts")

    def facts(self, kpi_id: str, place: SitePlace) -> SentenceFacts | None:
        """The facts of the newest figure of a KPI and place; None where there is none."""
        if (kpi_id, *place.key) not in self._facts and self.has_figures(kpi_id, place):
            self.read_facts([place])
        return self._facts.get((kpi_id, *place.key))

    @cached_property
    def _retrieved(self) -> dict[tuple[str, str], date]:
        sql = """SELECT feed, edition, max(retrieved_at)::DATE AS day FROM governance.source_file
                 WHERE in_mart GROUP BY ALL"""
        return {(row["feed"], row["edition"]): row["day"] for row in rows(self.db, sql)}

    def source_of(self, kpi_id: str, edition: str | None) -> str:
        """Publisher, publication, edition and day of retrieval of a figure."""
        feed = self.feeds.get(self.kpis[kpi_id]["feed"])
        if feed is None:
            return ""
        day = self._retrieved.get((feed["feed"], edition or ""))
        retrieved = f", retrieved on {day_words(day)}" if day else ""
        edition_words = f", edition {edition}" if edition else ""
        return f"{feed['publisher']}, {feed['title']}{edition_words}{retrieved}"

    @property
    def as_at(self) -> date:
        """The day of the publication: what pages call today, so that a mart has but one site."""
        published: date = self.publication["published_at"].date()
        return published
