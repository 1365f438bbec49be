"""The figures of a place beside those of others: of its sub-ICB, ICB and England, and the range of
comparable places. No ranks: a page of a practice is no league table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from warehouse.base.number_format import value_text
from warehouse.reference.levels import LEVELS
from warehouse.site.figure_line import FigureLine, figure_line
from warehouse.site.range_strip import RangeStrip, range_strip
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_places import SitePlace
from warehouse.statistics.sentences import COUNTED

Row = dict[str, Any]
PRACTICE = "practice"
SIZES = (*COUNTED, "pounds", "rate_per_working_day")  # they say how large a place is
CONTEXT = "imd_"  # how KPIs begin of who the patients are, which no practice brought about
# Theme -> the theme that it repeats from another publication.
REPEATS = {"appointments_annex1": "appointments"}
# Column of a series -> whose value it is.
ABOVE = {"sub_icb_value": "its sub-ICB", "icb_value": "its ICB", "england_value": "England"}
LIMITS = {"0.025": "95%", "0.001": "99.8%"}


@dataclass(frozen=True)
class PlaceRow:
    """A figure and what stands beside it. `above`: (whose, value) of places above; `strip` and
    `range_words`: comparable places; `peers`: the median of similar practices; `within`: the
    range of the practices in it; `position`: whether chance explains that it is not the average;
    `repeats`: the same figure stands on the page from another publication."""

    line: FigureLine
    above: tuple[tuple[str, str], ...] = ()
    strip: RangeStrip | None = None
    range_words: str = ""
    peers: str = ""
    within: str = ""
    position: str = ""
    funnel: str | None = None
    repeats: bool = False


@dataclass(frozen=True)
class PlaceRows:
    """Rows of all places of a site, from figures read once."""

    figures: SiteFigures

    @cached_property
    def _newest(self) -> dict[tuple[str, str], dict[str, Row]]:
        """Level and code -> KPI -> its newest period with a value."""
        return {
            place.key: {
                kpi_id: row
                for kpi_id in self.figures.kpis
                if (row := self.figures.newest(kpi_id, place))
            }
            for place in self.figures.places.every
        }

    def newest(self, kpi_id: str, place: SitePlace) -> Row | None:
        """The newest period with a value of a KPI and place."""
        return self._newest[place.key].get(kpi_id)

    def is_charted(self, place: SitePlace) -> bool:
        """Whether any of its newest figures has a control chart in the mart."""
        return any(row["basis"] is not None for row in self._newest[place.key].values())

    def of(self, place: SitePlace) -> list[PlaceRow]:
        """A row per KPI of which the place has a figure, in the catalogue's order."""
        found = []
        for kpi_id, newest in self._newest[place.key].items():
            if line := figure_line(self.figures, kpi_id, place):
                row = self._row(line, newest, place)
                found.append(replace(row, repeats=self._is_repeated(kpi_id, place)))
        return found

    def _theme(self, kpi_id: str) -> str:
        return str(self.figures.kpis[kpi_id]["theme"])

    def _is_repeated(self, kpi_id: str, place: SitePlace) -> bool:
        first = REPEATS.get(self._theme(kpi_id))
        return first is not None and any(
            first == self._theme(one) for one in self._newest[place.key]
        )

    def _row(self, line: FigureLine, newest: Row, place: SitePlace) -> PlaceRow:
        unit = self.figures.kpis[line.kpi_id]["unit"]
        if unit in SIZES:
            return PlaceRow(line)
        within = self._within(line.kpi_id, newest, place, unit)
        if place.special:
            return PlaceRow(line, within=within)
        above = tuple(
            (name, value_text(newest[column], unit))
            for column, name in ABOVE.items()
            if newest[column] is not None
        )
        funnel = None if line.kpi_id.startswith(CONTEXT) else newest["funnel"]
        return PlaceRow(
            line,
            above,
            _strip(newest),
            _range_words(newest, place, unit),
            _peers(newest, unit),
            within,
            position_words(funnel),
            funnel,
        )

    def _within(self, kpi_id: str, newest: Row, place: SitePlace, unit: str) -> str:
        """The least and the largest figure of the practices in a place, and how many there are."""
        if place.level == PRACTICE:
            return ""
        values = [
            row["value"]
            for one in self.practices(place)
            if not one.special
            and (row := self.newest(kpi_id, one))
            and row["month"] == newest["month"]
        ]
        if len(values) < 2:
            return ""
        least, most = (value_text(one, unit) for one in (min(values), max(values)))
        return f"{least} to {most} ({len(values)} practices)"

    def peer_group(self, place: SitePlace) -> str | None:
        """The practices most similar to a practice, in words."""
        if place.level != PRACTICE or place.special:
            return None
        return next(
            (row["peer_group"] for row in self._newest[place.key].values() if row["peer_group"]),
            None,
        )

    def practices(self, place: SitePlace) -> list[SitePlace]:
        """The practices in a place, by name."""
        every = self.figures.places.at(PRACTICE)
        if place.key == self.figures.places.home.key:
            return every
        return [one for one in every if one.parents.get(place.level) == place.code]


def position_words(funnel: str | None) -> str:
    """A funnel's class in words; nothing where there is none."""
    if funnel is None:
        return ""
    way, _, beyond = funnel.partition("_")
    if not beyond:
        return "within what chance explains"
    return (
        f"{'higher' if way == 'high' else 'lower'} than chance explains ({LIMITS[beyond]} limits)"
    )


def outside(rows: Iterable[PlaceRow]) -> tuple[int, list[str]]:
    """How many figures are compared with an average, each once, and the titles of those that are
    outside its limits."""
    compared = [row for row in rows if row.funnel and not row.repeats]
    return len(compared), [row.line.title for row in compared if row.funnel != "within"]


def _strip(row: Row) -> RangeStrip | None:
    if row["p10"] is None:
        return None
    return range_strip(row["value"], row["p10"], row["median"], row["p90"])


def _range_words(row: Row, place: SitePlace, unit: str) -> str:
    if row["p10"] is None:
        return ""
    p10, median, p90 = (value_text(row[name], unit) for name in ("p10", "median", "p90"))
    return f"8 in 10 {LEVELS[place.level].plural}: {p10} to {p90}, median {median}"


def _peers(row: Row, unit: str) -> str:
    if row["peer_median"] is None or not row["peer_group"]:
        return ""
    return value_text(row["peer_median"], unit)
