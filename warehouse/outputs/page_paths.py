"""Names of the pages in `docs/` about a published mart, and whether any is missing; the first page
of the Data Docs, to which they link. Apart from what writes them, so that a refresh with nothing to
do need not load its libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.base.home import Home
from warehouse.base.sql import open_mart

PLACE = "docs"
SCORECARD, LINEAGE = "scorecard.html", "lineage.html"
REFRESHES, AFFECTED = "refreshes", "affected"
LINEAGE_PARTS = "lineage"  # the folder of its pages by theme and by table
DATA_DOCS = "data-docs/index.html"
# Their style, in files beside them.
STYLE_FOLDER, STYLES = "static", ("nhsuk.css", "LICENCE-nhsuk-frontend.txt", "site.css")


def refresh_name(publication: Mapping[str, Any]) -> str:
    """Return the file name of a refresh's page; names sort by time."""
    return f"{publication['published_at']:%Y%m%d-%H%M%S}-{publication['run_id'][:8]}.html"


def theme_lineage(theme: str) -> str:
    """Return the path, from the scorecard, of the page of the lineage of a theme's KPIs."""
    return f"{LINEAGE_PARTS}/theme-{theme}.html"


def table_lineage(table: str) -> str:
    """Return the path, from the scorecard, of the page of the lineage of a table's columns.
    `table`: as SQL names it in the mart."""
    return f"{LINEAGE_PARTS}/table-{table}.html"


def affected_name(feed: str, edition: str) -> str:
    """Return the path, from the scorecard, of the page of the figures that use an edition."""
    return f"{AFFECTED}/{feed}-{edition}.html"


def affected_csv(feed: str, edition: str) -> str:
    """Return the path, from the scorecard, of the file of all figures that use an edition."""
    return f"{AFFECTED}/{feed}-{edition}.csv"


def are_whole(home: Home) -> bool:
    """Whether no page about the published mart is missing; True where no mart is published."""
    if not home.has_mart:
        return True
    with open_mart(home.mart) as db:
        runs = db.execute("SELECT published_at, run_id FROM mart.governance.publication").fetchall()
        themes = db.execute("SELECT DISTINCT theme FROM mart.kpi").fetchall()
        tables = db.execute(
            """SELECT DISTINCT to_table[6:] FROM mart.governance.lineage_edge
               WHERE starts_with(to_table, 'mart.')"""
        ).fetchall()
    pages = [refresh_name({"published_at": at, "run_id": run}) for at, run in runs]
    wanted = [SCORECARD, LINEAGE, *(f"{REFRESHES}/{page}" for page in pages)]
    wanted += [theme_lineage(theme) for (theme,) in themes]
    wanted += [table_lineage(table) for (table,) in tables]
    wanted += [f"{STYLE_FOLDER}/{name}" for name in STYLES]
    return {f"{PLACE}/{page}" for page in wanted} <= set(home.store.list_keys(PLACE))
