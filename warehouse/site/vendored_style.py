"""The NHS.UK design system's style, as published, without what an offline page may not load: its
typeface is licensed to the NHS alone, and its pictures lie on a server."""

from __future__ import annotations

import re
from pathlib import Path

STYLE = "nhsuk-frontend-10.6.1.min.css"
LICENCE = "LICENCE-nhsuk-frontend.txt"
VENDOR = Path(__file__).with_name("vendor")
_FACES = re.compile(r"@font-face\{[^}]*\}")
_LOADED = re.compile(r"url\((?:https?:|/)[^)]*\)")
_TYPEFACE = re.compile(r"Frutiger W01,")


def offline_style() -> str:
    """The style sheet, which loads nothing and names no typeface that may not be used."""
    text = (VENDOR / STYLE).read_text(encoding="utf-8")
    return _TYPEFACE.sub("", _LOADED.sub("none", _FACES.sub("", text)))


def own_files() -> dict[str, bytes]:
    """Name within `static/` -> content: the design system's style and licence, our own style and
    scripts."""
    static = Path(__file__).with_name("static")
    found = {path.name: path.read_bytes() for path in sorted(static.iterdir())}
    return {
        "nhsuk.css": offline_style().encode(),
        LICENCE: (VENDOR / LICENCE).read_bytes(),
        **found,
    }
