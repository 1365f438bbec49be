"""The output of `access-recovery show`: the series of a KPI and a place as a control chart, a
table, and a sentence. Not here: arguments (`look_up`), the chart's marks (`terminal_chart`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import Screen, plain_table
from pipelines.cli.terminal_chart import WIDEST, ChartPoint, chart_lines, marks_for
from warehouse.base.months import add_months, month_text
from warehouse.base.number_format import say_per_day, value_text
from warehouse.base.working_days import working_days
from warehouse.kpi.charting import PER_WORKING_DAY, charted_unit
from warehouse.reference.levels import LEVELS

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable

Row = dict[str, Any]
BARS = "▁▂▃▄▅▆▇█"
NO_BAR = "·"  # a month without a value
DRAWN = 24  # months of a chart, or more if more are asked for
FEWEST = 2  # points of a chart
WHOLE = "Whole month"


def show_series(
    screen: Screen, kpi: Row, place: Row, rows: list[Row], earlier: Sequence[Row]
) -> None:
    """Print the rows of `warehouse.outputs.search.series` that were asked for, each with `facts`.
    `earlier`: those before them, which the chart may have too."""
    from warehouse.outputs.search import name_shown

    level = LEVELS[place["org_level"]].singular
    screen.say(f"{kpi['title']} - {name_shown(place)} ({level} {place['org_code']})")
    first, last = rows[0]["period_label"], rows[-1]["period_label"]
    marks = marks_for(screen.out.encoding)
    bars = f"{spark_line([row['value'] for row in rows])}  " if marks.point == "●" else ""
    screen.say(f"{bars}{first} to {last}\n")
    show_chart(screen, kpi, [*earlier, *rows][-max(DRAWN, len(rows)) :])
    screen.table(_table(kpi, rows))
    _show_working_days(screen, kpi, rows)
    _show_reasons(screen, rows)
    screen.say(
        f"\nNext: access-recovery explain {kpi['kpi_id']} --org {place['org_code']} --month {last}"
    )


def show_chart(screen: Screen, kpi: Row, rows: Sequence[Row]) -> None:
    """Print the control chart of rows of `warehouse.outputs.search.series`."""
    charted = [row for row in rows if row["charted_value"] is not None]
    if len(charted) < FEWEST:
        if kpi["not_charted_because"]:
            screen.say(f"No control chart: {kpi['not_charted_because']}\n")
        return
    newest = charted[-1]
    unit = charted_unit(newest["basis"], kpi["unit"])
    width = min(screen.out.width, WIDEST)
    for line in chart_lines(_points(rows), unit, width, marks_for(screen.out.encoding)):
        screen.say(line)
    daily = "Per working day. " if newest["basis"] == PER_WORKING_DAY else ""
    screen.say(f"{daily}{_limits(newest, kpi['unit'])}\n")


def _points(rows: Iterable[Row]) -> list[ChartPoint]:
    found: list[ChartPoint] = []
    baseline = None
    for row in rows:
        found.append(
            ChartPoint(
                month=row["month"],
                value=row["charted_value"],
                mean=row["mean"],
                lower=row["lower_limit"],
                upper=row["upper_limit"],
                signal=row["signal"],
                direction=row["direction"],
                provisional=row["status"] == "provisional",
                target=row["target"],
                begins=row["baseline"] is not None and baseline not in (None, row["baseline"]),
            )
        )
        baseline = row["baseline"] or baseline
    return found


def _limits(row: Row, unit: str) -> str:
    """Mean, limits and baseline in a line: what the newest point is judged by."""
    from warehouse.statistics.point_words import unstable_words

    if row["upper_limit"] is None:
        return f"No limits: {row['not_judged_because']}."
    mean, lower, upper = (
        say_per_day(row[key], unit)
        if row["basis"] == PER_WORKING_DAY
        else value_text(row[key], unit, 2)
        for key in ("mean", "lower_limit", "upper_limit")
    )
    few = "trial limits" if row["limits"] == "trial" else "limits"
    because = f" ({row['baseline_because'].rstrip('.')})" if row["baseline_because"] else ""
    disputed = row["baseline_disputed_points"]
    rests = f", {disputed} of them disputed" if disputed else ""
    return (
        f"Mean {mean}, {few} {lower} to {upper}, of {row['points_in_baseline']} months from "
        f"{month_text(row['baseline_from'])} on{because}{rests}"
        f"{unstable_words(row['baseline_signals'], row['points_in_baseline'])}."
    )


def _table(kpi: Row, rows: Sequence[Row]) -> FittedTable:
    from warehouse.outputs.headline import BESIDE, beside_value, whole_month_text

    kind = kpi["period_type"].replace("_", " ").capitalize()
    daily = kpi["chart_basis"] == PER_WORKING_DAY
    whole = (WHOLE,) if daily else ()
    table = plain_table(
        *(kind, "Value", *whole, *BESIDE),
        right=("Value", WHOLE, "Per working day", "On the year", "England"),
        expendable=("England", "Per working day"),
        narrow={"Signal": 15},
    )
    for row in rows:
        value = "-" if row["value"] is None else value_text(row["value"], kpi["unit"])
        of_month = (whole_month_text(row),) if daily else ()
        table.add_row(row["period_label"], value, *of_month, *beside_value(row))
    return table


def _show_working_days(screen: Screen, kpi: Row, rows: Sequence[Row]) -> None:
    """Why the two changes on the year differ, by the newest month that has both."""
    compared = [row for row in rows if row["year_on_year_change"] is not None]
    if kpi["chart_basis"] != PER_WORKING_DAY or not compared:
        return
    month = compared[-1]["month"]
    before = add_months(month, -12)
    screen.say(
        f"\n{WHOLE}: change on the year of the month as it is. On the year: per working day, which "
        f"the chart judges. {month:%B %Y} had {working_days(month)} working days, {before:%B %Y} "
        f"{working_days(before)}."
    )


def _show_reasons(screen: Screen, rows: Sequence[Row]) -> None:
    from warehouse.statistics.sentences import sentence

    screen.say(f"\n{sentence(rows[-1]['facts'])}")
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["status_reason"]:
            reasons.setdefault(row["status_reason"], []).append(row["period_label"])
    for reason, of_months in reasons.items():
        screen.say(f"{', '.join(of_months)}: {reason}")


def spark_line(values: Sequence[float | None]) -> str:
    """One bar a value, from the least to the most; a dot where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return NO_BAR * len(values)
    least, most = min(known), max(known)
    step = (most - least) / (len(BARS) - 1) or 1.0
    return "".join(
        NO_BAR if value is None else BARS[round((value - least) / step)] for value in values
    )
