"""Colours, letters and sizes of charts, in one place. Colours are those of Making Data Count; each
also has a shape and a word, since some readers see no colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FONT = "Arial, Liberation Sans, sans-serif"
TEXT, MUTED, GRID = "#212b32", "#4c6272", "#d8dde0"
LINE, ENGLAND, TARGET = "#005eb8", "#768692", "#8a1538"
# What a control chart says of a point -> colour, shape (Vega's names), and the word beside it.
POINTS: dict[str, tuple[str, str, str]] = {
    "improvement": ("#00548f", "triangle-up", "signal: an improvement"),
    "concern": ("#b34c00", "triangle-down", "signal: a concern"),
    "neither": ("#5c2d91", "diamond", "signal: unusual, good or bad is not said"),
    "none": ("#4c6272", "circle", "no signal"),
    "not_judged": ("#7c8791", "circle", "not judged"),
    "provisional": ("#ffffff", "circle", "provisional: not judged yet"),
    "disputed": (TEXT, "square", "disputed: published although in doubt"),
    "plain": ("#005eb8", "circle", "a figure: there is no control chart that judges it"),
}
# Line -> colour, dashes, width.
LINES: dict[str, tuple[str, tuple[int, ...], float]] = {
    "mean": (MUTED, (), 1.5),
    "limit": (MUTED, (4, 4), 1.0),
    "target": (TARGET, (2, 3), 1.5),
    "england": (ENGLAND, (8, 3), 1.5),
    "break": (MUTED, (1, 2), 1.5),
}


@dataclass(frozen=True)
class ChartSize:
    """How large a chart is, all in all. `letters`: their height; `beside`: room on the right for
    the names of lines; `across`: characters of a line of text within it, if any; `point`: area.
    Nothing is drawn smaller than this on the screens it is for, so letters stay as they are."""

    width: int
    height: int
    letters: int
    beside: int
    across: int
    point: int

    @property
    def values_beside(self) -> bool:
        """Whether there is room for values beside the names of lines."""
        return self.beside >= 100


WIDE = ChartSize(760, 360, 13, 126, 60, 70)
NARROW = ChartSize(350, 300, 12, 62, 26, 45)
SMALL = ChartSize(304, 190, 12, 58, 0, 36)


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


def marked(spec: Mapping[str, Any], synthetic: bool) -> Mapping[str, Any]:
    """A specification, with the word SYNTHETIC within the drawing if its figures are invented."""
    if not synthetic:
        return spec
    said = {"text": "SYNTHETIC", "anchor": "end", "color": TARGET, "fontSize": 11, "font": FONT}
    return {**spec, "title": {**said, "frame": "bounds", "offset": 4}}


def axis_title(words: str, letters: int, above: int = 0) -> dict[str, Any]:
    """The title of a value axis, level and above it, where it is read first."""
    return {
        "title": words,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleBaseline": "bottom",
        "titleX": -30,
        "titleY": -(letters // 2 + 4 + above),
    }
