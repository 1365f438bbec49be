"""The drawing of a series: points, mean and limits by baseline, target, England, and why a baseline
begins. Pure; what a chart says in words is in `chart_words`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from warehouse.base.months import months_apart
from warehouse.site.chart_style import (
    LINE,
    LINES,
    MUTED,
    POINTS,
    TEXT,
    ChartSize,
    axis_title,
    config,
)
from warehouse.site.charted_points import DrawnPoint, breaks_of, ends_of

Spec = dict[str, Any]
LINE_HEIGHT = 1.25  # of letters
MONTH_LETTERS = 6  # widths of a month's name and the room about it, in heights of letters
STEPS = (1, 2, 3, 6, 12, 24)  # months between two names of months
AXES = 60  # of a chart's width
MOST_BREAK_LINES = 3
FEW = 8  # periods with their values written beside the points
# Line -> its name, and the field of a point that has it.
NAMED = (
    ("england", "England", "england"),
    ("target", "Target", "target"),
    ("mean", "Mean", "mean"),
    ("limit", "Upper limit", "upper"),
    ("limit", "Lower limit", "lower"),
)


def control_chart_spec(
    points: Sequence[DrawnPoint],
    unit: str,
    title: str,
    size: ChartSize,
    words: Callable[[float], str],
    scale: tuple[float, float] | None = None,
    monthly: bool = True,
) -> Spec:
    """The Vega-Lite specification of the points of a series, oldest first.

    `title`: what the value axis shows; `words`: how a value is written; `scale`: ends of that axis,
    for charts that are read beside each other. A period without a value is a gap. Mean and limits
    are lines that break where a baseline begins, with the reason written above. `monthly`: points
    lie as far apart as their months; else side by side.
    """
    low, high = scale or ends_of(points, from_zero=not monthly)
    above = _break_lines(points, size)
    height = LINE_HEIGHT * size.letters
    room = above * height
    y = _value_axis(axis_title(title, size.letters, round(room)), unit, (low, high))
    each = (high - low) / max(1.0, size.height - room - 4 * size.letters)  # of a pixel
    return {
        "width": size.width,
        "height": size.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 4,
        "config": config(size.letters),
        "data": {"values": [_values(point, monthly) for point in points]},
        "encoding": {"x": _months(points, size) if monthly else _periods()},
        "layer": [
            *_lines(points, y),
            *_breaks(points, size, above),
            *_figures(points, y, size, words if len(points) <= FEW and not monthly else None),
            _names(points, words, size, (low, high, each * height)),
        ],
    }


def _value_axis(title: Spec, unit: str, ends: tuple[float, float]) -> Spec:
    low, high = ends
    return {
        "field": "value",
        "type": "quantitative",
        "axis": title | {"format": _axis_format(unit, high - low), "tickCount": 5},
        "scale": {"domain": [low, high], "nice": False, "zero": False},
    }


def _axis_format(unit: str, spread: float) -> str:
    """Numbers in full (27,000); shares in per cent, with decimals where ticks are close."""
    if unit == "share":
        return ".0%" if spread >= 0.04 else ".1%" if spread >= 0.004 else ".2%"
    return ",~f"


def _values(point: DrawnPoint, monthly: bool) -> Spec:
    found = {
        "at": f"{point.month:%Y-%m-%d}" if monthly else point.label,
        "value": point.value,
        "kind": point.kind,
        "baseline": point.baseline,
    }
    for name in ("mean", "lower", "upper", "target", "england"):
        if getattr(point, name) is not None:
            found[name] = getattr(point, name)
    return found


def _months(points: Sequence[DrawnPoint], size: ChartSize) -> Spec:
    """The axis of months: names of as many as fit, counted back from the newest."""
    last = points[-1].month
    span = months_apart(points[0].month, last) + 1
    fit = max(2, (size.width - AXES - size.beside) // (MONTH_LETTERS * size.letters))
    step = next((one for one in STEPS if span <= one * fit), STEPS[-1])
    named = [point.month for point in points if months_apart(point.month, last) % step == 0]
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "padding": 8},
        "axis": {
            "title": None,
            "format": "%b %Y",
            "grid": False,
            "labelOverlap": False,
            "values": [_moment(month) for month in named],
        },
    }


def _moment(month: date) -> Spec:
    return {"year": month.year, "month": month.month, "date": 1, "utc": True}


def _periods() -> Spec:
    axis = {"title": None, "grid": False, "labelAngle": 0}
    return {"field": "at", "type": "ordinal", "sort": None, "axis": axis}


def _lines(points: Sequence[DrawnPoint], y: Spec) -> Iterable[Spec]:
    """Mean, limits, target and England's figures, those that the series has."""
    for name, _, field in reversed(NAMED):
        if any(getattr(point, field) is not None for point in points):
            colour, dash, width = LINES[name]
            mark = {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": width}
            yield {
                "transform": [{"filter": f"isValid(datum.{field})"}],
                "mark": mark,
                "encoding": {"y": {**y, "field": field}, "detail": {"field": "baseline"}},
            }


def _figures(
    points: Sequence[DrawnPoint],
    y: Spec,
    size: ChartSize,
    words: Callable[[float], str] | None,
) -> Iterable[Spec]:
    """The line through the figures, and a point for each; its value too, with `words`."""
    yield {"mark": {"type": "line", "color": LINE, "strokeWidth": 2}, "encoding": {"y": y}}
    known = [point for point in points if point.value is not None]
    yield {
        "transform": [{"filter": "isValid(datum.value)"}],
        "mark": {
            "type": "point",
            "filled": True,
            "size": size.point,
            "opacity": 1,
            "strokeWidth": 1.5,
        },
        "encoding": {"y": y, **_looks(known)},
    }
    if words:
        yield {
            "data": {
                "values": [
                    {"at": one.label, "value": one.value, "said": words(one.value)}
                    for one in known
                    if one.value is not None
                ]
            },
            "mark": {"type": "text", "dy": -14, "color": TEXT},
            "encoding": {"y": y, "text": {"field": "said"}},
        }


def _looks(points: Sequence[DrawnPoint]) -> Spec:
    """Colour and shape of points; a provisional one is hollow."""
    kinds = [kind for kind in POINTS if any(point.kind == kind for point in points)]
    colours, shapes = [POINTS[kind][0] for kind in kinds], [POINTS[kind][1] for kind in kinds]
    strokes = [TEXT if kind == "provisional" else POINTS[kind][0] for kind in kinds]
    by = {"field": "kind", "type": "nominal", "legend": None}
    return {
        "color": by | {"scale": {"domain": kinds, "range": colours}},
        "stroke": by | {"scale": {"domain": kinds, "range": strokes}},
        "shape": by | {"scale": {"domain": kinds, "range": shapes}},
    }


def _reason(point: DrawnPoint, size: ChartSize) -> list[str]:
    """Why a baseline begins, as lines of text; what does not fit is told in the key."""
    told = point.because and size.across
    text = f"New baseline: {point.because}" if told else "New baseline"
    if not size.across:
        return [text]
    return textwrap.wrap(
        text, size.across, max_lines=MOST_BREAK_LINES, placeholder=" ...", break_long_words=True
    )


def _break_lines(points: Sequence[DrawnPoint], size: ChartSize) -> int:
    """Lines of text that the reasons of all new baselines take, one above the other."""
    return sum(len(_reason(point, size)) for point in breaks_of(points))


def _breaks(points: Sequence[DrawnPoint], size: ChartSize, above: int) -> Iterable[Spec]:
    """Where a baseline begins after another: a line up to the reason above the chart."""
    height, middle = LINE_HEIGHT * size.letters, len(points) / 2
    colour, dash, width = LINES["break"]
    for point in breaks_of(points):
        left = points.index(point) < middle
        top = -round(above * height)
        lines = _reason(point, size)
        above -= len(lines)
        at = {"data": {"values": [{"at": f"{point.month:%Y-%m-%d}", "said": "\n".join(lines)}]}}
        yield at | {
            "mark": {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": width},
            "encoding": {"y": {"value": top}, "y2": {"value": "height"}},
        }
        yield at | {
            "mark": {
                "type": "text",
                "align": "left" if left else "right",
                "baseline": "top",
                "lineBreak": "\n",
                "lineHeight": height,
                "dx": 5 if left else -5,
            },
            "encoding": {"y": {"value": top}, "text": {"field": "said"}},
        }


def _names(
    points: Sequence[DrawnPoint],
    words: Callable[[float], str],
    size: ChartSize,
    scale: tuple[float, float, float],
) -> Spec:
    """The names of lines at their ends, moved apart so that none is on another. `scale`: ends of
    the value axis, and how much of it a line of text takes."""
    low, high, least = scale
    ends = []
    for name, said, field in NAMED:
        found = [value for one in points if (value := getattr(one, field)) is not None]
        if found:
            colour = LINES[name][0] if name == "target" else MUTED
            text = (
                f"{said} {words(found[-1])}"
                if size.values_beside
                else said.split()[-1].capitalize()
            )
            ends.append({"y": found[-1], "said": text, "colour": colour})
    return {
        "data": {"values": apart(ends, low, high, least)},
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {
            "x": {"value": "width"},
            "y": {"field": "y", "type": "quantitative"},
            "text": {"field": "said"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def apart(names: Sequence[Spec], low: float, high: float, least: float) -> list[Spec]:
    """Texts at `y`, in their order, moved so that neighbours are `least` apart within the axis."""
    placed = sorted(names, key=lambda one: float(one["y"]))
    at = low - least
    for number, one in enumerate(placed):
        at = max(float(one["y"]), at + least)
        placed[number] = {**one, "y": at}
    at = high + least
    for number in range(len(placed) - 1, -1, -1):
        at = min(float(placed[number]["y"]), at - least)
        placed[number] = {**placed[number], "y": at}
    return placed
