"""Writes a whole site: every page of every kind, its charts, their tables, style and scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from warehouse.base.errors import Refusal
from warehouse.base.sql import Connection
from warehouse.site.action_pages import plan_pages
from warehouse.site.chart_style import marked
from warehouse.site.claims_page import claims_page
from warehouse.site.compare_page import compare_page
from warehouse.site.downloads_page import downloads_page
from warehouse.site.draw_charts import as_png, as_svg, digest_of
from warehouse.site.kpi_pages import kpi_pages
from warehouse.site.lay_out import lay_out, table_as_csv
from warehouse.site.overview import overview
from warehouse.site.paper_pages import paper_pages
from warehouse.site.place_pages import place_pages
from warehouse.site.place_search import SEARCH_DATA, search_data
from warehouse.site.report_workbook import ReportWorkbook
from warehouse.site.site_downloads import theme_downloads
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_folder import SiteFolder, is_ours
from warehouse.site.site_page import Chart, SitePage
from warehouse.site.site_paths import ALL_DOWNLOADS, INDEX, STATIC
from warehouse.site.site_places import SitePlaces
from warehouse.site.trust.trust_pages import trust_pages
from warehouse.site.vendored_style import own_files

# Makes the pages of a kind. To add a kind of page, add what makes it.
PAGE_KINDS: tuple[Callable[[SiteFigures], Iterable[SitePage]], ...] = (
    lambda figures: [overview(figures)],
    kpi_pages,
    plan_pages,
    claims_page,
    compare_page,
    paper_pages,
    place_pages,
    trust_pages,
)


class NotASite(Refusal):
    """The folder to write to has other files."""


@dataclass(frozen=True)
class WrittenSite:
    """What was written: the first page, and how many pages and charts; `written` and `kept`: files
    that changed and those that did not."""

    index: Path
    pages: int
    charts: int
    written: int
    kept: int


def write_site(
    db: Connection,
    places: SitePlaces,
    target: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> WrittenSite:
    """Write the site about `places.home` into the folder `target`, in place of an earlier one.

    `db` has a mart as its current database. The same mart gives the same files. Raises NotASite if
    the folder has files that are not a site's.
    """
    if not is_ours(target):
        raise NotASite(
            f"The folder {target} has files that are not of a site.",
            "Name another folder with --out, or an empty one.",
        )
    figures, folder = SiteFigures(db, places), SiteFolder(target)
    pages = [page for kind in PAGE_KINDS for page in kind(figures)]
    drawn: set[str] = set()
    paths = {ALL_DOWNLOADS, *(page.path for page in pages)}
    for number, page in enumerate(pages, start=1):
        progress(f"Page {number} of {len(pages)}: {page.title}")
        folder.write(page.path, lay_out(page, figures, paths))
        for chart in page.charts:
            if chart.name not in drawn:
                drawn.add(chart.name)
                _draw(folder, chart, figures)
    files = tuple(theme_downloads(figures))
    for one in files:
        folder.make(one.path, one.digest(figures), partial(one.content, figures))
    book = ReportWorkbook(figures, tuple(pages))
    folder.make(book.path, book.digest, book.content)
    pages.append(downloads_page(pages, files, book.path, folder.size))
    folder.write(ALL_DOWNLOADS, lay_out(pages[-1], figures, paths))
    for name, content in own_files().items():
        folder.write(f"{STATIC}/{name}", content)
    folder.write(SEARCH_DATA, search_data(places))
    folder.finish(figures.publication["fingerprint"])
    return WrittenSite(target / INDEX, len(pages), len(drawn), folder.written, folder.kept)


def _draw(folder: SiteFolder, chart: Chart, figures: SiteFigures) -> None:
    synthetic = bool(figures.publication["synthetic"])
    spec = marked(chart.spec, synthetic)
    files = chart.files
    svg = folder.make(files.svg, digest_of(spec), lambda: as_svg(spec))
    if chart.narrow is not None and files.narrow:
        narrow = marked(chart.narrow, synthetic)
        folder.make(files.narrow, digest_of(narrow), lambda: as_svg(narrow))
    if files.png:
        folder.make(files.png, digest_of(spec), lambda: as_png(svg or as_svg(spec)))
    folder.write(files.csv, table_as_csv(chart.table, chart.source, synthetic))
