"""Every page of the sample's site: its links lead somewhere, it says what it is, and where from."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from warehouse.site.chart_style import MUTED, POINTS, TARGET, TEXT
from warehouse.site.vendored_style import offline_style

VOID = {"meta", "br", "link", "img", "source", "input", "hr", "wbr"}


class Read(HTMLParser):
    """A page as a machine reads it. Fails where elements are not nested."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.open = path, list[str]()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(path.read_text(encoding="utf-8"))
        assert self.open == [], path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"{self.path}: </{tag}> ends {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.words.setdefault(self.open[-1], []).append(data)

    def all_of(self, name: str) -> list[str]:
        """Values of an attribute."""
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Read]:
    """Path within the site -> page."""
    return {path.relative_to(site).as_posix(): Read(path) for path in sorted(site.rglob("*.html"))}


def test_every_link_leads_to_a_file_of_the_site(site: Path, pages: dict[str, Read]) -> None:
    broken = []
    for name, page in pages.items():
        for address in [*page.all_of("href"), *page.all_of("src"), *page.all_of("srcset")]:
            if re.match(r"https?:|mailto:", address):
                continue
            path, anchor = urldefrag(address)
            target = (site / name).parent / unquote(path) if path else site / name
            found = target.resolve().relative_to(site.resolve()).as_posix()
            if not target.is_file():
                broken.append(f"{name}: {address}")
            elif anchor and anchor not in pages[found].all_of("id"):
                broken.append(f"{name}: no {address}")
    assert broken == []


def test_every_page_is_reached_from_the_first(site: Path, pages: dict[str, Read]) -> None:
    seen, left = set[str](), ["index.html"]
    while left:
        name = left.pop()
        if name in seen or name not in pages:
            continue
        seen.add(name)
        for address in pages[name].all_of("href"):
            path = urldefrag(address)[0]
            if path.endswith(".html") and not path.startswith("http"):
                target = ((site / name).parent / unquote(path)).resolve()
                left.append(target.relative_to(site.resolve()).as_posix())
    assert sorted(set(pages) - seen) == []


def test_every_page_says_what_it_is(pages: dict[str, Read]) -> None:
    titles = [" ".join(page.words["title"]) for page in pages.values()]
    assert len(set(titles)) == len(titles)
    for name, page in pages.items():
        text = page.path.read_text(encoding="utf-8")
        assert '<html lang="en-GB">' in text, name
        assert [tag for tag, _ in page.tags].count("h1") == 1, name
        ids = page.all_of("id")
        assert len(set(ids)) == len(ids), name
        assert "SYNTHETIC" in text, name
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_regions_of_a_page_have_names_of_their_own(pages: dict[str, Read]) -> None:
    for name, page in pages.items():
        regions = [attrs for _, attrs in page.tags if attrs.get("role") == "region"]
        names = [one.get("aria-label") or one.get("aria-labelledby") for one in regions]
        assert all(names) and len(set(names)) == len(names), name


def test_a_page_runs_and_loads_nothing_but_its_own_files(pages: dict[str, Read]) -> None:
    for name, page in pages.items():
        text = page.path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text, name
        assert not re.search(r"unsafe-(inline|eval)", text), name
        assert page.all_of("style") == [] and page.words.get("style") is None, name
        assert page.words.get("script") is None, name
        assert not [one for _, attrs in page.tags for one in attrs if one.startswith("on")], name
    style = offline_style()
    assert "url(http" not in style and "@font-face" not in style and "Frutiger" not in style


def test_every_picture_has_its_words(pages: dict[str, Read]) -> None:
    pictures = [attrs for page in pages.values() for tag, attrs in page.tags if tag == "img"]
    assert len(pictures) > 100
    assert [one for one in pictures if not (one.get("alt") or "").strip()] == []


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("colour", "least"),
    [(TEXT, 4.5), (MUTED, 4.5), (TARGET, 3.0)]
    + [(look[0], 3.0) for kind, look in POINTS.items() if kind != "provisional"],
)
def test_colours_of_charts_stand_out_from_white(colour: str, least: float) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= least
