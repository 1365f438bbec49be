"""The site of a home, made from its published mart; whether it is that of the newest one. Not here:
what is in it (`write_site`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from warehouse.base.home import SITE, Home
from warehouse.base.sql import open_mart
from warehouse.publication.publish import published_fingerprint
from warehouse.settings import read_settings
from warehouse.site.site_folder import MANIFEST
from warehouse.site.site_places import home_place
from warehouse.site.write_site import WrittenSite, write_site

LOCK = "state/site.lock"


def write_home_site(home: Home, progress: Callable[[str], None] = lambda text: None) -> WrittenSite:
    """Write the site about the place in the settings, one build at a time. Raises NoMart if no mart
    is published, NoMatch if it has no such place."""
    with home.store.lock(LOCK), open_mart(home.require_mart()) as db:
        return write_site(db, home_place(db, read_settings(home)), home.site, progress)


def pending_fingerprint(home: Home) -> str | None:
    """The fingerprint of the published mart whose site is not written yet; None if it is, or if
    there is no mart."""
    wanted = published_fingerprint(home)
    return None if wanted == _written_fingerprint(home) else wanted


def _written_fingerprint(home: Home) -> str | None:
    """The fingerprint of the mart that the site was made from; None if there is no whole site."""
    with suppress(FileNotFoundError, ValueError, KeyError):
        found: str = json.loads(home.store.read_text(f"{SITE}/{MANIFEST}"))["fingerprint"]
        return found
    return None
