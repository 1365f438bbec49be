"""What charts of organisations beside each other say: funnels, ranks, deprivation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.base.number_format import amount, say_signed, signed_points, value_text
from warehouse.base.text import and_list
from warehouse.site.deprivation_spec import NAMES
from warehouse.site.kpi_about import ORDER
from warehouse.site.site_page import PageTable

Row = Mapping[str, Any]
CLASSES = {
    "within": "not different from the average by more than chance",
    "high_0.025": "above the 95% limits",
    "high_0.001": "above the 99.8% limits",
    "low_0.025": "below the 95% limits",
    "low_0.001": "below the 99.8% limits",
}
WIDENED = (
    "More than a fifth of all would be beyond limits of chance alone, so they differ for other "
    "reasons, too: the limits are widened by how much they differ (overdispersion)."
)
PLAIN = "The limits are those of chance alone: smaller ones vary more by luck."
WHOSE = (
    "It is the deprivation of a practice's patients, not of the persons who attended. A practice "
    "is in one fifth as a whole, by the mean of its patients: the bars cannot say how people in "
    "the most deprived streets fare, nor that deprivation is the cause."
)
TWO_INTERVALS = (
    "The lines on the bars show only the error of counting in each fifth; whether the gap may be "
    "chance is judged by how much practices differ from each other, which is usually more. So "
    "lines that do not overlap do not show that the gap is more than chance."
)
NO_INTERVAL = "not known"
RATIOS = ("relative_gap", "rii")
OF_MOST_DEPRIVED = ("absolute_gap", "relative_gap")  # they say by how much that fifth is higher


def funnel_title(title: str, own: Sequence[Row], every: str) -> str:
    """What a funnel shows of own places: `name` and `funnel` of each."""
    by_class: dict[str, list[str]] = {}
    for one in own:
        by_class.setdefault(one["funnel"], []).append(one["name"])
    said = [f"{and_list(names)}: {CLASSES[found]}" for found, names in by_class.items()]
    return f"{title}, among {every}. {'; '.join(said)}"


def funnel_table(own: Sequence[Row], unit: str, average: float, caption: str) -> PageTable:
    """Own places, and the average."""
    cells = [
        [
            one["name"],
            value_text(one["value"], unit),
            amount(one["denominator"]),
            CLASSES[one["funnel"]],
        ]
        for one in own
    ]
    cells.append(["Average of all", value_text(average, unit), "", ""])
    headings = ["Place", "Figure", "Size (denominator)", "Funnel"]
    return PageTable(caption, headings, cells, frozenset({1, 2}))


def rank_title(title: str, name: str, row: Row, every: str) -> str:
    """Where a place is among all of its level, and whether that means anything."""
    place = f"{row['rank']:,} of {row['ranked_of']:,} {every}, {ORDER.get(row['rank_order'], '')}"
    judged = f"; {CLASSES[row['funnel']]}" if row["funnel"] else ""
    return f"{title}: {name} is {place}{judged}"


def summary_cells(title: str, row: Row, unit: str) -> list[str]:
    """A row about a place among all of its level: its figure, the one in the middle, its place, and
    whether it differs from the average by more than chance."""
    judged = CLASSES.get(row["funnel"], "not judged")
    place = f"{row['rank']:,} of {row['ranked_of']:,}, {ORDER.get(row['rank_order'], '')}"
    return [
        title,
        value_text(row["value"], unit),
        value_text(row["median"], unit),
        place,
        judged[:1].upper() + judged[1:],
    ]


def rank_table(name: str, row: Row, unit: str, every: str, caption: str) -> PageTable:
    """The place, and how all of its level are spread."""
    cells = [
        [name, value_text(row["value"], unit)],
        [f"One in ten {every} is below", value_text(row["p10"], unit)],
        [f"Half of all {every} are below", value_text(row["median"], unit)],
        [f"One in ten {every} is above", value_text(row["p90"], unit)],
    ]
    return PageTable(caption, ["Whose", "Figure"], cells, frozenset({1}))


def difference(value: float | None, unit: str) -> str:
    """A difference of two figures: in percentage points of shares."""
    if value is None:
        return NO_INTERVAL
    if unit == "share":
        return signed_points(value).replace(" pp", " percentage points")
    return say_signed(round(value, 1))


def by_chance(gap: Row) -> str:
    """Whether a gap is more than chance, by its interval."""
    low, high = gap["absolute_gap_lower"], gap["absolute_gap_upper"]
    if low is None or high is None:
        return "whether the gap is more than chance is not known"
    return "the gap may be chance" if low <= 0 <= high else "the gap is more than chance"


def two_intervals(gap: Row) -> str | None:
    """Why the intervals of the bars do not settle the gap; None where it has no interval."""
    if gap["absolute_gap_lower"] is None or gap["absolute_gap_upper"] is None:
        return None
    return TWO_INTERVALS


def highest_between(own: Sequence[Row]) -> str | None:
    """That the highest fifth is neither the most nor the least deprived, where it is so."""
    known = [row for row in own if row["value"] is not None]
    highest = max(known, key=lambda row: row["value"], default=None)
    if highest is None or highest["quintile"] in (min(NAMES), max(NAMES)):
        return None
    return (
        f"The highest is fifth {highest['quintile']}, between the most and the least deprived: the "
        "figure does not simply rise or fall with deprivation."
    )


def deprivation_notes(gap: Row, own: Sequence[Row]) -> list[str | None]:
    """What to know of a chart by fifths."""
    return [two_intervals(gap), highest_between(own), WHOSE]


def deprivation_title(title: str, name: str, gap: Row, unit: str) -> str:
    """What the fifths show."""
    if gap["most_deprived"] is None or gap["least_deprived"] is None:
        return f"{title}, {name}, by fifths of deprivation"
    most, least = (value_text(gap[one], unit) for one in ("most_deprived", "least_deprived"))
    return (
        f"{title}, {name}: {most} in the most deprived fifth, {least} in the least deprived; "
        f"{by_chance(gap)}"
    )


def no_gap_words(gap: Row) -> str | None:
    """Why a place has no gap; None if it has one."""
    if gap["reason"]:
        return str(gap["reason"])
    if gap["most_deprived_missing"]:
        return "None of its practices is in the most deprived fifth of England, so there is no gap."
    return None


def quintile_table(
    own: Sequence[Row], england: Sequence[Row], unit: str, caption: str
) -> PageTable:
    """A row per fifth."""
    beside = {row["quintile"]: row["value"] for row in england if row["value"] is not None}
    headings = ["Fifth", "Figure", "95% interval", "Patients", "Practices"]
    cells = []
    for row in own:
        known = row["value"] is not None
        interval = f"{value_text(row['lower95'], unit)} to {value_text(row['upper95'], unit)}"
        cell = [NAMES[row["quintile"]], value_text(row["value"], unit) if known else "[x]"]
        cell += [interval if known else "-", amount(row["patients"]), amount(row["practices"])]
        if beside:
            other = beside.get(row["quintile"])
            cell.append("-" if other is None else value_text(other, unit))
        cells.append(cell)
    headings += ["England"] if beside else []
    return PageTable(caption, headings, cells, frozenset(range(1, len(headings))))


def gap_table(gap: Row, unit: str, caption: str) -> PageTable:
    """Gaps and indices with their intervals, which way each is, and what it means."""
    rows = (
        ("Absolute gap", "absolute_gap", "the most deprived fifth less the least deprived"),
        ("Relative gap", "relative_gap", "the most deprived fifth divided by the least deprived"),
        (
            "Slope index (SII)",
            "sii",
            "along a line through all fifths, the end of the least deprived patients less the end "
            "of the most deprived: the other way round than the gap",
        ),
        (
            "Relative index (RII)",
            "rii",
            "the end of that line for the least deprived divided by the end for the most deprived: "
            "the other way round than the gap",
        ),
    )
    cells = []
    for name, field, meaning in rows:
        if gap[field] is not None:
            both = [_gap(gap[f"{field}_{end}"], field, unit) for end in ("lower", "upper")]
            interval = NO_INTERVAL if NO_INTERVAL in both else " to ".join(both)
            way = which_way(gap, field)
            cells.append([name, way, _gap(gap[field], field, unit), interval, meaning])
    headings = ["Measure", "Which way", "Figure", "95% interval", "Meaning"]
    return PageTable(caption, headings, cells, frozenset({2}))


def which_way(gap: Row, field: str) -> str:
    """Whether the figure is higher or lower among the most deprived by a measure, whose sign or
    size does not say so by itself; and that its interval leaves it open."""
    even = 1.0 if field in RATIOS else 0.0
    more = gap[field] > even if field in OF_MOST_DEPRIVED else gap[field] < even
    way = "higher" if more else "lower"
    said = f"{way} among the most deprived" if gap[field] != even else "the same in both"
    low, high = gap[f"{field}_lower"], gap[f"{field}_upper"]
    if low is not None and high is not None and low <= even <= high:
        return "not clear: the interval includes both"
    return said


def _gap(value: float | None, field: str, unit: str) -> str:
    if value is None:
        return NO_INTERVAL
    if field in RATIOS:
        return f"{value:.2f} times"
    return difference(value, unit)
