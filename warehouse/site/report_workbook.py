"""The workbook of the report: one file for Excel, of the tables of its pages and their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.excel_book import workbook_bytes
from warehouse.outputs.export import SYNTHETIC_NAME
from warehouse.outputs.figures_workbook import about_workbook
from warehouse.site.draw_charts import digest_of
from warehouse.site.report_sheets import report_sheets
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_paths import DOWNLOADS

LAYOUT = 2  # another number makes workbooks anew
NAME = "access_report.xlsx"


@dataclass(frozen=True)
class ReportWorkbook:
    """The workbook of the `pages` of a report."""

    figures: SiteFigures
    pages: Sequence[SitePage]

    @property
    def path(self) -> str:
        """Its address within the site."""
        mark = SYNTHETIC_NAME if self.figures.publication["synthetic"] else ""
        return f"{DOWNLOADS}/{mark}{NAME}"

    @property
    def digest(self) -> str:
        """What it depends on: the mart, and the places under their names."""
        named = [(*one.key, one.name) for one in self.figures.places.every]
        mart = self.figures.publication["fingerprint"]
        return digest_of({"mart": mart, "places": named, "layout": LAYOUT})

    def content(self) -> bytes:
        """The file."""
        about = about_workbook(self.figures.db, self.figures.places.home.name, catalogue())
        return workbook_bytes(about, report_sheets(self.figures, self.pages))
