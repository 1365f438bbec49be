"""What a page or style sheet loads, read as a browser would."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

ADDRESS = re.compile(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)\s]*)\s*\)|@import\s+[\"']([^\"']*)")
# Pages that scripts of the index open, and links in the cells that they draw.
IN_SCRIPTS = re.compile(r"""["']_table_row_link_path["']: ["']([^"']+)|href=\\?["']([^"'\\]+)""")
BY_ITSELF = ("src", "srcset", "poster", "data", "background", "action", "formaction")


class Loaded(HTMLParser):
    """`loads`: addresses that a browser asks for by itself; `links`: those a reader may follow;
    `styles` and `scripts`: what is written in the page; `text`: what is read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.styles, self.scripts, self.text = "", "", ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append((tag, own))
        self._in = tag if tag in ("style", "script") else ""
        self.loads += [value for name in BY_ITSELF if (value := own.get(name)) is not None]
        self.styles += f" {own.get('style') or ''} "
        if href := own.get("href"):
            (self.links if tag == "a" else self.loads).append(href)

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "style":
            self.styles += data
        elif self._in == "script":
            self.scripts += data
        else:
            self.text += data


def of_page(page: str) -> Loaded:
    """What a page loads, and where it leads, what its scripts draw included."""
    found = Loaded(page)
    found.loads += of_style(found.styles)
    drawn = [one or other for one, other in IN_SCRIPTS.findall(found.scripts)]
    found.links += drawn
    return found


def of_style(style: str) -> list[str]:
    """Addresses that a style sheet loads, save those that contain what they name (data:)."""
    found = [(one or other).strip("\"'") for one, other in ADDRESS.findall(style)]
    return [address for address in found if not address.startswith("data:")]


def lost(place: Path, addresses: list[str]) -> Iterator[str]:
    """Local addresses, as written in a file at `place`, that name no file."""
    for address in addresses:
        path = unquote(urldefrag(address).url)
        if path and not (place.parent / path).is_file():
            yield f"{place.name}: {address}"


def is_elsewhere(address: str) -> bool:
    """Whether an address is not of a file beside the page."""
    return bool(re.match(r"\s*([a-z][a-z0-9+.-]*:|[/\\]{2})", address, re.IGNORECASE))
