"""Writes the pages of trust of a published mart into `docs/` of the home, after each refresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.sql import Connection, open_mart
from warehouse.outputs.affected_figures import AffectedFigures, using, write_affected
from warehouse.outputs.page_paths import (
    AFFECTED,
    DATA_DOCS,
    LINEAGE_PARTS,
    PLACE,
    SCORECARD,
    STYLE_FOLDER,
    STYLES,
)
from warehouse.settings import Settings, read_settings
from warehouse.site.lay_out import Frame, laid_out
from warehouse.site.site_page import SitePage
from warehouse.site.trust import page_data as records
from warehouse.site.trust.scorecard_model import accepted_despite_checks, accepting_decisions
from warehouse.site.trust.trust_pages import (
    affected_page,
    lineage_pages,
    published_with_pages,
    refresh_page,
    scorecard_page,
)
from warehouse.site.trust.trust_root import IN_HOME, SCORECARD_TITLE
from warehouse.site.vendored_style import own_files

Row = records.Row


def build_pages(home: Home, today: date | None = None) -> Path:
    """Write the scorecard, the lineage by theme and table, a page per refresh, one of the figures
    affected by each edition that people accepted, and their style; return the scorecard's path.

    A refresh's page is written if it is missing, and always for the newest refresh: what was
    checked then does not change. Raises NoMart if there is none.
    """
    today = today or datetime.now(UTC).date()
    settings = read_settings(home)
    with open_mart(home.require_mart()) as db:
        published = published_with_pages(db, IN_HOME)
        _write_style(home)
        for number, one in enumerate(published):
            if number == 0 or not home.store.exists(f"{PLACE}/{one['page']}"):
                _write(home, refresh_page(db, IN_HOME, one), one, settings)
        _write_lineage(home, db, published[0], settings)
        affected = accepted_despite_checks(db)
        _write_affected(home, db, affected, published[0], settings)
        data_docs = f"../{DATA_DOCS}" if home.store.exists(DATA_DOCS) else ""
        page = scorecard_page(
            db, IN_HOME, published, today, affected, settings.headlines, data_docs
        )
        _write(home, page, published[0], settings)
    return home.pages / SCORECARD


def _write_style(home: Home) -> None:
    found = own_files()
    for name in STYLES:
        home.store.replace(f"{PLACE}/{STYLE_FOLDER}/{name}", found[name])


def _write_lineage(home: Home, db: Connection, refresh: Row, settings: Settings) -> None:
    written = set()
    for page in lineage_pages(db, IN_HOME):
        _write(home, page, refresh, settings)
        written.add(f"{PLACE}/{page.path}")
    for key in home.store.list_keys(f"{PLACE}/{LINEAGE_PARTS}"):
        if key not in written:  # of a table or theme that the mart no longer has
            home.store.delete(key)


def _write_affected(
    home: Home,
    db: Connection,
    affected: Mapping[EditionKey, AffectedFigures],
    refresh: Row,
    settings: Settings,
) -> None:
    # Not only those that changed: no page may keep what was withdrawn, purged or suppressed.
    home.store.delete_all(f"{PLACE}/{AFFECTED}")
    decided = accepting_decisions(db)
    for key, found in affected.items():
        with home.store.writing(f"{PLACE}/{IN_HOME.affected_file(*key)}") as path:
            write_affected(db, [using(key)], path)
        _write(home, affected_page(IN_HOME, key, found, decided[key]), refresh, settings)


def _write(home: Home, page: SitePage, refresh: Row, settings: Settings) -> None:
    sections = ((IN_HOME.scorecard, SCORECARD_TITLE), (IN_HOME.lineage, "Lineage"))
    frame = Frame("Access recovery", IN_HOME.scorecard, sections, refresh, contact=settings.contact)
    home.store.replace(f"{PLACE}/{page.path}", laid_out(page, frame))
