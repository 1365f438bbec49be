"""Builds the Data Docs of a home in a folder aside, which then replaces the published one. Not
here: which results can be read (`readable_results`), what a page loads (`offline_pages`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.outputs.data_docs.library_pages import write_pages
from warehouse.outputs.data_docs.offline_pages import IMAGES, STATIC, offline, vendored
from warehouse.outputs.data_docs.readable_results import (
    RESULTS,
    SUITES,
    NoResults,
    Readable,
    copy_readable,
)
from warehouse.outputs.data_docs.replace_site import ASIDE, LOCK, replace_site
from warehouse.outputs.page_paths import DATA_DOCS, PLACE, SCORECARD

SYNTHETIC = "SYNTHETIC sample data: every result is based on invented files."
# Folder of pages -> what its pages are called, and where their content is kept.
SECTIONS = {"expectations": ("Suite", SUITES), "validations": ("Result", RESULTS)}


@dataclass(frozen=True)
class Site:
    """A built site: `index`, its first page; how many suites and results it shows, `failed` of them
    with an unmet expectation; `left_out`: keys of files that can't be read or shown; `earlier`: how
    many results are not shown, because a newer one of the same batch is."""

    index: Path
    suites: int
    results: int
    failed: int
    left_out: list[str]
    earlier: int = 0


def build_site(
    home: Home, register: Callable[[], object] = lambda: None, every: bool = False
) -> Site:
    """Build the site in place of an earlier one: every suite in the home, and the newest result of
    each edition, or `every` result.

    `register` loads custom expectations, without which their texts are missing. One build at a
    time. Raises NoResults if there is no result that can be shown.
    """
    with home.store.lock(LOCK), home.store.scratch() as scratch:
        home.store.delete_all(ASIDE)
        readable = copy_readable(home, scratch, every)
        if readable.results:
            write_pages(scratch, readable, home.store.local_copy(ASIDE), register)
        _leave_out_unwritten(home, readable)
        if not readable.results:
            home.store.delete_all(ASIDE)
            raise _no_results(home, readable.left_out)
        _make_whole(home)
        replace_site(home)
    return Site(
        home.store.local_copy(DATA_DOCS),
        len(readable.suites),
        len(readable.results),
        len(readable.failed & set(readable.results)),
        sorted(readable.left_out),
        readable.earlier,
    )


def _no_results(home: Home, left_out: list[str]) -> NoResults:
    place = home.store.local_copy(RESULTS)
    if left_out:
        return NoResults(
            f"No validation result in {place} can be read. Not readable: {', '.join(left_out)}.",
            "Check an edition again: access-recovery refresh --feed FEED --edition YYYY-MM.",
        )
    return NoResults(
        f"There are no validation results in {place} yet.", "Run access-recovery refresh first."
    )


def _leave_out_unwritten(home: Home, readable: Readable) -> None:
    """Move suites and results without a page to `left_out`: the library logs why, and goes on."""
    written = set(home.store.list_keys(ASIDE, ".html"))
    for folder, names in (
        ("expectations", readable.suites),
        ("validations", readable.results),
    ):
        kept = SECTIONS[folder][1]
        for name in [one for one in names if f"{ASIDE}/{folder}/{one}.html" not in written]:
            names.remove(name)
            readable.left_out.append(f"{kept}/{name}.json")


def _make_whole(home: Home) -> None:
    """Rewrite every page of the new site, and give it the files that they load."""
    store = home.store
    notice = SYNTHETIC if _is_synthetic(home) else ""
    scorecard = f"{PLACE}/{SCORECARD}" if store.exists(f"{PLACE}/{SCORECARD}") else ""
    for key in store.list_keys(ASIDE, ".html"):
        name = key.removeprefix(f"{ASIDE}/")
        up = "../" * name.count("/")
        back = f"{up}../{scorecard}" if scorecard else ""
        store.replace(key, offline(store.read_text(key), _title(name), up, notice, back))
    for key in _unused(home):
        store.delete(key)
    store.prune(ASIDE)
    for name, content in vendored():
        store.replace(f"{ASIDE}/{STATIC}/{name}", content)


def _is_synthetic(home: Home) -> bool:
    archive = Archive(home)
    return bool(archive.files()) and not archive.has_real()


def _title(name: str) -> str:
    """The title of a page, from its name in the site."""
    folder, _, rest = name.removesuffix(".html").partition("/")
    if not rest:
        return "Data Docs"
    kind = SECTIONS[folder][0]
    parts = rest.split("/")
    return f"{kind}: {' '.join(parts[:-2] if kind == 'Result' else parts)}"


def _unused(home: Home) -> Iterator[str]:
    """Files of the library that no page loads: animations and fonts, four fifths of the site."""
    used = {f"{ASIDE}/{STATIC}/{name}" for name in IMAGES}
    yield from set(home.store.list_keys(f"{ASIDE}/{STATIC}")) - used
