"""Drawings of organisations beside each other: a funnel, and a strip of dots. Own places have their
names, others have none. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.site.chart_style import LINES, MUTED, TEXT, ChartSize, axis_title, config
from warehouse.site.site_page import KeyEntry

Spec = dict[str, Any]
OWN, OTHER = "#b34c00", "#768692"
DASHES: dict[str, tuple[int, ...]] = {"0.025": (), "0.001": (4, 4)}
STRIP_HEIGHT = 130
CLOSE = 0.008  # a spread of shares whose ticks differ in the second decimal
KEY = {
    "own": KeyEntry("diamond", OWN, "own places"),
    "other": KeyEntry("circle", OTHER, "others"),
    "average": KeyEntry("line", MUTED, "average of all", dash=(8, 3)),
    "0.025": KeyEntry("line", MUTED, "95% limits: of twenty alike, one is beyond by chance"),
    "0.001": KeyEntry("line", MUTED, "99.8% limits: of five hundred alike, one is", dash=(4, 4)),
    "median": KeyEntry("upright", MUTED, "half are below this line", dash=LINES["mean"][1]),
}


def funnel_spec(
    units: Sequence[Mapping[str, Any]],
    limits: Sequence[Mapping[str, float]],
    average: float,
    titles: tuple[str, str],
    size: ChartSize,
    share: bool,
) -> Spec:
    """A funnel: `units` with `denominator`, `value` and, of own places, `name`; `limits` by
    `denominator`; `titles` of the axes, size and value."""
    x = {
        "field": "denominator",
        "type": "quantitative",
        "scale": {"zero": False, "nice": False, "padding": 12},
        "axis": {
            "title": titles[0],
            "format": ",~f",
            "grid": False,
            "tickCount": size.width // 110,
        },
    }
    axis = axis_title(titles[1], size.letters) | {"format": _format(share, units), "tickCount": 6}
    y = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": False}}
    return _whole(
        size, size.height, [*_funnel_lines(limits, average, x, y), *_dots(units, x, y, size)]
    )


def _funnel_lines(
    limits: Sequence[Mapping[str, float]], average: float, x: Spec, y: Spec
) -> list[Spec]:
    """The limits by size, and the average."""
    every = [(f"{end}_{tail}", dash) for tail, dash in DASHES.items() for end in ("low", "high")]
    lines = [([one[name] for one in limits], dash) for name, dash in every]
    lines.append(([average] * len(limits), (8, 3)))
    sizes = [one["denominator"] for one in limits]
    return [
        {
            "data": {
                "values": [
                    {"denominator": n, "value": value}
                    for n, value in zip(sizes, values, strict=True)
                ]
            },
            "mark": {"type": "line", "color": MUTED, "strokeDash": list(dash), "strokeWidth": 1.2},
            "encoding": {"x": x, "y": y},
        }
        for values, dash in lines
    ]


def strip_spec(
    units: Sequence[Mapping[str, Any]], median: float, title: str, size: ChartSize, share: bool
) -> Spec:
    """A dot per organisation along its `value`, that of own places with their `name`."""
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "nice": True, "padding": 12},
        "axis": {
            "title": title,
            "format": _format(share, units),
            "grid": False,
            "tickCount": size.width // 90,
        },
    }
    y = {"value": 34}
    middle = {
        "data": {"values": [{"value": median}]},
        "mark": {"type": "rule", "color": MUTED},
        "encoding": {"x": x, "y": {"value": 20}, "y2": {"value": 48}},
    }
    return _whole(size, STRIP_HEIGHT, [middle, *_dots(units, x, y, size, above=True)])


def _format(share: bool, units: Sequence[Mapping[str, Any]]) -> str:
    """Numbers in full; shares with a second decimal where ticks are close."""
    values = [one["value"] for one in units]
    close = max(values) - min(values) < CLOSE
    return (".2%" if close else ".1%") if share else ",~f"


def _whole(size: ChartSize, height: int, layers: Sequence[Spec]) -> Spec:
    return {
        "width": size.width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 4,
        "config": config(size.letters),
        "layer": list(layers),
    }


def _dots(
    units: Sequence[Mapping[str, Any]], x: Spec, y: Spec, size: ChartSize, above: bool = False
) -> list[Spec]:
    others = [dict(one) for one in units if not one.get("name")]
    own = [dict(one) for one in units if one.get("name")]
    point = {"type": "point", "filled": True, "opacity": 1}
    return [
        {
            "data": {"values": others},
            "mark": {**point, "color": OTHER, "size": size.point * 0.8, "opacity": 0.7},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": own},
            "mark": {**point, "color": OWN, "shape": "diamond", "size": size.point * 2.2},
            "encoding": {"x": x, "y": y},
        },
        *(
            {
                "data": {"values": named},
                "mark": {"type": "text", "color": TEXT, "fontWeight": "bold", **place},
                "encoding": {"x": x, "y": y, "text": {"field": "name"}},
            }
            for named, place in _named(units, own, above)
        ),
    ]


def _named(
    units: Sequence[Mapping[str, Any]], own: Sequence[Spec], above: bool
) -> list[tuple[list[Spec], Spec]]:
    """Own places by where their names stand: above their point, or towards the middle."""
    if above:
        return [(list(own), {"dy": -16})]
    sizes = [one["denominator"] for one in units]
    middle = (min(sizes) + max(sizes)) / 2
    small = [one for one in own if one["denominator"] <= middle]
    large = [one for one in own if one["denominator"] > middle]
    right, left = {"dx": 9, "align": "left"}, {"dx": -9, "align": "right"}
    return [(some, place) for some, place in ((small, right), (large, left)) if some]
