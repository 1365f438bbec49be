"""Line charts as SVG: a few series of positive numbers on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment

Point = tuple[float, float]
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 210, 44, 48  # room for labels
LABEL_STEP = 15  # least distance of two labels at the right
# Distinct also for people who confuse colours (Okabe and Ito), with dashes for the second round.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
SVG = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" role="img"
 font-family="sans-serif" font-size="12" fill="#212b32">
<title>{{ title }}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{{ left }}" y="24" font-size="15" font-weight="bold">{{ title }}</text>
{% for tick in across %}
<line x1="{{ tick.at }}" x2="{{ tick.at }}" y1="{{ top }}" y2="{{ foot }}" stroke="#e8edee"/>
<text x="{{ tick.at }}" y="{{ foot + 18 }}" text-anchor="middle">{{ tick.text }}</text>
{% endfor %}
{% for tick in up %}
<line x1="{{ left }}" x2="{{ end }}" y1="{{ tick.at }}" y2="{{ tick.at }}" stroke="#d8dde0"/>
<text x="{{ left - 6 }}" y="{{ tick.at + 4 }}" text-anchor="end">{{ tick.text }}</text>
{% endfor %}
<text x="{{ (left + end) / 2 }}" y="{{ foot + 38 }}" text-anchor="middle">{{ x_label }}</text>
<text x="{{ left - 48 }}" y="{{ top - 8 }}">{{ y_label }}</text>
{% for line in lines %}
<polyline points="{{ line.path }}" fill="none" stroke="{{ line.colour }}" stroke-width="2"
 {%- if line.dashed %} stroke-dasharray="6 4"{% endif %}/>
{% for x, y in line.points %}
<circle cx="{{ x }}" cy="{{ y }}" r="3" fill="{{ line.colour }}"/>
{% endfor %}
<text x="{{ end + 10 }}" y="{{ line.label_at }}" fill="{{ line.colour }}">{{ line.name }}</text>
{% endfor %}
</svg>
"""
)


@dataclass(frozen=True)
class Scale:
    """A logarithmic scale from values to places on the paper."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self.first + share * (self.last - self.first), 1)


def round_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 or 5 times powers of ten that span the values, both ends included."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    numbers = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    first = max(number for number in numbers if number <= low)
    last = min(number for number in numbers if number >= high and number > first)
    return [number for number in numbers if first <= number <= last]


def apart(places: Sequence[float], step: float) -> list[float]:
    """Return places in the same order, moved down where they are nearer than a step."""
    moved, before = list(places), -math.inf
    for index in sorted(range(len(moved)), key=lambda one: moved[one]):
        moved[index] = before = max(moved[index], before + step)
    return moved


def line_chart(
    title: str, x_label: str, y_label: str, series: Mapping[str, Iterable[Point]]
) -> str:
    """Return an SVG with a line for each series, labelled at its end; the x values are the ticks.

    Points without a positive value are left out. Raises ValueError if none is left.
    """
    kept = {name: sorted(p for p in points if min(p) > 0) for name, points in series.items()}
    kept = {name: points for name, points in kept.items() if points}
    if not kept:
        raise ValueError(f"{title}: nothing to draw")
    columns = sorted({x for points in kept.values() for x, _ in points})
    values = [y for points in kept.values() for _, y in points]
    ticks = round_ticks(min(values), max(values))
    end, foot = WIDTH - RIGHT, HEIGHT - BOTTOM
    across = Scale(columns[0], max(columns[-1], columns[0] * 1.01), LEFT + 8, end - 8)
    up = Scale(ticks[0], ticks[-1], foot, TOP)
    drawn = {n: [(across.at(x), up.at(y)) for x, y in points] for n, points in kept.items()}
    labels = apart([points[-1][1] + 4 for points in drawn.values()], LABEL_STEP)
    lines = [
        {
            "name": name,
            "points": points,
            "path": " ".join(f"{x},{y}" for x, y in points),
            "colour": COLOURS[number % len(COLOURS)],
            "dashed": number >= len(COLOURS),
            "label_at": labels[number],
        }
        for number, (name, points) in enumerate(drawn.items())
    ]
    return SVG.render(
        width=WIDTH, height=HEIGHT, left=LEFT, top=TOP, end=end, foot=foot,
        title=title, x_label=x_label, y_label=y_label, lines=lines,
        across=[{"at": across.at(x), "text": f"{x:g}"} for x in columns],
        up=[{"at": up.at(y), "text": f"{y:,g}"} for y in ticks],
    ) + "\n"  # fmt: skip
