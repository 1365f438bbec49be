"""What a chart of a series says in words: finding, text alternative, table, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from warehouse.base.months import add_months, say_months
from warehouse.base.number_format import value_text
from warehouse.kpi.charting import PER_WORKING_DAY
from warehouse.outputs.headline import BESIDE, NEW_SERIES, beside_value, signal_text
from warehouse.site.charted_points import charted, number_words
from warehouse.site.site_page import PageTable
from warehouse.statistics.past_judgement import PastJudgement
from warehouse.statistics.point_words import (
    MEANINGS,
    TOO_FEW,
    brief_reason,
    signal_words,
    unstable_words,
)
from warehouse.statistics.sentences import (
    COUNTED,
    SentenceFacts,
    change_words,
)

Row = dict[str, Any]
MISSING = "[x]"
MEANS_MISSING = f"{MISSING}: no figure; the last column says why."
LINES = {
    "Mean": "mean",
    "Lower limit": "lower_limit",
    "Upper limit": "upper_limit",
    "Target": "target",
}
NO_ENGLAND = (
    "England is not drawn: a count of the whole country says nothing beside that of a part of it."
)


def finding(facts: SentenceFacts, past: PastJudgement | None = None) -> str:
    """The title of a chart: what it shows of whom, and what the newest period says; where that is
    not judged, what was said of the newest that is (`past`), as in tables."""
    if facts.value is None:
        return f"{facts.title}, {facts.place}"
    if facts.chart is None:
        said = f"{value_text(facts.value, facts.unit)} in {facts.period}"
        changed = f", {change_words(facts)}" if facts.change is not None else ""
        return f"{facts.title}, {facts.place}: {said}{changed}"
    judged = signal_text({"facts": facts, "past": past})
    return f"{facts.title}, {facts.place}: {change_words(facts)}; {judged}"


def short_finding(facts: SentenceFacts, past: PastJudgement | None = None) -> str:
    """The title of one of several charts of a KPI: whose it is, and what it says. `past`: as of
    `finding`."""
    if facts.value is None:
        return facts.place
    row = {"facts": facts, "past": past}
    beside = dict(zip(BESIDE, beside_value(row), strict=True))
    changed = beside["On the year"]
    if changed == "-":
        changed = value_text(facts.value, facts.unit)
    elif changed != NEW_SERIES:
        changed = f"{changed} on the year"
    judged = "" if facts.chart is None else f"; {beside['Signal']}"
    return f"{facts.place}: {changed}{judged}"


def limits_words(row: Row, unit: str) -> str:
    """Mean and limits of a period in a sentence; nothing of a series that has no control chart."""
    if row["basis"] is None or row["mean"] is None:
        return ""
    if row["upper_limit"] is None:
        return f"There are no limits: {row['not_judged_because'] or TOO_FEW}."
    mean, lower, upper, value = _told_apart(row, unit)
    few = "trial limits" if row["limits"] == "trial" else "limits"
    because = f" ({row['baseline_because'].rstrip('.')})" if row["baseline_because"] else ""
    return (
        f"The mean is {mean}, the {few} {lower} to {upper}, worked out from "
        f"{row['points_in_baseline']} months from {say_months([row['baseline_from']])}{because}"
        f"{unstable_words(row['baseline_signals'], row['points_in_baseline'])}." + value
    )


def _told_apart(row: Row, unit: str) -> tuple[str, str, str, str]:
    """Mean and limits as texts, with as many decimals as tell the value from the limits; and the
    value in a sentence where that takes more than it has elsewhere."""
    for digits in (1, 2, 3):
        names = ("mean", "lower_limit", "upper_limit", "charted_value")
        mean, lower, upper, value = (charted_text(row, name, unit, digits) for name in names)
        if value not in (lower, upper):
            break
    plain = value in ("-", charted_text(row, "charted_value", unit))
    return mean, lower, upper, "" if plain else f" The value is {value}."


def england_words(unit: str, drawn: bool) -> str:
    """Why England is not beside a series; nothing if it is."""
    if drawn:
        return ""
    return NO_ENGLAND if unit in COUNTED else "There is no figure of England to draw beside it."


def disputed_words(series: Sequence[Row], monthly: bool) -> str:
    """Which of these periods are disputed, by reason; nothing if none is."""
    reasons: dict[str, list[Row]] = {}
    for row in series:
        if row["status"] == "disputed":
            reasons.setdefault(row["status_reason"] or "no reason is recorded", []).append(row)
    said = []
    for reason, found in reasons.items():
        months, labels = [row["month"] for row in found], [row["period_label"] for row in found]
        when = say_months(months) if monthly else ", ".join(labels)
        said.append(f"{when}: disputed. {reason[:1].upper()}{reason[1:].rstrip('.')}.")
    return " ".join(said)


def charted_text(row: Row, name: str, unit: str, digits: int = 1) -> str:
    """A value of a chart as text, on the basis of the chart. `digits`: of shares."""
    value = row[name]
    return "-" if value is None else number_words(value, row["basis"], unit, digits)


def series_table(
    series: Sequence[Row],
    unit: str,
    caption: str,
    shown: int | None = None,
    england: Mapping[date, float] | None = None,
) -> PageTable:
    """A row per period, the newest first and `shown` at most: the value, all that the chart shows,
    the same period of the year before on the basis of the chart, and what it says."""
    before = {row["month"]: charted(row) for row in series}
    rows = list(reversed(series))[:shown]
    columns = _columns(rows, unit, before, england or {})
    cells = [[column[number] for column in columns.values()] for number in range(len(rows))]
    return PageTable(caption, list(columns), cells, frozenset(_numeric(columns)))


def _numeric(columns: Mapping[str, Sequence[str]]) -> list[int]:
    return [
        number for number, name in enumerate(columns) if name not in ("Period", "Signal", "Status")
    ]


def _columns(
    rows: Sequence[Row],
    unit: str,
    before: Mapping[date, float | None],
    england: Mapping[date, float],
) -> dict[str, list[str]]:
    """Heading -> its cells; without columns in which nothing would be."""
    found: dict[str, list[str]] = {
        "Period": [row["period_label"] for row in rows],
        "Value": [_text(row["value"], None, unit) for row in rows],
    }
    if any(row["basis"] == PER_WORKING_DAY for row in rows):
        found["Per working day"] = [charted_text(row, "charted_value", unit) for row in rows]
    ago = [before.get(add_months(row["month"], -12)) for row in rows]
    if any(value is not None for value in ago):
        found["A year before"] = [
            "-" if value is None else number_words(value, row["basis"], unit)
            for row, value in zip(rows, ago, strict=True)
        ]
    for heading, name in LINES.items():
        if any(row[name] is not None for row in rows):
            found[heading] = [charted_text(row, name, unit) for row in rows]
    if england:
        beside = [(england.get(row["month"]), row["basis"]) for row in rows]
        found["England"] = [
            "-" if value is None else number_words(value, basis, unit) for value, basis in beside
        ]
    if any(row["signal"] or row["not_judged_because"] for row in rows):
        found["Signal"] = [_signal(row) for row in rows]
    return found | {"Status": [_status(row) for row in rows]}


def _text(value: float | None, basis: str | None, unit: str) -> str:
    return MISSING if value is None else number_words(value, basis, unit)


def _signal(row: Row) -> str:
    if row["value"] is None:
        return ""
    if row["signal"] is None:
        why = row["not_judged_because"]
        return brief_reason(why) if why else ""
    said = signal_words(row["signal"], row["direction"])
    meaning = MEANINGS.get(row["variation"] or "")
    return f"{said} ({meaning})" if meaning else said


def _status(row: Row) -> str:
    why = row["status_reason"] if row["value"] is None and row["status"] != "suppressed" else None
    status = str(row["status"]).replace("_", " ")
    return f"{status}: {why}" if why else status
