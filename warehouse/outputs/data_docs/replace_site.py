"""The published site as a folder: replaced by a finished one in two renames, and removed. Not here:
what is in it (`build_site`)."""

from __future__ import annotations

from warehouse.base.home import Home
from warehouse.outputs.page_paths import DATA_DOCS
from warehouse.outputs.whole_folder import replace_folder

SITE, INDEX = DATA_DOCS.split("/")
ASIDE, EARLIER = f"{SITE}.new", f"{SITE}.old"  # while it is built, and while it is replaced
LOCK = f"state/{SITE}.lock"


def replace_site(home: Home) -> None:
    """Publish the finished site in ASIDE, and delete the earlier one. The caller holds LOCK.

    Raises PermissionError where a file of the old one is open (Windows only).
    """
    replace_folder(home.store.local_copy(ASIDE), home.store.local_copy(SITE))


def remove_site(home: Home) -> None:
    """Delete the site, and what a killed build left; waits for a build under way. For a purge, once
    the results are gone: the site shows values of files."""
    with home.store.lock(LOCK):
        for prefix in (SITE, ASIDE, EARLIER):
            home.store.delete_all(prefix)
