"""Lays pages out: templates, and what is on every page. All that comes from a file is escaped."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from warehouse.archive.decisions import over_because
from warehouse.base.months import day_words, moment_words
from warehouse.base.number_format import limit, revision_texts, value_text
from warehouse.base.web import contact_link
from warehouse.outputs.headline import beside_value, headline_value
from warehouse.reference.levels import LEVELS
from warehouse.site.reader_words import titled
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import (
    BOARD_PAPER,
    CLAIMS,
    COMPARE,
    COUNCIL_PAPER,
    INDEX,
    KPIS,
    PLACES,
    PLAN,
    TRUST,
    up_from,
)
from warehouse.site.site_places import SitePlace

# Addresses and titles of the bar on top of each page: of those that the site has.
SECTIONS = (
    (INDEX, "Overview"),
    (KPIS, "All figures"),
    (PLACES, "Places"),
    (COMPARE, "Compare"),
    (PLAN, "Plan"),
    (CLAIMS, "Claims"),
    (TRUST, "Trust"),
)
PAPERS = ((BOARD_PAPER, "Board paper"), (COUNCIL_PAPER, "Council paper"))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell for a formula


@dataclass(frozen=True)
class Frame:
    """What is on every page of a set: its `name`, its `first` page, the `sections` of the bar on
    top and the `papers` below (address, title), the publication that it is made from (its row), and
    the paths of its `pages`, so that no link leads nowhere. `place`: what a report is about;
    `contact`: e-mail or web address of its publisher."""

    name: str
    first: str
    sections: Sequence[tuple[str, str]]
    publication: Mapping[str, Any]
    pages: Collection[str] = ()
    papers: Sequence[tuple[str, str]] = ()
    place: SitePlace | None = None
    contact: str | None = None


def lay_out(page: SitePage, figures: SiteFigures, pages: Collection[str]) -> bytes:
    """A page of the report as HTML. `pages`: paths of the report's pages."""
    home = figures.places.home
    frame = Frame(
        f"Access to general practice in {home.name}",
        INDEX,
        [one for one in SECTIONS if one[0] in pages],
        figures.publication,
        pages,
        [one for one in PAPERS if one[0] in pages],
        home,
        figures.places.contact,
    )
    return laid_out(page, frame)


def laid_out(page: SitePage, frame: Frame) -> bytes:
    """A page as HTML. Raises jinja2.UndefinedError where a template wants what a page lacks."""
    template = _environment().get_template(page.template)
    text = template.render(
        page=page,
        up=up_from(page.path),
        frame=frame,
        place=frame.place,
        publication=frame.publication,
        pages=frame.pages,
        sections=frame.sections,
        **page.content,
    )
    return text.encode()


def table_as_csv(table: PageTable, source: str, synthetic: bool) -> bytes:
    """A table as a file for spreadsheets, with where it is from in its last row. A cell that a
    spreadsheet would take for a formula begins with an apostrophe; numbers stay."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if synthetic:
        writer.writerow(["SYNTHETIC sample data: every figure is invented"])
    writer.writerow(map(_harmless, table.headings))
    writer.writerows([_harmless(cell) for cell in row] for row in table.cells)
    writer.writerow([f"Source: {source}"])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    number = cell.strip("%+-£,. ").replace(",", "").replace(".", "")
    if cell.startswith(DANGEROUS) and cell != "-" and not number.removesuffix(" pp").isdigit():
        return f"'{cell}"
    return cell


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"day": day_words, "moment": moment_words}
    filters |= {
        "month": lambda month: f"{month:%b %Y}",
        "number": limit,
        "figure": lambda value, unit: value_text(value, unit, 2),
        "headline_value": headline_value,
        "beside_value": beside_value,
        "revision_texts": revision_texts,
        "over_because": over_because,
        "contact_link": contact_link,
        "titled": titled,
        "level": lambda level: LEVELS[level].singular,
    }
    environment.filters.update(filters)
    return environment
