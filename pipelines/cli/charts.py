"""`access-recovery spc`: control charts of any series.

Belongs here: files, options and what is printed. Does not: the method (`warehouse.statistics`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import folder_to_write, month_named, not_an_input
from pipelines.cli.screen import Screen
from warehouse.base.text import plural
from warehouse.store import whole_file

if TYPE_CHECKING:
    import polars as pl

    from pipelines.cli.series_files import Series

app = typer.Typer()
POINTS = ("case", "month", "value", "baseline", "mean", "lower_limit", "upper_limit")
WORDS = ("special_cause", "point_type")
# After the columns of the reference: how much its limits are worth.
BESIDE = ("limits", "points_in_baseline", "baseline_signals")


class Improvement(StrEnum):
    """Which direction of a series is an improvement."""

    increase = "increase"
    decrease = "decrease"
    neutral = "neutral"


@app.command(rich_help_panel="Statistics")
def spc(
    series: Annotated[Path, typer.Argument(help="CSV with columns case, month, value.")],
    out: Annotated[Path, typer.Option(help="CSV to write, a row per point.")],
    cases: Annotated[
        Path | None, typer.Option(help="CSV with the options of each case, in place of those here.")
    ] = None,
    improvement_direction: Annotated[
        Improvement | None, typer.Option(help="Which direction is better; neutral if left out.")
    ] = None,
    target: Annotated[float | None, typer.Option(help="Target, for the assurance.")] = None,
    fix_after_n_points: Annotated[
        int | None, typer.Option(min=2, help="Limits from the first N points of a baseline only.")
    ] = None,
    screen_outliers: Annotated[
        bool | None,
        typer.Option(
            "--screen-outliers/--keep-outliers",
            help="Leave moving ranges of 3.267 x the mean range and more out of the limits.",
        ),
    ] = None,
    rebase_month: Annotated[
        list[str] | None, typer.Option(help="First month of a new baseline; repeatable.")
    ] = None,
    longest_gap: Annotated[
        int | None,
        typer.Option(min=0, help="Begin a new baseline after more than N missing months."),
    ] = None,
) -> None:
    """Work out a control chart (XmR) of any series: limits, signals, and whether a target is met.

    SERIES.csv has a row per month: `case,month,value`. Months may be in any order, and a blank
    value is a missing month. Without the column `case` the file is one series.

    CASES.csv has a row per case, with any of the options below as columns: `case,
    improvement_direction, target, fix_after_n_points, screen_outliers, rebase_month, longest_gap`.
    A blank cell is the default. Several rebase months are separated by spaces.

    The result has the columns of NHSRplotthedots: `case, month, value, baseline, mean, lower_limit,
    upper_limit, special_cause, point_type`, and after them `limits` (`trial` of fewer than 13
    points), `points_in_baseline` (those that gave the limits) and `baseline_signals` (how many of
    these are themselves signals). Beside it, RESULT_cases.csv has the options and the
    `assurance` of each case. Baselines count from 0; by default limits come from all points of a
    baseline, and no outlier is screened out. docs/statistics.md explains the method.

    Example: `access-recovery spc dna.csv --improvement-direction decrease --target 0.05 --out
    dna_chart.csv`
    """
    options = {
        "improvement_direction": improvement_direction and improvement_direction.value,
        "target": target,
        "fix_after_n_points": fix_after_n_points,
        "screen_outliers": screen_outliers,
        "rebase_month": " ".join(month_named(one) for one in rebase_month or []) or None,
        "longest_gap": longest_gap,
    }
    given = {name: value for name, value in options.items() if value is not None}
    if cases and given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise typer.BadParameter(
            f"With --cases, options are columns of that file. Leave out {named}"
        )
    beside = out.with_name(f"{out.stem}_cases{out.suffix}")
    not_an_input([series, *([cases] if cases else [])], [out, beside])
    from pipelines.cli.series_files import read_series

    screen = Screen()
    read = read_series(series, cases, given)
    folder_to_write(screen, out.parent)
    points, of_cases = _charted(read)
    for path, frame in ((out, points), (beside, of_cases)):
        with whole_file(path) as part:
            frame.write_csv(part)
    for note in read.notes:
        screen.warn(note)
    for note in _notes(points):
        screen.warn(note)
    signals = points["point_type"].str.starts_with("special_cause").sum()
    blank = points["value"].null_count()
    blanks = f" (and {plural(blank, 'blank month')})" if blank else ""
    screen.say(
        f"{of_cases.height:,} series, {plural(points.height - blank, 'point')}{blanks}, "
        f"{signals:,} of them with a signal. Written: {out}, {beside}"
    )


def _notes(points: pl.DataFrame) -> list[str]:
    """What a reader of the limits must know: months that are in no row, and how many baselines have
    limits that may still move, or that are not stable."""
    import polars as pl

    from warehouse.statistics.baselines import month_number
    from warehouse.statistics.chart_options import SETTLED_POINTS
    from warehouse.statistics.control_chart import limits_not_stable

    number = month_number()
    span = number.max() - number.min() + 1
    absent = int(points.group_by("case").agg((span - pl.len()).alias("n"))["n"].sum())
    baselines = points.drop_nulls("mean").unique(["case", "baseline"])
    few = baselines.filter(limits="trial").height
    unstable = baselines.filter(limits_not_stable()).height
    of = f"of {plural(baselines.height, 'baseline')}"
    found = (
        (absent, f"{plural(absent, 'month')} within the series in no row: skipped, as blank ones"),
        (
            few,
            f"{few:,} {of} with trial limits: of fewer than {SETTLED_POINTS} points, which may "
            "still move much",
        ),
        (
            unstable,
            f"{unstable:,} {of} with limits that are not stable: half of the points that gave "
            "them, or more, are themselves signals, so the series was changing all along",
        ),
    )
    return [f"{words}." for number, words in found if number]


def _charted(read: Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The points and the cases that are written."""
    from warehouse.statistics import plot_the_dots
    from warehouse.statistics.control_chart import (
        assurance,
        control_chart,
        last_baselines,
        variation,
    )

    order = read.cases.select("case").with_row_index("_order")
    chart = control_chart(read.points.join(read.cases, on="case"), ["case"], read.rebases)
    points = chart.with_columns(variation()).with_columns(
        plot_the_dots.special_cause(), plot_the_dots.point_type()
    )
    points = points.join(order, on="case").sort("_order", "month").select(*POINTS, *WORDS, *BESIDE)
    met = last_baselines(chart, ["case"]).join(read.cases, on="case").with_columns(assurance())
    met = met.select("case", plot_the_dots.assurance())
    return points, read.told.join(met, on="case", how="left", maintain_order="left")
