"""A page before it is laid out, and the charts on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.site.site_paths import chart_file


@dataclass(frozen=True)
class PageTable:
    """A table as a reader sees it: a heading per column, cells as texts. `numeric`: positions of
    columns that are aligned to the right; `links`: (row, column) -> address within the site;
    `stacked`: on a telephone each row stands as a list, as there are too many columns side by
    side."""

    caption: str
    headings: Sequence[str]
    cells: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    stacked: bool = False


@dataclass(frozen=True)
class KeyEntry:
    """A sign of a chart and what it means. `shape`: of a point (Vega's names), `line`, `bar`, or
    `upright` for a line across the chart; `dash`: lengths of a dashed line's parts and gaps."""

    shape: str
    colour: str
    words: str
    stroke: str = "none"
    dash: Sequence[int] = ()


@dataclass(frozen=True)
class ChartFiles:
    """Addresses of a chart's files within the site; None for one that it does not have."""

    svg: str
    csv: str
    narrow: str | None
    png: str | None


@dataclass(frozen=True)
class Chart:
    """A picture that says something. `name`: of its files in `charts/`; `title`: its finding;
    `alternative`: the same for people who do not see it; `spec` and `narrow`: what is drawn
    (Vega-Lite), for wide screens and for telephones; `table`: all that it shows; `source`: feed,
    edition and day of retrieval; `key`: what its signs mean; `notes`: what to know about it."""

    name: str
    title: str
    alternative: str
    spec: Mapping[str, Any]
    table: PageTable
    source: str
    narrow: Mapping[str, Any] | None = None
    picture: bool = False  # a PNG to download beside the SVG
    key: Sequence[KeyEntry] = ()
    notes: Sequence[str] = ()

    @property
    def files(self) -> ChartFiles:
        """Its files: which it has, and where."""
        return ChartFiles(
            chart_file(self.name),
            chart_file(self.name, kind="csv"),
            chart_file(self.name, "narrow") if self.narrow else None,
            chart_file(self.name, kind="png") if self.picture else None,
        )


@dataclass(frozen=True)
class SitePage:
    """A page to lay out. `path`: within the site; `template`: file in `templates/`; `title`: its
    heading; `content`: what the template shows; `charts`: those it refers to; `parts`: (anchor,
    heading) of its contents list; `trail`: (address, title) of the pages above it."""

    path: str
    template: str
    title: str
    content: Mapping[str, Any]
    charts: Sequence[Chart] = ()
    parts: Sequence[tuple[str, str]] = ()
    trail: Sequence[tuple[str, str]] = ()
