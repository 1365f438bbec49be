"""All files of the report on one page: charts with their tables, and tables of themes, each with
its size. Made last, when the files are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from warehouse.site.figure_line import theme_title
from warehouse.site.site_downloads import ThemeDownload
from warehouse.site.site_page import Chart, SitePage
from warehouse.site.site_paths import ALL_DOWNLOADS, INDEX

Size = Callable[[str], int]  # a path within the site -> bytes


@dataclass(frozen=True)
class FileLink:
    """A file: where it is, what kind it is of, and its size in words."""

    path: str
    kind: str
    size: str


@dataclass(frozen=True)
class ListedFiles:
    """The files of a chart or table, by its title."""

    title: str
    files: tuple[FileLink, ...]


@dataclass(frozen=True)
class PageFiles:
    """The charts of a page of the report."""

    title: str
    path: str
    charts: tuple[ListedFiles, ...]


def downloads_page(
    pages: Sequence[SitePage], themes: Iterable[ThemeDownload], workbook: str, size: Size
) -> SitePage:
    """The list. `pages`: of the report, in order; a chart on several is listed with the first;
    `workbook`: path of that of the report."""
    seen: set[str] = set()
    by_page = [PageFiles(page.title, page.path, tuple(_charts(page, seen, size))) for page in pages]
    by_theme: dict[str, list[FileLink]] = {}
    for one in themes:
        link = FileLink(one.path, one.words, size_words(size(one.path)))
        by_theme.setdefault(one.theme, []).append(link)
    content = {
        "workbook": FileLink(workbook, "Excel workbook", size_words(size(workbook))),
        "themes": [
            ListedFiles(theme_title(theme), tuple(links)) for theme, links in by_theme.items()
        ],
        "by_page": [one for one in by_page if one.charts],
    }
    return SitePage(
        ALL_DOWNLOADS,
        "downloads.html.j2",
        "All downloads",
        content,
        parts=[
            ("workbook", "Tables of this report for Excel"),
            ("tables", "All figures by month"),
            ("charts", "Charts and their tables"),
        ],
        trail=((INDEX, "Overview"),),
    )


def _charts(page: SitePage, seen: set[str], size: Size) -> Iterable[ListedFiles]:
    for chart in page.charts:
        if chart.name not in seen:
            seen.add(chart.name)
            yield ListedFiles(chart.title, tuple(_files(chart, size)))


def _files(chart: Chart, size: Size) -> Iterable[FileLink]:
    files = chart.files
    kinds: Mapping[str, str | None] = {"CSV": files.csv, "SVG": files.svg, "PNG": files.png}
    for kind, path in kinds.items():
        if path:
            yield FileLink(path, kind, size_words(size(path)))


def size_words(size: int) -> str:
    """Bytes as people read them: `1 KB`, `340 KB`, `1.2 MB`."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{max(1, round(size / 1000)):,} KB"
