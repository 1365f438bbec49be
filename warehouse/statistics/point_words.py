"""What is said of a point of a control chart: its signal, that it has none, or why it is not
judged; and what a reader must know of its limits. One vocabulary for all that shows them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.statistics.chart_options import UNSTABLE
from warehouse.statistics.signals import NO_SIGNAL

NO_CLEAR_CHANGE, NO_CHART = "no clear change", "no chart"
# Why a point that has a value is not judged.
PROVISIONAL = "provisional until more months are published"
TOO_FEW = "too few months"
JUDGED_WITHIN = 6  # months before the newest in which a verdict still says how things are
NOT_JUDGED, NOT_JUDGED_YET = "not judged", "not judged yet"
MEANINGS = {"improvement": "an improvement", "concern": "a concern"}
# Rule of a signal -> what it says of the point, by direction.
SIGNALS = {
    ("outside_limits", "high"): "above its upper limit",
    ("outside_limits", "low"): "below its lower limit",
    ("trend", "high"): "in a run of seven months or more, each higher than the one before",
    ("trend", "low"): "in a run of seven months or more, each lower than the one before",
    ("two_of_three", "high"): "twice in three months close to its upper limit",
    ("two_of_three", "low"): "twice in three months close to its lower limit",
    ("shift", "high"): "in a run of seven months or more above its mean",
    ("shift", "low"): "in a run of seven months or more below its mean",
}


@dataclass(frozen=True)
class ChartedPoint:
    """What a control chart says of a month. `not_judged`: why it is not judged, and has no
    `signal`; `mean`: its usual level, on the basis of the chart, by `points` months from `since`
    on, in words, of which `disputed_points` are disputed; `few_points`: whether they give trial
    limits; `as_a_year_before`: whether the same month a year earlier had a signal in the same
    direction; `begun`: the month, in words, in which its baseline began, and `because`, if that was
    after the year before; `undecided`: of one that is not judged for being provisional, and is
    outside its limits all the same, the side, `high` or `low`."""

    signal: str = NO_SIGNAL
    direction: str | None = None
    variation: str | None = None
    not_judged: str | None = None
    mean: float | None = None
    points: int = 0
    own_signals: int = 0
    since: str | None = None
    disputed_points: int = 0
    few_points: bool = False
    as_a_year_before: bool = False
    undecided: str | None = None
    begun: str | None = None
    because: str | None = None

    @property
    def has_signal(self) -> bool:
        """Whether it is judged, and has a signal."""
        return self.not_judged is None and self.signal != NO_SIGNAL


def standing_words(signal: str, direction: str | None) -> str:
    """`unusually high`, `unusually low`; a trend says nothing of the level: `rising`, `falling`."""
    if signal == "trend":
        return "falling" if direction == "low" else "rising"
    return f"unusually {direction}"


def point_in_words(chart: ChartedPoint | None) -> str:
    """What a chart says of a month, in full: `unusually high, a concern: above its upper limit`,
    `no clear change, by trial limits`, why it is not judged, `no chart`."""
    if chart is None:
        return NO_CHART
    if chart.not_judged is not None:
        return why_not_judged(chart.not_judged)
    limits = ", by trial limits" if chart.few_points else ""
    if not chart.has_signal:
        return NO_CLEAR_CHANGE + limits
    stands = standing_words(chart.signal, chart.direction)
    said = ", ".join(filter(None, (stands, MEANINGS.get(chart.variation or ""))))
    again = ", as a year before" if chart.as_a_year_before else ""
    return f"{said}: {SIGNALS[chart.signal, chart.direction or 'high']}{again}{limits}"


def brief_point(chart: ChartedPoint | None, plain: bool) -> str:
    """The same for a table: `no clear change`, `unusually high, improvement (shift)`, `rising
    (trend)`. `plain`: an improvement or concern as that alone."""
    if chart is None:
        return NO_CHART
    if chart.not_judged is not None:
        return brief_reason(chart.not_judged)
    if not chart.has_signal:
        return NO_CLEAR_CHANGE
    meaning = chart.variation if chart.variation in MEANINGS else None
    stands = None if meaning and plain else standing_words(chart.signal, chart.direction)
    said = ", ".join(filter(None, (stands, meaning)))
    return f"{said} ({brief_signal(chart.signal, chart.direction)})"


def why_not_judged(reason: str) -> str:
    """`not judged: too few months (3 of 8)`, `not judged yet: provisional until ...`."""
    return f"{NOT_JUDGED_YET if reason == PROVISIONAL else NOT_JUDGED}: {reason}"


def brief_reason(reason: str) -> str:
    """For a table that has the status beside it: `too few months (3 of 8)`, `not judged yet`."""
    return NOT_JUDGED_YET if reason == PROVISIONAL else reason


def unstable_words(own_signals: int | None, points: int | None) -> str:
    """After limits that are told, and the months that gave them: that they are not stable, if so
    many of these `points` are themselves signals."""
    if not points or own_signals is None or own_signals < UNSTABLE * points:
        return ""
    return f"; not stable: {own_signals} of them are themselves signals"


def signal_words(signal: str | None, direction: str | None, not_judged: str | None = None) -> str:
    """What a signal says of its point; `no clear change` without one, why if it is not judged, `-`
    for a missing month."""
    if signal is None:
        return "-" if not_judged is None else why_not_judged(not_judged)
    return SIGNALS.get((signal, direction or "high"), NO_CLEAR_CHANGE)


def brief_signal(signal: str, direction: str | None) -> str:
    """The rule of a signal for a table: `shift`, `two of three`, `above limits`."""
    if signal == "outside_limits":
        return "below limits" if direction == "low" else "above limits"
    return signal.replace("_", " ")


def words_on_limits(chart: ChartedPoint) -> list[str]:
    """What a reader must know of limits before trusting what they say."""
    found = []
    if chart.undecided:
        where = SIGNALS["outside_limits", chart.undecided]
        found.append(f"It is {where}, which is a signal only if it still is once it is final.")
    if chart.has_signal and unstable_words(chart.own_signals, chart.points):
        found.append(
            f"Its limits are not stable: {chart.own_signals} of the {chart.points} months that "
            "gave them are themselves signals, so it was changing all along."
        )
    if chart.not_judged is None and chart.disputed_points:
        are = "is" if chart.disputed_points == 1 else "are"
        found.append(
            f"Of the {chart.points} months that give its limits {chart.disputed_points} {are} "
            "disputed."
        )
    return found
