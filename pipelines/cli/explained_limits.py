"""The part of `access-recovery explain` on limits: a few lines, or every month of the baseline. Not
here: what they say (`warehouse.explain.limits`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import Screen, plain_table
from warehouse.base.months import month_text
from warehouse.base.number_format import amount, limit

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable


def show_limits(screen: Screen, found: dict[str, Any], every_month: bool) -> None:
    """Print what a figure's limits were worked out from; `every_month`: each month's part in it."""
    from warehouse.explain.limits import limits_in_words
    from warehouse.statistics.point_words import signal_words

    screen.say("\nControl chart")
    for line in limits_in_words(found):
        screen.say(f"  {line}")
    if "months" not in found:
        return
    said = signal_words(found["signal"], found["direction"], found["not_judged_because"])
    screen.say(f"  Signal     {said}")
    if every_month:
        screen.say("")
        screen.table(_table(found["months"]))
    else:
        screen.say("  --limits lists the months.")


def _table(months: list[dict[str, Any]]) -> FittedTable:
    numbers = ("Value", "Moving range", "Numerator", "Denominator")
    table = plain_table("Month", *numbers, "Used", right=numbers, expendable=numbers[2:])
    for one in months:
        table.add_row(
            month_text(one["month"]),
            *(limit(one[key]) for key in ("value", "moving_range")),
            *(amount(one[key]) for key in ("numerator", "denominator")),
            "yes" if one["used"] else f"no: {one['not_used_because']}",
        )
    return table
