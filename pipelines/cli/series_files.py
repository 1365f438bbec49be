"""The files of `access-recovery spc`: series, and the options of each. Not here: reading cells
(`own_csv`), the chart (`charts`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cli.own_csv import MONTH, ONLY, ROW, OwnCsv, month_in, read_own_csv
from warehouse.statistics.plot_the_dots import DIRECTIONS

OPTIONS = (
    "improvement_direction",
    "target",
    "fix_after_n_points",
    "screen_outliers",
    "rebase_month",
    "longest_gap",
)
YES, NO = ("true", "t", "yes", "1"), ("false", "f", "no", "0")


@dataclass(frozen=True)
class Series:
    """What is charted. `points`: `case, month, value`, as read. `cases`: `case, polarity` and the
    options that the chart takes. `rebases`: `case, month`. `told`: the options in words, as
    written beside the result. `notes`: for the person, such as ignored columns."""

    points: pl.DataFrame
    cases: pl.DataFrame
    rebases: pl.DataFrame
    told: pl.DataFrame
    notes: tuple[str, ...]


def read_series(series: Path, cases: Path | None, given: Mapping[str, object]) -> Series:
    """Read SERIES.csv and CASES.csv, or take the options `given` for every series. Raises Refusal
    naming file, row and column of what can't be used."""
    file = read_own_csv(series, ["month", "value"], ["case"])
    points = _points(file)
    named = points.select("case").unique(maintain_order=True)
    notes = _ignored(file)
    if cases is None:
        told = named.with_columns(
            pl.lit(given.get(one)).cast(pl.String).alias(one) for one in OPTIONS
        )
        options = OwnCsv(series, told.with_row_index(ROW), ())
    else:
        options = read_own_csv(cases, ["case"], OPTIONS)
        options.required("case", "the name of a series")
        options.once(["case"], "case")
        _all_known(file, points, options)
        told = options.rows.select("case", *OPTIONS)
        notes += _ignored(options)
        if empty := told.height - named.height:
            notes += (f"{empty:,} of {cases.name}'s cases have no row in {series.name}.",)
    return Series(points, _options(options), _rebases(options), told, notes)


def _points(file: OwnCsv) -> pl.DataFrame:
    if file.rows["case"].null_count() == file.rows.height:
        case = pl.lit(ONLY)
    else:
        file.required("case", "the name of a series")
        case = pl.col("case")
    file.required("month", MONTH)
    months = file.parsed("month", month_in, MONTH, pl.Date())
    values = file.numbers("value")
    points = file.rows.select(ROW, case.alias("case")).with_columns(months, values)
    of_months = points.with_columns(pl.col("month").dt.strftime("%Y-%m"))
    OwnCsv(file.path, of_months, ()).once(["case", "month"], "case and month")
    return points.drop(ROW)


def _all_known(file: OwnCsv, points: pl.DataFrame, options: OwnCsv) -> None:
    """Raise Refusal naming series without options: a default would be a guess."""
    rows = file.rows.select(ROW).with_columns(points["case"])
    lost = rows.join(options.rows, on="case", how="anti").unique("case", keep="first").sort(ROW)
    file.refuse(
        [
            f"row {row}, column case: found `{case}`, expected a case of {options.path.name}"
            for row, case in lost.head(5).select(ROW, "case").iter_rows()
        ],
        lost.height,
    )


def _options(file: OwnCsv) -> pl.DataFrame:
    """The options of each case, typed, in the chart's words."""
    directions = f"one of {', '.join(DIRECTIONS)}, or blank"
    parsed = [
        file.parsed("improvement_direction", _direction, directions, pl.String())
        .fill_null("neutral")
        .alias("polarity"),
        file.numbers("target"),
        _whole(file, "fix_after_n_points", 2),
        file.parsed("screen_outliers", _yes_or_no, "TRUE or FALSE, or blank", pl.Boolean()),
        _whole(file, "longest_gap", 0),
    ]
    return file.rows.select("case").with_columns(parsed)


def _whole(file: OwnCsv, column: str, least: int) -> pl.Series:
    fits = (pl.col(column) >= least) & (pl.col(column) == pl.col(column).floor())
    found = file.numbers(column, f"a whole number from {least} on, or blank", fits)
    return found.cast(pl.Int64)


def _rebases(file: OwnCsv) -> pl.DataFrame:
    several = f"{MONTH} (several with a space between), or blank"
    months = file.parsed("rebase_month", _months, several, pl.List(pl.Date()))
    rows = file.rows.select("case").with_columns(months.alias("month"))
    return rows.explode("month").drop_nulls("month")


def _months(text: str) -> list[date]:
    try:
        return [month_in(text)]
    except ValueError:
        return [month_in(one) for one in text.replace(";", " ").split()]


def _direction(text: str) -> str:
    if text.casefold() not in DIRECTIONS:
        raise ValueError(text)
    return DIRECTIONS[text.casefold()]


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in (*YES, *NO):
        raise ValueError(text)
    return text.casefold() in YES


def _ignored(file: OwnCsv) -> tuple[str, ...]:
    if not file.ignored:
        return ()
    return (f"Columns of {file.path.name} that are not used: {', '.join(file.ignored)}.",)
