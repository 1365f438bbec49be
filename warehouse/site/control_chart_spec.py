"""The drawing of a control chart: points, mean and limits by baseline, target, England. Pure; what
the chart says in words is in `chart_words`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from warehouse.site.chart_style import ENGLAND, GRID, LINE, MUTED, POINTS, TARGET, TEXT, config
from warehouse.statistics.signals import NO_SIGNAL

Row = dict[str, Any]
AXIS_FORMATS = {"share": ".0%"}
LABEL = 95  # width of a month's label with room about it


def point_kind(row: Row) -> str:
    """What a point is drawn as, by the keys of `POINTS`."""
    if row["status"] == "provisional":
        return "provisional"
    if row["signal"] in (None, NO_SIGNAL):
        return "none"
    return row["variation"] if row["variation"] in POINTS else "neither"


def control_chart_spec(
    series: Sequence[Row],
    unit: str,
    size: tuple[int, int],
    letters: int = 13,
    scale: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """The Vega-Lite specification of the rows of a series, oldest first.

    `scale`: ends of the value axis, for charts that are read beside each other. A month without a
    value is a gap. Mean and limits are lines that break where a baseline begins.
    """
    points = [_point(row) for row in series]
    axis = {"title": None, "format": AXIS_FORMATS.get(unit, "~s"), "tickCount": 5}
    ends = {"domain": list(scale)} if scale else {}
    y = {
        "field": "value",
        "type": "quantitative",
        "axis": axis,
        "scale": {"zero": False, "nice": True, **ends},
    }
    width, height = size
    return {
        "width": width,
        "height": height,
        "config": config(letters),
        "data": {"values": points},
        "encoding": {"x": _months(series, width)},
        "layer": list(_layers(points, y)),
    }


def _layers(points: Sequence[Row], y: Row) -> Iterable[Row]:
    """From the back to the front."""
    yield from (_limits("lower"), _limits("upper"), _rule("mean", MUTED, [], 1.5))
    if any(point["target"] is not None for point in points):
        yield _rule("target", TARGET, [2, 3], 1.5)
    if any(point["england"] is not None for point in points):
        yield _rule("england", ENGLAND, [8, 3], 1.5)
    yield {"mark": {"type": "line", "color": LINE, "strokeWidth": 2}, "encoding": {"y": y}}
    yield _breaks(points)
    known = [point for point in points if point["value"] is not None]
    yield {
        "transform": [{"filter": "isValid(datum.value)"}],
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "strokeWidth": 1.5},
        "encoding": {"y": y, **_looks(known)},
    }


def _point(row: Row) -> Row:
    month = row["month"]
    shown = row["charted_value"] if row["charted_value"] is not None else row["value"]
    same = row["charted_value"] in (None, row["value"])  # else England's is on another basis
    return {
        "month": f"{month:%Y-%m-%d}",
        "value": shown,
        "mean": row["mean"],
        "lower": row["lower_limit"],
        "upper": row["upper_limit"],
        "target": row["target"],
        "england": row["england_value"] if same else None,
        "baseline": row["baseline"] or 0,
        "kind": point_kind(row),
    }


def _months(series: Sequence[Row], width: int) -> dict[str, Any]:
    return {
        "field": "month",
        "type": "temporal",
        "axis": {
            "title": None,
            "format": "%b %Y",
            "grid": False,
            "tickCount": min(len(series), max(3, width // LABEL)),
        },
    }


def _rule(name: str, colour: str, dash: list[int], width: float) -> dict[str, Any]:
    return {
        "transform": [{"filter": f"isValid(datum.{name})"}],
        "mark": {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": width},
        "encoding": {
            "y": {"field": name, "type": "quantitative"},
            "detail": {"field": "baseline"},
        },
    }


def _limits(name: str) -> dict[str, Any]:
    return _rule(name, MUTED, [4, 4], 1.0)


def _breaks(points: Sequence[Row]) -> dict[str, Any]:
    """A line where a baseline begins after another."""
    begun, before = [], 0
    for point in points:
        if point["baseline"] and before and point["baseline"] != before:
            begun.append({"month": point["month"]})
        before = point["baseline"] or before
    return {
        "data": {"values": begun},
        "mark": {"type": "rule", "color": GRID, "strokeWidth": 2},
        "encoding": {"x": {"field": "month", "type": "temporal"}},
    }


def _looks(points: Sequence[Row]) -> dict[str, Any]:
    """Colour and shape of points; a provisional one is hollow."""
    kinds = [kind for kind in POINTS if any(point["kind"] == kind for point in points)]
    colours, shapes = [POINTS[kind][0] for kind in kinds], [POINTS[kind][1] for kind in kinds]
    strokes = [TEXT if kind == "provisional" else POINTS[kind][0] for kind in kinds]
    by = {"field": "kind", "type": "nominal", "legend": None}
    return {
        "color": by | {"scale": {"domain": kinds, "range": colours}},
        "stroke": by | {"scale": {"domain": kinds, "range": strokes}},
        "shape": by | {"scale": {"domain": kinds, "range": shapes}},
    }
