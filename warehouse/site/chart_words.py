"""What a control chart says in words: its finding, its text alternative, its table, its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.base.months import month_text
from warehouse.base.number_format import say_per_day, value_text
from warehouse.kpi.charting import PER_WORKING_DAY
from warehouse.site.chart_style import POINTS
from warehouse.site.control_chart_spec import point_kind
from warehouse.site.site_page import PageTable
from warehouse.statistics.sentences import SentenceFacts, brief_judgement, change_words

Row = dict[str, Any]
SYNTHETIC = "SYNTHETIC sample data"


def finding(facts: SentenceFacts) -> str:
    """The title of a chart: what it shows of whom, and what the newest month says."""
    if facts.value is None:
        return f"{facts.title}, {facts.place}"
    return f"{facts.title}, {facts.place}: {change_words(facts)} ({brief_judgement(facts)})"


def limits_words(row: Row, unit: str) -> str:
    """Mean and limits of a period in a sentence."""
    if row["upper_limit"] is None:
        return "There are too few periods for limits."
    mean, lower, upper = (
        charted_text(row, key, unit) for key in ("mean", "lower_limit", "upper_limit")
    )
    few = "trial limits" if row["limits"] == "trial" else "limits"
    because = f" ({row['baseline_because'].rstrip('.')})" if row["baseline_because"] else ""
    return (
        f"The mean is {mean}, the {few} {lower} to {upper}, worked out from "
        f"{row['points_in_baseline']} months from {month_text(row['baseline_from'])}{because}."
    )


def charted_text(row: Row, name: str, unit: str) -> str:
    """A value of a chart as text, on the basis of the chart."""
    value = row[name]
    if value is None:
        return "-"
    return say_per_day(value, unit) if row["basis"] == PER_WORKING_DAY else value_text(value, unit)


def series_table(series: Sequence[Row], unit: str, caption: str) -> PageTable:
    """A row per period, the newest first: value, what the chart shows, and what it says."""
    daily = any(row["basis"] == PER_WORKING_DAY for row in series)
    headings = ["Period", "Value", *(["Per working day"] if daily else []), "Mean", "Lower limit"]
    headings += ["Upper limit", "Signal", "Status"]
    cells = []
    for row in reversed(series):
        value = "[x]" if row["value"] is None else value_text(row["value"], unit)
        shown = [charted_text(row, "charted_value", unit)] if daily else []
        limits = [charted_text(row, name, unit) for name in ("mean", "lower_limit", "upper_limit")]
        kind = point_kind(row)
        said = "" if row["value"] is None or row["signal"] is None else POINTS[kind][2]
        cells.append([row["period_label"], value, *shown, *limits, said, row["status"]])
    return PageTable(caption, headings, cells, frozenset(range(1, len(headings) - 2)))
