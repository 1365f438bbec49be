"""Lays pages out: templates, and what is on every page. All that comes from a file is escaped."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from warehouse.base.months import day_words, moment_words
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, PageTable, SitePage
from warehouse.site.site_paths import (
    CLAIMS,
    COMPARE,
    INDEX,
    KPIS,
    PLACES,
    PLAN,
    chart_file,
    up_from,
)

# Addresses and titles of the bar on top of each page: of those that the site has.
SECTIONS = (
    (INDEX, "Overview"),
    (KPIS, "All figures"),
    (PLACES, "Places"),
    (COMPARE, "Compare"),
    (PLAN, "Plan"),
    (CLAIMS, "Claims"),
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell for a formula


def lay_out(page: SitePage, figures: SiteFigures, pages: Collection[str]) -> bytes:
    """A page as HTML. `pages`: paths of the site's pages, so that no link leads nowhere. Raises
    jinja2.UndefinedError where a template wants what a page lacks."""
    template = _environment().get_template(page.template)
    text = template.render(
        page=page,
        up=up_from(page.path),
        place=figures.places.home,
        publication=figures.publication,
        pages=pages,
        sections=[one for one in SECTIONS if one[0] in pages],
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


def _files_of(chart: Chart) -> Mapping[str, str | None]:
    """Addresses of a chart's files; None for one that it does not have."""
    return {
        "svg": chart_file(chart.name),
        "narrow": chart_file(chart.name, "narrow") if chart.narrow else None,
        "png": chart_file(chart.name, kind="png") if chart.picture else None,
        "csv": chart_file(chart.name, kind="csv"),
    }


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"day": day_words, "moment": moment_words, "files": _files_of}
    environment.filters.update(filters)
    return environment
