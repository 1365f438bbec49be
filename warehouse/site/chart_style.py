"""Colours, letters and sizes of charts, in one place. Colours are those of Making Data Count; each
also has a shape and a word, since some readers see no colour."""

from __future__ import annotations

from typing import Any

FONT = "Arial, Liberation Sans, sans-serif"
TEXT, MUTED, GRID = "#212b32", "#4c6272", "#d8dde0"
LINE, ENGLAND, TARGET = "#005eb8", "#768692", "#8a1538"
# What a control chart says of a point -> colour, shape (Vega's names), and the word beside it.
POINTS: dict[str, tuple[str, str, str]] = {
    "improvement": ("#00548f", "triangle-up", "signal: an improvement"),
    "concern": ("#b34c00", "triangle-down", "signal: a concern"),
    "neither": ("#5c2d91", "diamond", "signal"),
    "none": ("#4c6272", "circle", "no signal"),
    "provisional": ("#ffffff", "circle", "provisional: not judged yet"),
}
WIDE, NARROW, SMALL = (680, 300), (340, 260), (300, 150)


def config(size: int) -> dict[str, Any]:
    """Vega-Lite's configuration: letters of `size` pixels, quiet axes, no frame."""
    return {
        "background": "#ffffff",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": TEXT,
            "titleColor": TEXT,
            "labelFontSize": size,
            "titleFontSize": size,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domainColor": MUTED,
            "tickColor": MUTED,
            "labelOverlap": True,
        },
        "legend": {"labelFontSize": size, "titleFontSize": size, "labelColor": TEXT},
        "header": {"labelFontSize": size, "labelColor": TEXT, "titleFontSize": size},
        "text": {"fontSize": size, "color": TEXT},
    }
