"""The drawing of a figure by fifths of deprivation: a bar each with its interval, and England's
beside. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.site.chart_style import ENGLAND, LINE, TEXT, ChartSize, axis_title, config
from warehouse.site.site_page import KeyEntry

Row = dict[str, Any]
NAMES = {1: "1 (most deprived)", 2: "2", 3: "3", 4: "4", 5: "5 (least deprived)"}
FIFTHS = tuple(str(number) for number in NAMES)
AXIS = "Fifths of patients: 1 most deprived, 5 least"
KEY = {
    "bar": KeyEntry("bar", LINE, "figure of the practices whose patients are in this fifth"),
    "interval": KeyEntry("upright", TEXT, "95% interval: where it may lie, by chance alone"),
    "england": KeyEntry("diamond", ENGLAND, "England"),
}


def deprivation_spec(
    own: Sequence[Row], england: Sequence[Row], title: str, size: ChartSize, share: bool
) -> Row:
    """Bars from nought of rows of `kpi_by_deprivation`."""
    x = {
        "field": "fifth",
        "type": "ordinal",
        "sort": list(FIFTHS),
        "scale": {"domain": list(FIFTHS)},
        "axis": {"title": AXIS, "labelAngle": 0},
    }
    axis = axis_title(title, size.letters) | {"format": ".0%" if share else ",~f", "tickCount": 5}
    y = {"field": "value", "type": "quantitative", "axis": axis}
    bars = {"data": {"values": [_bar(row) for row in own if row["value"] is not None]}}
    layers: list[Row] = [
        bars
        | {"mark": {"type": "bar", "color": LINE, "opacity": 0.75}, "encoding": {"x": x, "y": y}},
        bars
        | {
            "mark": {"type": "rule", "color": TEXT, "strokeWidth": 2},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
    ]
    beside = [_bar(row) for row in england if row["value"] is not None]
    if beside:
        mark = {"type": "point", "shape": "diamond", "filled": True, "color": ENGLAND, "size": 90}
        layers.append({"data": {"values": beside}, "mark": mark, "encoding": {"x": x, "y": y}})
    return {
        "width": size.width,
        "height": size.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 4,
        "config": config(size.letters),
        "layer": layers,
    }


def _bar(row: Row) -> Row:
    return {
        "fifth": str(row["quintile"]),
        "value": row["value"],
        "low": row["lower95"],
        "high": row["upper95"],
    }
