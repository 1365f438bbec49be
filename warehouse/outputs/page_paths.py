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
DATA_DOCS = "data-docs/index.html"
# Their style, in files beside them.
STYLE_FOLDER, STYLES = "static", ("nhsuk.css", "LICENCE-nhsuk-frontend.txt", "site.css")


def refresh_name(publication: Mapping[str, Any]) -> str:
    """Return the file name of a refresh's page; names sort by time."""
    return f"{publication['published_at']:%Y%m%d-%H%M%S}-{publication['run_id'][:8]}.html"


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
    pages = [refresh_name({"published_at": at, "run_id": run}) for at, run in runs]
    wanted = [SCORECARD, LINEAGE, *(f"{REFRESHES}/{page}" for page in pages)]
    wanted += [f"{STYLE_FOLDER}/{name}" for name in STYLES]
    return {f"{PLACE}/{page}" for page in wanted} <= set(home.store.list_keys(PLACE))
