"""Rewrites a page of Great Expectations so that it needs no network: style and scripts are those in
`vendor/`, and nothing else is loaded. Not here: which pages there are (`build_site`)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

STATIC = "static"
STYLES = (
    "bootstrap.min.css",
    "bootstrap-table.min.css",
    "bootstrap-table-filter-control.min.css",
)
SCRIPTS = (
    "jquery.min.js",
    "bootstrap.bundle.min.js",
    "bootstrap-table.min.js",
    "bootstrap-table-filter-control.min.js",
)
OWN_STYLE = "data-docs.css"
IMAGES = ("images/favicon.ico", "images/logo-long.png")  # of the library, already in the site

# A browser refuses whatever is not a file beside the page, even if a page asks for it.
POLICY = "default-src 'self' file: data: 'unsafe-inline'; connect-src 'none'; form-action 'none'"

_LINKS = re.compile(r"<link\b[^>]*>\s*")
_SCRIPTS = re.compile(r"<script\b[^>]*\bsrc=[^>]*>\s*</script>\s*")
_TITLES = re.compile(r"<title>.*?</title>\s*", re.DOTALL)
_LOGO = re.compile(r'<img\s+class="NO-CACHE"[^>]*>')
_FOOTER = re.compile(r"<footer>.*?</footer>", re.DOTALL)
_DARK = re.compile(
    r"(/\*[^*]*\*/\s*)?@media \(prefers-color-scheme: dark\) \{(?:[^{}]*\{[^{}]*\})*\s*\}"
)
# The calendar of a date filter would be one more library; part of a date, as text, does as well.
_CALENDAR = re.compile(
    r"'filterControl': 'datepicker', 'filterCustomSearch': '\w+', "
    r"'filterDatepickerOptions': \{[^{}]*\}"
)
# What the library says of a share of no rows at all.
_NO_ROWS = re.compile(r">\s*NaN% (?:not )?null\s*<")
_TAGS = re.compile(r"<[a-zA-Z][^<>]*>")
_LOADED = re.compile(
    r"""(\ssrc\s*=\s*["']?|url\(\s*["']?)(?:https?:)?//[^"'\s)>]*""", re.IGNORECASE
)


def vendored() -> Iterator[tuple[str, bytes]]:
    """Yield each file that pages need, by its name within `static/`: style, scripts, licences."""
    folder = Path(__file__).with_name("vendor")
    for path in sorted(folder.iterdir()):
        yield f"vendor/{path.name}", path.read_bytes()
    yield OWN_STYLE, folder.with_name(OWN_STYLE).read_bytes()


def offline(page: str, title: str, up: str, notice: str = "", back: str = "") -> str:
    """Return a page that loads nothing but files of its own site.

    `up`: the way to the site's folder (`../../`); `notice`: shown on top; `back`: address of the
    scorecard, if there is one.
    """
    for unwanted in (_LINKS, _SCRIPTS, _TITLES, _FOOTER, _DARK):
        page = unwanted.sub("", page)
    page = _CALENDAR.sub("'filterControl': 'input'", page)
    page = _NO_ROWS.sub(">no rows<", page)
    page = _LOGO.sub(_logo(up), page)
    page = _TAGS.sub(lambda tag: _LOADED.sub(r"\1", tag[0]), page)
    page = page.replace("<html>", '<html lang="en-GB">', 1)
    page = page.replace("<head>", f"<head>\n{_first(title, up)}", 1)
    page = page.replace("</head>", f"{_own_style(up)}\n</head>", 1)
    return page.replace("<body>", f"<body>\n{_top(notice, back)}", 1)


def _first(title: str, up: str) -> str:
    """The head's first lines: style before the page's own, and scripts in their order."""
    place = f"{up}{STATIC}/vendor/"
    lines = [
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>{html.escape(title)}</title>",
        f'<link rel="icon" href="{up}{STATIC}/{IMAGES[0]}">',
        *(f'<link rel="stylesheet" href="{place}{name}">' for name in STYLES),
        *(f'<script src="{place}{name}"></script>' for name in SCRIPTS),
    ]
    return "\n".join(lines)


def _own_style(up: str) -> str:
    return f'<link rel="stylesheet" href="{up}{STATIC}/{OWN_STYLE}">'


def _logo(up: str) -> str:
    return f'<img src="{up}{STATIC}/{IMAGES[1]}" alt="Great Expectations" height="50">'


def _top(notice: str, back: str) -> str:
    lines = []
    if notice:
        lines.append(f'<p class="notice">{html.escape(notice)}</p>')
    if back:
        lines.append(f'<p class="back"><a href="{html.escape(back)}">Scorecard</a></p>')
    return "\n".join(lines)
