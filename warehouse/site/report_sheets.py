"""The tables of the report that people take to meetings, as sheets of one workbook: newest headline
figures, the figures of every place, Compare, what was revised, sources. They are those of the
pages. Not here: cells and formats (`outputs.excel_book`), the file (`report_workbook`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from warehouse.outputs.excel_book import FigureSheet
from warehouse.outputs.summary_sheet import summary_sheet
from warehouse.site.compare_page import ComparedKpi
from warehouse.site.figure_line import figure_line, theme_title
from warehouse.site.place_rows import PlaceRow
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import COMPARE, INDEX
from warehouse.site.site_places import SitePlace

Row = dict[str, Any]
Entry = tuple[Mapping[str, str], PageTable]
SYNTHETIC = "SYNTHETIC sample data: every figure is invented. "
NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?(%?)")
# Marks in place of a number -> the status that says why there is none.
ABSENT = {"": "not_applicable", "-": "not_applicable", "[x]": "not_available"}
# How the names of charts of Compare begin -> sheet, what it has.
COMPARED = {
    "rank-": ("Among others", "Where the place is among all of its kind, and how they are spread"),
    "funnel-": ("Sub-ICBs", "Its sub-ICBs among all of England"),
    "deprivation-": ("By deprivation", "Figures by fifths of deprivation"),
}
# What a sheet of places has: column -> heading.
OF_PLACES = {
    "place": "Place",
    "kind": "Kind of place",
    "code": "Code",
    "network": "Network",
    "sub_icb": "Sub-ICB",
    "theme": "Theme",
    "kpi": "KPI",
    "period": "Period",
    "value": "Value",
    "status": "Status",
    "change": "Change on the year",
    "judgement": "Signal or noise",
    "among": "Comparable places",
    "position": "Beside their average",
}
WIDE = {"KPI": 34, "kpi": 34, "Finding": 60, "Meaning": 60, "Source": 80, "among": 40}


def report_sheets(figures: SiteFigures, pages: Sequence[SitePage]) -> list[FigureSheet]:
    """The sheets, those without rows left out. `pages`: of the report, of which they are."""
    places = figures.places
    shown = [places.home.key, *(one.key for one in places.headlines)]
    [compared] = [one.content["compared"] for one in pages if one.path == COMPARE] or [[]]
    [revised] = [one.content["revised"] for one in pages if one.path == INDEX]
    found = [
        summary_sheet(figures.db, shown),
        places_sheet(figures, pages),
        *_of_compare(compared),
        stacked("Revised", "What the newest editions revised", [({}, revised)] if revised else []),
        _sources(figures),
    ]
    mark = SYNTHETIC if figures.publication["synthetic"] else ""
    return [replace(one, title=mark + one.title) for one in found if one and one.rows.height]


def places_sheet(figures: SiteFigures, pages: Iterable[SitePage]) -> FigureSheet:
    """A row per place and KPI, as the pages of places show them, the home place first."""
    home = figures.places.home
    own = [row for kpi_id in figures.kpis if (row := figure_line(figures, kpi_id, home))]
    shown = [(home, PlaceRow(line)) for line in own]
    shown += [
        (page.content["subject"], row)
        for page in pages
        if page.template == "place.html.j2"
        for theme in page.content["themes"]
        for row in theme.rows
    ]
    found = [_of_place(figures, place, row) for place, row in shown]
    schema = dict.fromkeys((*OF_PLACES, "unit"), pl.String) | {"value": pl.Float64}
    return FigureSheet(
        "Places",
        f"The newest figures of {home.name} and of all places in it; none is ranked",
        pl.DataFrame(found, schema=schema),
        units={"value": "unit"},
        headings=OF_PLACES,
        hidden={"unit"},
        texts=WIDE,
        stay=1,
    )


def _of_place(figures: SiteFigures, place: SitePlace, row: PlaceRow) -> Row:
    line, kpi = row.line, figures.kpis[row.line.kpi_id]
    newest = figures.newest(line.kpi_id, place) or {}
    return {
        "place": figures.places.title_of(place),
        "kind": place.level_words,
        "code": place.code,
        "network": _within(figures, place, "pcn"),
        "sub_icb": _within(figures, place, "sub_icb"),
        "theme": theme_title(kpi["theme"]),
        "kpi": line.title,
        "period": line.period,
        "value": newest.get("value"),
        "unit": kpi["unit"],
        "status": line.status,
        "change": line.change,
        "judgement": line.tag[2],
        "among": row.range_words,
        "position": row.position,
    }


def _within(figures: SiteFigures, place: SitePlace, level: str) -> str:
    around = figures.places.named(level, place.parents.get(level))
    return around.name if around and around.key != place.key else ""


def _of_compare(compared: Sequence[ComparedKpi]) -> Iterator[FigureSheet]:
    for begins, (name, title) in COMPARED.items():
        entries = [
            ({"KPI": one.title, "Finding": chart.title}, chart.table)
            for one in compared
            for chart in one.charts
            if chart.name.startswith(begins)
        ]
        yield stacked(name, title, entries)
    gaps = [({"KPI": one.title}, one.gaps) for one in compared if one.gaps]
    yield stacked("Gaps", "Gaps between the most and the least deprived", gaps)


def stacked(name: str, title: str, entries: Sequence[Entry]) -> FigureSheet:
    """Tables of pages one below the other, each row beginning with its lead cells (heading ->
    text). A column in which a page shows numbers alone has numbers, as the page rounds them."""
    found = [
        {**lead, **dict(zip(table.headings, cells, strict=True))}
        for lead, table in entries
        for cells in table.cells
    ]
    headings = list(dict.fromkeys(heading for row in found for heading in row))
    columns: dict[str, list[Any]] = {}
    units: dict[str, str] = {}
    statuses: dict[str, str] = {}
    for heading in headings:
        texts = [row.get(heading, "") for row in found]
        if (numbers := as_numbers(texts)) is None:
            columns[heading] = texts
            continue
        units[heading], statuses[heading] = f"{heading} unit", f"{heading} status"
        columns[heading] = [value for value, _ in numbers]
        columns[units[heading]] = [unit for _, unit in numbers]
        columns[statuses[heading]] = [ABSENT.get(text, "final") for text in texts]
    hidden = {*units.values(), *statuses.values()}
    rows = pl.DataFrame(columns)
    return FigureSheet(name, title, rows, units, {}, statuses, hidden, WIDE)


def as_numbers(texts: Sequence[str]) -> list[tuple[float | None, str]] | None:
    """Cells of a page as numbers with the unit that writes them the same way; None unless each is a
    number or a mark of a missing one, and any is a number."""
    found: list[tuple[float | None, str]] = []
    for text in texts:
        if text in ABSENT:
            found.append((None, "events"))
        elif number := NUMBER.fullmatch(text):
            value = float(text.rstrip("%").replace(",", ""))
            decimals = "fte" if number[1] else "events"
            found.append((value / 100, "share") if number[2] else (value, decimals))
        else:
            return None
    return found if any(value is not None for value, _ in found) else None


def _sources(figures: SiteFigures) -> FigureSheet:
    found = []
    for kpi_id, kpi in figures.kpis.items():
        newest = figures.newest(kpi_id, figures.places.home)
        if newest and (feed := figures.feeds.get(kpi["feed"])):
            source = figures.source_of(kpi_id, newest["edition"])
            found.append([kpi["title"], source, feed["licence"], feed["landing_page"]])
    columns = ("KPI", "Source", "Licence", "Publisher's page")
    rows = pl.DataFrame(found, schema=dict.fromkeys(columns, pl.String), orient="row")
    home = figures.places.home.name
    return FigureSheet("Sources", f"Sources of the newest figures of {home}", rows, texts=WIDE)
