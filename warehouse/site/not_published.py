"""Which figures a place does not have, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from warehouse.base.text import and_list
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.disclosure import NEVER, ON_REQUEST, controlled
from warehouse.reference.levels import LEVELS, all_of
from warehouse.site.place_queries import kpis_with_figures, levels_of_kpis
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_places import SitePlace
from warehouse.statistics.sentences import ABSENT, WITHHELD

SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class NotPublished:
    """Why some figures of a place are not there: figures by what is said of them."""

    figures: SiteFigures

    @cached_property
    def _levels(self) -> Mapping[str, frozenset[str]]:
        return levels_of_kpis(self.figures.db)

    @cached_property
    def _anywhere(self) -> frozenset[str]:
        return kpis_with_figures(self.figures.db)

    def of(self, place: SitePlace, has: Collection[str]) -> dict[str, list[str]]:
        """Reason -> titles of KPIs. `has`: KPIs of which the place has a figure."""
        found: dict[str, list[str]] = {}
        for kpi_id, kpi in self.figures.kpis.items():
            if kpi_id not in has:
                found.setdefault(self.why(kpi_id, place), []).append(kpi["title"])
        return dict(sorted(found.items(), key=lambda one: -len(one[1])))

    def elsewhere(
        self, place: SitePlace, has: Collection[str]
    ) -> dict[str, list[tuple[SitePlace, int]]]:
        """Reason -> namesakes of the place that have some of the figures which it does not have,
        each with how many."""
        found: dict[str, list[tuple[SitePlace, int]]] = {}
        for other in self.figures.places.namesakes(place):
            told: dict[str, int] = {}
            for kpi_id in self.figures.kpis:
                if kpi_id not in has and self.figures.has_figures(kpi_id, other):
                    why = self.why(kpi_id, place)
                    told[why] = told.get(why, 0) + 1
            for why, number in told.items():
                found.setdefault(why, []).append((other, number))
        return found

    def why(self, kpi_id: str, place: SitePlace) -> str:
        """Why a place has no figure of a KPI, as the beginning of a list of such KPIs."""
        if kpi_id not in self._anywhere:
            return "No figure of any place yet"
        levels = self._levels.get(kpi_id, frozenset())
        if place.level not in levels:
            named = [all_of(level) for level in LEVELS if level in levels]
            return f"Published for {and_list(named) or 'no place'} only"
        if self._is_withheld(kpi_id, place.level):
            of = LEVELS[place.level].plural
            return f"Returns that the ICB makes itself: figures of single {of} are not published"
        series = self.figures.series(kpi_id, place)
        if not series:
            return f"The publications name no figure of this {place.level_words}"
        if any(row["status"] == SUPPRESSED for row in series):
            return f"Withheld: {WITHHELD.removeprefix('it is withheld, ')}"
        newest = series[-1]
        why = newest["status_reason"] or ABSENT.get(newest["status"], "it is not available")
        return f"No figure: {why}"

    def _is_withheld(self, kpi_id: str, level: str) -> bool:
        if level not in (NEVER, ON_REQUEST):
            return False
        shown = str(self.figures.publication["disclosure"]).startswith("practices too")
        if level == ON_REQUEST and shown:
            return False
        sources = [one for one in catalogue()[kpi_id].sources if level in one.levels]
        return any(controlled(one) for one in sources or catalogue()[kpi_id].sources)
