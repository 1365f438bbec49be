"""Files to download: of each theme what `export` writes of its tables for the home place, with all
within it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.outputs.export import SYNTHETIC_NAME, write_table
from warehouse.outputs.export_selection import Selection, analyst_tables, chosen_rows
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_paths import DOWNLOADS

KINDS = {"csv": "CSV", "parquet": "Parquet"}
PERIODS = ("monthly", "by_period")  # how names of themes' tables end


@dataclass(frozen=True)
class ThemeDownload:
    """A file of a theme's table: `path` within the site, `words` of its link, and what makes it."""

    theme: str
    table: str
    kind: str
    path: str
    words: str

    def content(self, figures: SiteFigures) -> bytes:
        """The file."""
        asked = Selection((self.table,), (figures.places.home.key,))
        target = io.BytesIO()
        write_table(chosen_rows(figures.db, self.table, asked), target, self.kind)
        return target.getvalue()

    def digest(self, figures: SiteFigures) -> str:
        """What the file depends on: the mart, and whose rows it has."""
        home = figures.places.home
        return f"{figures.publication['fingerprint']} {home.level}:{home.code} {self.table}"


def theme_downloads(figures: SiteFigures) -> Iterable[ThemeDownload]:
    """The files of all themes whose tables the mart has."""
    tables = analyst_tables(figures.db)
    mark = SYNTHETIC_NAME if figures.publication["synthetic"] else ""
    for theme in dict.fromkeys(kpi["theme"] for kpi in figures.kpis.values()):
        for table in (f"{theme}_{period}" for period in PERIODS):
            if table in tables:
                each = "by month" if table.endswith("monthly") else "by year or survey"
                for kind, name in KINDS.items():
                    path = f"{DOWNLOADS}/{mark}{table}.{kind}"
                    yield ThemeDownload(theme, table, kind, path, f"{name}, {each}")
