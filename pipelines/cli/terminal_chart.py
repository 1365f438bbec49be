"""A control chart in characters: points, mean, limits, target and new baselines, over months.
Words say what marks mean; colour is not needed. Not here: its numbers (`warehouse.statistics`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.base.number_format import scale_texts, value_text
from warehouse.statistics.signals import NO_SIGNAL

HEIGHT = 13
WIDEST = 78  # columns, whatever the terminal: the eye follows no longer line
WIDTHS = (3, 2, 1)  # columns of a month: the first with which all fit
# Share of the range by which a target may lie outside it and still be drawn.
NEAR = 1.0


@dataclass(frozen=True)
class ChartPoint:
    """A month of a chart. `value`: None if it is missing; `begins`: whether a new baseline does."""

    month: date
    value: float | None
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    signal: str | None = None
    direction: str | None = None
    provisional: bool = False
    target: float | None = None
    begins: bool = False


@dataclass(frozen=True)
class Marks:
    """The characters of a chart."""

    point: str
    provisional: str
    high: str
    low: str
    mean: str
    limit: str
    target: str
    begins: str
    axis: str


SHARP = Marks("●", "○", "▲", "▼", "─", "┄", "═", "┊", "│")
PLAIN = Marks("*", "o", "^", "v", "-", ".", "=", ":", "|")


def marks_for(encoding: str | None) -> Marks:
    """The marks that an encoding can write: plain ones of ASCII if need be."""
    try:
        "".join(vars(SHARP).values()).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return SHARP


def months_that_fit(width: int, unit: str, points: Sequence[ChartPoint]) -> int:
    """How many of the newest points fit a terminal of this width."""
    labels = max(map(len, _labels(points, unit).values()), default=0)
    return max(min(width, WIDEST) - labels - 2, 1)


def chart_lines(points: Sequence[ChartPoint], unit: str, width: int, marks: Marks) -> list[str]:
    """The lines of a chart, of as many of the newest points as fit, and its legend; none if no
    point has a value. Limits of a share are cut at 0 and 1, for display only."""
    shown = list(points)[-months_that_fit(width, unit, points) :]
    span = _span(shown, unit)
    if span is None:
        return []
    labels = _labels(shown, unit)
    edge = max(map(len, labels.values()))
    room = min(width, WIDEST) - edge - 2
    each = next((one for one in WIDTHS if one * len(shown) <= room), 1)
    grid = _drawn(shown, span, unit, each, marks)
    lines = [
        f"{labels.get(row, ''):>{edge}} {marks.axis}{''.join(cells).rstrip()}"
        for row, cells in enumerate(grid)
    ]
    return [*lines, *_months(shown, edge, each), _legend(shown, span, unit, marks)]


def _cut(value: float | None, unit: str) -> float | None:
    return value if value is None or unit != "share" else min(max(value, 0.0), 1.0)


def _span(points: Sequence[ChartPoint], unit: str) -> tuple[float, float] | None:
    """The least and the most that is drawn; None without a value."""
    if all(one.value is None for one in points):
        return None
    drawn = [
        value
        for one in points
        for value in (one.value, one.mean, _cut(one.lower, unit), _cut(one.upper, unit))
        if value is not None
    ]
    least, most = min(drawn), max(drawn)
    room = NEAR * (most - least)
    targets = {one.target for one in points if one.target is not None}
    near = [target for target in targets if least - room <= target <= most + room]
    least, most = min([least, *near]), max([most, *near])
    flat = abs(most) / 10 or 1.0  # a series that never moves is drawn in the middle
    return (least, most) if most > least else (least - flat, most + flat)


def _labels(points: Sequence[ChartPoint], unit: str) -> dict[int, str]:
    """Row -> its label: the least and the most of the scale, mean and limits of the newest point
    that has them, else the middle."""
    span = _span(points, unit)
    if span is None:
        return {}
    least, most = span
    limited = [one for one in points if one.upper is not None]
    told = [least, most]
    if limited:
        newest = limited[-1]
        lines = (newest.mean, _cut(newest.lower, unit), _cut(newest.upper, unit))
        told += [value for value in lines if value is not None]
    else:
        told.append((least + most) / 2)
    rows = {_row(value, span): value for value in told}
    return dict(zip(rows, scale_texts(list(rows.values()), unit), strict=True))


def _row(value: float, span: tuple[float, float]) -> int:
    """The line of a value, from the top."""
    least, most = span
    return round((most - value) / (most - least) * (HEIGHT - 1))


def _drawn(
    points: Sequence[ChartPoint],
    span: tuple[float, float],
    unit: str,
    each: int,
    marks: Marks,
) -> list[list[str]]:
    """The cells, from the top: lines first, then what must not be hidden by them."""
    least, most = span
    grid = [[" "] * (each * len(points)) for _ in range(HEIGHT)]

    def put(value: float | None, first: int, mark: str, wide: int = 1) -> None:
        if value is None or not least <= value <= most:
            return
        grid[_row(value, span)][first : first + wide] = [mark] * wide

    for place, one in enumerate(points):
        left = place * each
        put(one.target, left, marks.target, each)
        put(_cut(one.lower, unit), left, marks.limit, each)
        put(_cut(one.upper, unit), left, marks.limit, each)
        put(one.mean, left, marks.mean, each)
        if one.begins and place:
            for row in grid:
                row[left] = marks.begins
    for place, one in enumerate(points):
        # In the middle of its month, beside the mark of a new baseline.
        put(one.value, place * each + each // 2, _mark(one, marks))
    return grid


def _mark(one: ChartPoint, marks: Marks) -> str:
    if one.provisional:
        return marks.provisional
    if one.signal in (None, NO_SIGNAL):
        return marks.point
    return marks.high if one.direction == "high" else marks.low


def _months(points: Sequence[ChartPoint], edge: int, each: int) -> list[str]:
    """Initials of months below their points, and the year below the first and each January."""
    initials = "".join(f"{one.month:%b}"[0].center(each) for one in points)
    years = [" "] * (each * len(points) + 4)
    januaries = [place for place, one in enumerate(points) if one.month.month == 1]
    soon = bool(januaries) and januaries[0] * each < 5  # no room for a year before it
    free = 0
    for place, one in enumerate(points):
        left = place * each + each // 2
        if (one.month.month == 1 or (place == 0 and not soon)) and left >= free:
            years[left : left + 4] = f"{one.month:%Y}"
            free = left + 5
    # `center` puts an odd blank right of an initial of two columns, where the point is not.
    shift = " " if each == 2 else ""
    margin = " " * (edge + 2)
    return [f"{margin}{shift}{initials}".rstrip(), f"{margin}{''.join(years)}".rstrip()]


def _legend(
    points: Sequence[ChartPoint], span: tuple[float, float], unit: str, marks: Marks
) -> str:
    """What the marks that occur mean."""
    sides = {_mark(one, marks) for one in points if one.value is not None}
    targets = sorted({one.target for one in points if one.target is not None})
    words = (
        (marks.point, "month", marks.point in sides),
        (marks.provisional, "provisional", marks.provisional in sides),
        (marks.high, "signal, high", marks.high in sides),
        (marks.low, "signal, low", marks.low in sides),
        (marks.mean, "mean", any(one.mean is not None for one in points)),
        (marks.limit, "limits", any(one.upper is not None for one in points)),
        (marks.begins, "new baseline", any(one.begins for one in points[1:])),
    )
    said = [f"{mark} {word}" for mark, word, there in words if there]
    for target in targets:
        outside = "" if span[0] <= target <= span[1] else ", outside the chart"
        said.append(f"{marks.target} target {value_text(target, unit)}{outside}")
    return "   ".join(said)
