"""The judgement of new months put to the test on real series: false alarms, and faults found.

`python -m tests.checks.backtest FILE...` prints it for regional files or the zips of them.

Each month is judged by those before it, as on the day it came. Published files hold 30 months, so
18 with a year before; and all but the newest have been revised since they were new, which makes
them a little smoother than what a new month is judged as.
"""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from checks.expected_range import YEAR, CountTable
from warehouse.base.months import month_text
from warehouse.base.working_days import working_days

LEVELS = ("sub_icb", "icb", "england")
LEAST = 1000


@dataclass
class Series:
    """A publication's appointments: sub-ICBs x months, with the ICB of each."""

    codes: list[str]
    icbs: list[str]
    months: list[date]
    counts: np.ndarray

    def table(self, counts: np.ndarray | None = None) -> CountTable:
        """The inputs of the range; `counts`: others than those published."""
        own = self.counts if counts is None else counts
        places = sorted(set(self.icbs))
        level_of = {
            "sub_icb": np.arange(len(self.codes)),
            "icb": np.array([places.index(icb) for icb in self.icbs]),
            "england": np.zeros(len(self.codes), dtype=np.int64),
        }
        days = [working_days(month) for month in self.months[: own.shape[1]]]
        return CountTable(own.copy(), days, level_of, ("england",), LEAST)


def read(*paths: Path) -> Series:
    """The series of a publisher's regional files, or of zips of them."""
    frames = [pl.read_csv(one, infer_schema=False) for path in paths for one in _contents(path)]
    renamed = [frame.rename({n: n.upper() for n in frame.columns}) for frame in frames]
    rows = pl.concat(
        frame.select(
            pl.col("SUB_ICB_LOCATION_CODE").alias("code"),
            pl.col("ICB_ONS_CODE").alias("icb"),
            ("01" + pl.col("APPOINTMENT_MONTH").str.slice(-7))
            .str.to_titlecase()
            .str.to_date("%d%b%Y")
            .alias("month"),
            pl.col("COUNT_OF_APPOINTMENTS").cast(pl.Int64).alias("count"),
        )
        for frame in renamed
    )
    cells = rows.group_by("code", "icb", "month").agg(pl.col("count").sum())
    months = sorted(cells["month"].unique())
    wide = cells.sort("month").pivot(on="month", index=["code", "icb"], values="count").sort("code")
    counts = wide.select([str(month) for month in months]).to_numpy().astype(np.float64)
    return Series(wide["code"].to_list(), wide["icb"].to_list(), months, counts)


def _contents(path: Path) -> list[io.BytesIO]:
    if path.suffix != ".zip":
        return [io.BytesIO(path.read_bytes())]
    with zipfile.ZipFile(path) as held:
        names = [name for name in held.namelist() if name.lower().endswith(".csv")]
        return [io.BytesIO(held.read(name)) for name in names]


def alarms(series: Series) -> list[tuple[str, int, str, float, float]]:
    """Every month of every organisation that would have been held: level, number, month, by how
    much it strays, its bound."""
    table = series.table()
    return [
        (level, number, month_text(series.months[month]), one.strays, one.bound)
        for month in range(len(series.months))
        for level in LEVELS
        for number, one in table.ranges(level, month).items()
        if one.is_out
    ]


def found(series: Series, factor: float, months: list[int]) -> dict[str, tuple[int, int]]:
    """Level -> of how many organisations' months that were multiplied by a factor how many are
    held: each alone, as the newest month."""
    told = dict.fromkeys(LEVELS, (0, 0))
    for month in months:
        for level in LEVELS:
            whole = series.table()
            for number in whole.ranges(level, month):
                counts = series.counts[:, : month + 1].copy()
                counts[whole.level_of[level] == number, month] *= factor
                one = series.table(counts).ranges(level, month).get(number)
                caught, tried = told[level]
                told[level] = (caught + bool(one and one.is_out), tried + 1)
    return told


def report(series: Series) -> str:
    """The figures of a back-test, in words."""
    wrong, last = alarms(series), len(series.months) - 1
    judged = len(series.months) - YEAR
    lines = [
        f"{len(series.codes)} sub-ICBs, {len(series.months)} months, {judged} with a year before "
        "(all but the newest revised since they were new)",
        f"false alarms: {len(wrong)} in {len(series.months) / 12:.1f} years "
        f"= {len(wrong) * 12 / len(series.months):.2f} a year and feed {wrong[:5]}",
    ]
    for word, factor in (("a third missing", 0.667), ("a quarter missing", 0.75), ("twice", 2.0)):
        caught = found(series, factor, [last])
        told = ", ".join(f"{level} {n} of {of}" for level, (n, of) in caught.items())
        lines.append(f"newest month, {word}: held {told}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report(read(*map(Path, sys.argv[1:]))) + "\n")
