"""How control charts are worked out and judged, in sentences made of the method's constants. Not
here: what a chart says (`sentences`)."""

from __future__ import annotations

from warehouse.statistics.chart_options import (
    JUDGED_POINTS,
    LIMIT,
    SETTLED_POINTS,
    SHIFT_POINTS,
    TREND_POINTS,
)


def method_words() -> list[str]:
    """The kind of chart, its limits, what counts as a signal, and when nothing is judged."""
    return [
        "It is an XmR control chart (individual values and moving ranges), as NHS England's Making "
        f"Data Count draws them: the limits lie {LIMIT} mean moving ranges from the mean, which is "
        "about three standard deviations.",
        "A signal is a point outside the limits; two of three points in the outer third between "
        f"the mean and the same limit; {SHIFT_POINTS} points in a row on one side of the mean; or "
        f"{TREND_POINTS} in a row that all rise or all fall. Four such rules call some five in a "
        "hundred points of an unchanging series a signal by chance.",
        "The months from which mean and limits are worked out stand below the chart. They stay as "
        "they are until the series breaks, because how it is counted changed or somebody set a "
        "new start: later months are held against them.",
        f"Nothing is judged by fewer than {JUDGED_POINTS} points, and limits of fewer than "
        f"{SETTLED_POINTS} are called trial limits. Limits are called not stable where half of "
        "the months that gave them are themselves signals. Provisional months are drawn and not "
        "judged.",
    ]
