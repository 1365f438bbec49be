"""Writes the pages of a published mart into `docs/` of the home."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from warehouse.archive.decisions import PARTICIPLES, over_because
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.months import day_words, moment_words
from warehouse.base.number_format import limit, say_change, value_text
from warehouse.base.sql import Connection, open_mart
from warehouse.contract.model import contracts
from warehouse.outputs.affected_figures import AffectedFigures, using, write_affected
from warehouse.outputs.headline import beside_value, headline_value
from warehouse.outputs.pages import page_data as records
from warehouse.outputs.pages.lineage_page import lineage
from warehouse.outputs.pages.page_data import Row
from warehouse.outputs.pages.paths import (
    AFFECTED,
    LINEAGE,
    PLACE,
    REFRESHES,
    SCORECARD,
    affected_csv,
    affected_name,
    refresh_name,
)
from warehouse.outputs.pages.scorecard_model import accepted_despite_checks, scorecard
from warehouse.reference.levels import LEVELS


def build_pages(home: Home, today: date | None = None) -> Path:
    """Write the scorecard, the lineage, a page per refresh, and one of the figures affected by each
    edition that people accepted; return the scorecard's path.

    A refresh's page is written if it is missing, and always for the newest refresh: what was
    checked then does not change. Raises NoMart if there is none.
    """
    today = today or datetime.now(UTC).date()
    with open_mart(home.require_mart()) as db:
        published = records.publications(db)
        for number, one in enumerate(published):
            one["page"] = f"{REFRESHES}/{refresh_name(one)}"
            key = f"{PLACE}/{one['page']}"
            if number == 0 or not home.store.exists(key):
                found = records.checks_of_refresh(db, one["published_at"])
                page = _render("refresh.html.j2", refresh=one, editions=found, up="../")
                home.store.replace(key, page)
        page = _render("lineage.html.j2", refresh=published[0], **lineage(db))
        home.store.replace(f"{PLACE}/{LINEAGE}", page)
        affected = accepted_despite_checks(db)
        _write_affected(home, db, affected, published[0])
        facts = scorecard(db, home, published, today, affected)
        page = _render("scorecard.html.j2", up="", **facts)
        home.store.replace(f"{PLACE}/{SCORECARD}", page)
    return home.pages / SCORECARD


def _write_affected(
    home: Home, db: Connection, affected: dict[EditionKey, AffectedFigures], refresh: Row
) -> None:
    # Not only those that changed: no page may keep what was withdrawn, purged or suppressed.
    home.store.delete_all(f"{PLACE}/{AFFECTED}")
    for key, found in affected.items():
        with home.store.writing(f"{PLACE}/{affected_csv(*key)}") as path:
            write_affected(db, [using(key)], path)
        facts = {
            "edition": key,
            "affected": found,
            "feed_title": contracts()[key.feed].title,
            "csv": f"../{affected_csv(*key)}",
        }
        page = _render("affected.html.j2", refresh=refresh, up="../", **facts)
        home.store.replace(f"{PLACE}/{affected_name(*key)}", page)


def _render(template: str, **facts: Any) -> str:
    made = _templates().get_template(template)
    return made.render(
        dimensions=records.DIMENSIONS, words=records.WORDS, participles=PARTICIPLES, **facts
    )


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates"), encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": day_words,
        "month": lambda month: f"{month:%b %Y}",
        "moment": moment_words,
        "number": limit,
        "figure": lambda value, unit: value_text(value, unit, 2),
        "headline_value": headline_value,
        "beside_value": beside_value,
        "say_change": say_change,
        "over_because": over_because,
        "level": lambda level: LEVELS[level].singular,
    }
    return made
