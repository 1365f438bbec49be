"""The site of a home, made from its published mart; whether it is that of the newest one. Not here:
what is in it (`write_site`)."""

from __future__ import annotations

import json
from collections.abc import Callable

from warehouse.base.home import Home
from warehouse.base.sql import Connection, open_mart, rows
from warehouse.settings import read_settings
from warehouse.site.site_places import home_place
from warehouse.site.write_site import WrittenSite, write_site

FOLDER = "site"
LOCK, DONE = "state/site.lock", "state/site.json"


def write_home_site(home: Home, progress: Callable[[str], None] = lambda text: None) -> WrittenSite:
    """Write the site about the place in the settings, one build at a time. Raises NoMart if no mart
    is published, NoMatch if it has no such place."""
    with home.store.lock(LOCK), open_mart(home.require_mart()) as db:
        places = home_place(db, read_settings(home))
        # Before it is written: should this be killed, the next look begins again.
        home.store.delete(DONE)
        made = write_site(db, places, home.site, progress)
        home.store.replace(DONE, json.dumps({"fingerprint": published_fingerprint(db)}))
    return made


def pending_fingerprint(home: Home) -> str | None:
    """The fingerprint of the published mart whose site is not written yet; None if it is, or if
    there is no mart."""
    if not home.has_mart:
        return None
    with open_mart(home.mart) as db:
        wanted = published_fingerprint(db)
    return None if wanted == _written_fingerprint(home) else wanted


def published_fingerprint(db: Connection) -> str:
    """The fingerprint of the newest publication in the mart that `db` has as its database."""
    sql = "SELECT fingerprint FROM governance.publication ORDER BY published_at DESC LIMIT 1"
    fingerprint: str = rows(db, sql)[0]["fingerprint"]
    return fingerprint


def _written_fingerprint(home: Home) -> str | None:
    if not (home.store.exists(DONE) and home.store.exists(f"{FOLDER}/index.html")):
        return None
    found: str = json.loads(home.store.read_text(DONE))["fingerprint"]
    return found
