"""What is said of a point of a control chart: its signal, that it has none, or why it is not
judged; and what a reader must know of its limits. One vocabulary for all that shows them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.statistics.signals import NO_SIGNAL

NO_CLEAR_CHANGE, NO_CHART = "no clear change", "no chart"
# Why a point that has a value is not judged.
PROVISIONAL = "provisional until more months are published"
TOO_FEW = "too few months"
NOT_JUDGED, NOT_JUDGED_YET = "not judged", "not judged yet"
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
    `signal`; `points`: months that gave its limits, of which `disputed_points` are disputed;
    `few_points`: whether they are trial limits; `as_a_year_before`: whether the same month a year
    earlier had a signal in the same direction; `begun`: the month, in words, in which its baseline
    began, and `because`, if that was after the year before; `undecided`: of one that is not judged
    for being provisional, and is outside its limits all the same, the side, `high` or `low`."""

    signal: str = NO_SIGNAL
    direction: str | None = None
    variation: str | None = None
    not_judged: str | None = None
    points: int = 0
    disputed_points: int = 0
    few_points: bool = False
    as_a_year_before: bool = False
    undecided: str | None = None
    begun: str | None = None
    because: str | None = None


def why_not_judged(reason: str) -> str:
    """`not judged: too few months (3 of 8)`, `not judged yet: provisional until ...`."""
    return f"{NOT_JUDGED_YET if reason == PROVISIONAL else NOT_JUDGED}: {reason}"


def brief_reason(reason: str) -> str:
    """For a table that has the status beside it: `too few months (3 of 8)`, `not judged yet`."""
    return NOT_JUDGED_YET if reason == PROVISIONAL else reason


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
    if chart.not_judged is None and chart.disputed_points:
        are = "is" if chart.disputed_points == 1 else "are"
        found.append(
            f"Of the {chart.points} months that give its limits {chart.disputed_points} {are} "
            "disputed."
        )
    return found
