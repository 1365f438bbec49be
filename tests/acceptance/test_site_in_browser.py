"""The access report in a browser, drawn whole from the sample: what no reading of HTML can tell."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import browser_program, made_once
from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.site.site_places import read_places
from warehouse.site.write_site import write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.acceptance
WIDTHS = (1280, 390, 320)
LONG = 500_000  # bytes; of longer pages axe looks for minutes at what is folded, all alike
A4 = 794  # pixels of a browser across a sheet
SIDES = ("top", "right", "bottom", "left")
SWITCHES = ("--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="module")
def drawn(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's site with its drawings."""

    def fill(place: Path) -> None:
        with open_mart(sample_home.mart) as db:
            write_site(db, read_places(db, "icb", "QK1", "LLR"), place / "site")

    return made_once(tmp_path_factory, "drawn", fill) / "site"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a network."""
    found = browser_program()
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    playwright_of = pytest.importorskip(
        "playwright.sync_api", reason="make .venv/.installed-browser"
    )
    with playwright_of.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found, args=[*SWITCHES, *(["--no-sandbox"] if as_root else [])]
        )
        yield started
        started.close()


def chosen(site: Path) -> list[Path]:
    """Pages of each kind: all at the root, and of each folder the index and some others."""
    found = list(site.glob("*.html"))
    for folder in sorted({page.parent for page in site.rglob("*.html")} - {site}):
        pages = sorted(folder.glob("*.html"))
        by_kind: dict[str, list[Path]] = {}
        for page in pages:
            kind = "index" if page.stem == "index" else page.stem.partition("-")[0]
            by_kind.setdefault(
                kind if folder.name in ("places", "lineage") else kind[:0], []
            ).append(page)
        for few in by_kind.values():
            found += {few[0], few[len(few) // 2], few[-1]}
        found += [page for page in pages if page.stem == "index"]
    return sorted(set(found))


def opened(browser: Browser, path: Path, width: int, **options: Any) -> tuple[Page, list[str]]:
    """A page at a width, and what went wrong on it."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text) if said.type != "log" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith("file:") else wrong.append(asked.url),
    )
    page.on("requestfailed", lambda asked: wrong.append(f"failed: {asked.url}"))
    page.goto(path.as_uri())
    return page, wrong


@pytest.mark.parametrize("width", WIDTHS[:2])
def test_axe_finds_nothing(browser: Browser, drawn: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    for path in chosen(drawn):
        page, _ = opened(browser, path, width, bypass_csp=True)
        if path.stat().st_size < LONG:
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for one in axe.run(page).response["violations"]:
            where = [node["target"] for node in one["nodes"]][:3]
            found.append(f"{path.relative_to(drawn)}: {one['id']} {one['help']} {where}")
        page.context.close()
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways_or_loads_what_is_not_its_own(
    browser: Browser, drawn: Path, width: int
) -> None:
    found = []
    for path in chosen(drawn):
        page, wrong = opened(browser, path, width)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        unseen = page.evaluate(
            """[...document.images].filter(one => one.complete && !one.naturalWidth)
                .map(one => one.src)"""
        )
        found += [f"{path.relative_to(drawn)}: {one}" for one in [*wrong, *unseen]]
        if wide > 0:
            found.append(f"{path.relative_to(drawn)}: {wide} pixels too wide")
        page.context.close()
    assert found == []


def test_a_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, drawn: Path) -> None:
    for path in (drawn / "index.html", drawn / "kpis/appointments.html"):
        page, _ = opened(browser, path, WIDTHS[0])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash === '#main'")
        wanted = page.evaluate(
            """[...document.querySelectorAll('main a[href], main summary, main input')]
               .filter(one => one.checkVisibility()).length"""
        )
        seen, hidden = set(), []
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            now = page.evaluate(
                """(() => { const one = document.activeElement, look = getComputedStyle(one);
                const box = one.getBoundingClientRect();
                const marked = look.outlineStyle !== 'none' || look.boxShadow !== 'none'
                    || look.backgroundColor === 'rgb(255, 235, 59)';
                return [[...document.querySelectorAll('*')].indexOf(one),
                        one.outerHTML.slice(0, 80), marked && box.width > 0,
                        one.closest('main') !== null]; })()"""
            )
            if now[3]:
                seen.add(now[0])
                if not now[2]:
                    hidden.append(now[1])
        assert hidden == []
        assert len(seen) >= wanted
        page.context.close()


def test_a_sheet_of_paper_cuts_nothing_off(browser: Browser, drawn: Path) -> None:
    found = []
    for path in chosen(drawn):
        page, _ = opened(browser, path, A4)
        page.emulate_media(media="print")
        wide = page.evaluate(
            """[...document.querySelectorAll('main *')].filter(one => one.checkVisibility()
                && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.tagName)"""
        )
        if wide:
            found.append(f"{path.relative_to(drawn)}: {wide[:3]}")
        page.context.close()
    assert found == []


def test_papers_are_two_sheets(browser: Browser, drawn: Path) -> None:
    for paper in drawn.glob("*-paper.html"):
        page, _ = opened(browser, paper, A4)
        plain = {"display_header_footer": True, "margin": dict.fromkeys(SIDES, "1cm")}
        for options in ({"prefer_css_page_size": True}, plain):
            pdf = page.pdf(format="A4", **options)
            assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2, paper.name
        page.context.close()


def test_pages_work_without_script(browser: Browser, drawn: Path) -> None:
    page, wrong = opened(browser, drawn / "index.html", WIDTHS[0], java_script_enabled=False)
    assert wrong == []
    assert page.locator("h1").count() == 1
    page.context.close()
