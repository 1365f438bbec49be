"""Writes the pages of a published mart into `docs/` of the home."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from warehouse.base.home import Home
from warehouse.base.months import day_words
from warehouse.base.number_format import limit, say_change, value_text
from warehouse.base.sql import open_mart
from warehouse.contract.model import contracts
from warehouse.editions.freshness import freshness
from warehouse.outputs.headline import change_text, headline_value, headlines, working_day_text
from warehouse.outputs.pages import page_data as records
from warehouse.outputs.pages.lineage_page import lineage
from warehouse.outputs.pages.page_data import Row
from warehouse.outputs.pages.paths import (
    DATA_DOCS,
    LINEAGE,
    PLACE,
    REFRESHES,
    SCORECARD,
    refresh_name,
)
from warehouse.settings import read_settings


def build_pages(home: Home, today: date | None = None) -> Path:
    """Write the scorecard, the lineage and a page per refresh; return the scorecard's path.

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
        page = _render("scorecard.html.j2", up="", **_scorecard(db, home, published, today))
        home.store.replace(f"{PLACE}/{SCORECARD}", page)
    return home.pages / SCORECARD


def _scorecard(
    db: duckdb.DuckDBPyConnection, home: Home, published: list[Row], today: date
) -> dict[str, Any]:
    feeds = records.feeds(db)
    for feed in feeds:
        contract = contracts()[feed["feed"]]
        fresh = freshness(contract, feed["edition"], feed["sample"], today)
        feed["freshness"] = fresh
        if feed["edition"]:  # as at today: when it was checked, nothing was overdue yet
            tally = feed["dimensions"].setdefault("timeliness", {})
            tally[fresh.verdict] = tally.get(fresh.verdict, 0) + 1
    return {
        "refresh": published[0],
        "today": today,
        "feeds": feeds,
        "headlines": headlines(db, read_settings(home).headlines),
        "disputed": records.disputed(db),
        "trend": published[: records.TREND],
        "most": max((one["warned"] + one["failed"] for one in published), default=0),
        "held": records.held(db),
        "held_months": records.held_months(db),
        "overrides": records.overrides(db),
        "quarantine": records.quarantine(db),
        "revisions": records.revisions(db),
        "caveats": records.caveats(db),
        "data_docs": DATA_DOCS if home.store.exists(DATA_DOCS) else "",
    }


def _render(template: str, **facts: Any) -> str:
    made = _templates().get_template(template)
    return made.render(dimensions=records.DIMENSIONS, words=records.WORDS, **facts)


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
        "moment": lambda moment: f"{day_words(moment)} {moment:%H:%M} UTC",
        "number": limit,
        "figure": lambda value, unit: value_text(value, unit, 2),
        "headline_value": headline_value,
        "change": change_text,
        "say_change": say_change,
        "working_day": working_day_text,
    }
    return made
