"""The points of a chart from the rows of a series, and what its parts are called. Pure; not here:
drawing them (`control_chart_spec`), sentences (`chart_words`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.base.months import between, month_text
from warehouse.base.number_format import say_per_day, value_text
from warehouse.kpi.charting import PER_WORKING_DAY
from warehouse.site.chart_style import LINES, POINTS, TEXT
from warehouse.site.site_page import KeyEntry
from warehouse.statistics.signals import NO_SIGNAL

Row = dict[str, Any]
# Unit -> what its axis says, of a month.
AXIS_WORDS = {
    "events": "Number in the month",
    "people": "People",
    "organisations": "Organisations",
    "fte": "Full-time equivalents",
    "minutes": "Minutes",
    "score": "Score",
    "pounds": "Pounds",
    "share": "Share",
    "rate_per_1000": "Per 1,000 patients",
    "rate_per_working_day": "Per working day",
    "rate_per_event": "Per event",
    "rate_per_person": "Per person",
    "patients_per_fte": "Patients per full-time equivalent",
    "fte_per_10000_patients": "Full-time equivalents per 10,000 patients",
    "mean_score": "Mean score",
}
WHOLE = ("events", "people", "organisations", "minutes")  # counted in whole numbers
CLOSE = 0.01  # ends of an axis of shares
ROOM = 0.06  # of the values' spread, above and below them


@dataclass(frozen=True)
class DrawnPoint:
    """A period of a chart: `value` None is a gap; mean and limits None where there are none."""

    month: date
    label: str
    value: float | None = None
    kind: str = "plain"
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    target: float | None = None
    england: float | None = None
    baseline: int = 0
    because: str | None = None


def point_kind(row: Row) -> str:
    """What a point is drawn as, by the keys of `POINTS`."""
    if row["status"] in ("provisional", "disputed"):
        return str(row["status"])
    if row["basis"] is None or row["mean"] is None:
        return "plain"
    if row["signal"] is None:
        return "not_judged"
    if row["signal"] == NO_SIGNAL:
        return "none"
    return row["variation"] if row["variation"] in POINTS else "neither"


def chart_points(
    series: Sequence[Row],
    unit: str,
    england: Mapping[date, float] | None = None,
    monthly: bool = True,
) -> list[DrawnPoint]:
    """The points of a series, oldest first, from the first that has a value; months that it lacks
    are gaps. `england`: by month, on the basis of the chart. Limits of a share are cut at 0 and 1,
    of all else at 0."""
    first = next((n for n, row in enumerate(series) if charted(row) is not None), 0)
    known = {row["month"]: row for row in series[first:]}
    months = between(min(known), max(known)) if monthly and known else tuple(sorted(known))
    beside = england or {}
    return [
        _point(known[month], unit, beside.get(month))
        if month in known
        else DrawnPoint(month, month_text(month))
        for month in months
    ]


def _point(row: Row, unit: str, england: float | None) -> DrawnPoint:
    return DrawnPoint(
        month=row["month"],
        label=row["period_label"],
        value=charted(row),
        kind=point_kind(row),
        mean=row["mean"],
        lower=_cut(row["lower_limit"], unit),
        upper=_cut(row["upper_limit"], unit),
        target=row["target"],
        england=england,
        baseline=row["baseline"] or 0,
        because=row["baseline_because"],
    )


def charted(row: Row) -> float | None:
    """What a chart shows of a row: per working day where the chart does."""
    value: float | None = row["charted_value"] if row["charted_value"] is not None else row["value"]
    return value


def _cut(limit: float | None, unit: str) -> float | None:
    if limit is None:
        return None
    return max(0.0, min(limit, 1.0) if unit == "share" else limit)


def ends_of(points: Iterable[DrawnPoint], from_zero: bool = False) -> tuple[float, float]:
    """The ends of a value axis on which all of these points and their lines are. `from_zero`: with
    nought, where nothing else says how much a difference is."""
    shown = [
        number
        for one in points
        for number in (one.value, one.mean, one.lower, one.upper, one.target, one.england)
        if number is not None
    ]
    if from_zero:
        shown.append(0.0)
    least, most = min(shown), max(shown)
    room = ((most - least) or abs(most) or 1.0) * ROOM
    above = 2 * room if from_zero else room
    return (least - room if least < 0 else max(0.0, least - room)), most + above


def breaks_of(points: Sequence[DrawnPoint]) -> list[DrawnPoint]:
    """The points with which a new baseline begins after another."""
    found, before = [], 0
    for point in points:
        if point.baseline and before and point.baseline != before:
            found.append(point)
        before = point.baseline or before
    return found


def axis_words(basis: str | None, unit: str, monthly: bool = True) -> str:
    """What the value axis of a chart shows."""
    said = AXIS_WORDS[unit]
    if basis == PER_WORKING_DAY:
        return "Per working day" if unit == "events" else f"{said}, per working day"
    return said if monthly or unit != "events" else "Number"


def number_words(value: float, basis: str | None, unit: str, digits: int = 1) -> str:
    """A value of a chart, its mean or a limit as text, on the basis of the chart: of whole numbers
    the mean is none, and has no more decimals than one. `digits`: of shares."""
    if unit in WHOLE and value != int(value):
        return say_per_day(value, unit)
    return say_per_day(value, unit) if basis == PER_WORKING_DAY else value_text(value, unit, digits)


def digits_of(points: Sequence[DrawnPoint], unit: str) -> int:
    """Decimals of a chart's texts: of shares that all lie within a percentage point one more, as
    its axis has, so that no limit is written like a tick which it is above."""
    low, high = ends_of(points)
    return 2 if unit == "share" and high - low < CLOSE else 1


def chart_key(points: Sequence[DrawnPoint]) -> list[KeyEntry]:
    """What the signs of a chart mean, of those that occur."""
    kinds = {point.kind for point in points if point.value is not None}
    found = [
        KeyEntry(shape, colour, words, TEXT if kind == "provisional" else colour)
        for kind, (colour, shape, words) in POINTS.items()
        if kind in kinds
    ]
    found += [
        KeyEntry("line", LINES[name][0], words, dash=LINES[name][1])
        for name, words, field in (
            ("mean", "the mean of a baseline", "mean"),
            ("limit", "limits: chance alone seldom goes beyond them", "upper"),
            ("target", "target", "target"),
            ("england", "England", "england"),
        )
        if any(getattr(point, field) is not None for point in points)
    ]
    if broken := breaks_of(points):
        reasons = dict.fromkeys(one.because or "a new baseline" for one in broken)
        said = " ".join(f"a new baseline begins: {why.rstrip('.')}." for why in reasons)
        colour, dash, _ = LINES["break"]
        found.append(KeyEntry("upright", colour, said.rstrip("."), dash=dash))
    return found
