"""What the search box of the site knows: names, codes and pages of its places, as a script, so that
a page opened from a folder can read it."""

from __future__ import annotations

import json

from warehouse.site.site_paths import STATIC, place_page
from warehouse.site.site_places import SitePlace, SitePlaces

SEARCH_DATA = f"{STATIC}/places.js"


def search_data(places: SitePlaces) -> bytes:
    """The script `static/places.js`: a list of `[name, code, kind, within, path]`. Names come from
    files: what HTML or a script could take for its own is written as an escape."""
    found = [
        [one.name, one.code, one.level_words, _within(places, one), place_page(*one.key)]
        for one in places.paged
    ]
    text = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
    for sign in "<>&'":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f"window.sitePlaces={text};\n".encode("ascii")


def _within(places: SitePlaces, place: SitePlace) -> str:
    """The network, else the sub-ICB, that a place is in."""
    for level in ("pcn", "sub_icb"):
        one = places.named(level, place.parents.get(level))
        if one and one.key != place.key:
            return one.name
    return ""
