"""Compare what a script worked out with what the mart publishes, to the row.

Run as a program: `equal.py MART RELEASE OUTPUT...` prints, as JSON, for each output its rows and
those that differ.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
import polars as pl

KEYS = ["month", "org_level", "org_code", "kpi_id"]
PARTS = ["numerator", "denominator", "value"]
PRECISION = 1e-12  # of a quotient: the last bits depend on the order of the operations


def published(mart: Path, release: str, months: list[object]) -> pl.DataFrame:
    """Return the mart's figures of these months as of a release: KEYS and PARTS, none without a
    value. Raises ValueError if a figure is of another edition."""
    with duckdb.connect(str(mart), read_only=True) as db:
        rows = db.sql(
            f"""SELECT {", ".join(KEYS + PARTS)}, edition FROM kpi_monthly
            WHERE value IS NOT NULL AND month IN (SELECT unnest($months))
            ORDER BY {", ".join(KEYS)}""",
            params={"months": months},
        ).pl()
    listed = pl.col("kpi_id") == "registered_patients"  # a list is an edition of its month
    others = rows.filter((pl.col("edition") != release) & ~listed)
    if others.height:
        raise ValueError(f"{others.height} figures are not of {release}: {others.row(0)}")
    return rows.drop("edition")


def differences(figures: pl.DataFrame, worked_out: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are in one table only, or whose parts differ: KEYS, and PARTS of both.

    A key that is repeated counts as a difference. Counts must be equal, values within PRECISION.
    """
    both = []
    for frame in (figures, worked_out):
        shown = pl.col("month").cast(pl.Date), pl.col("numerator", "denominator").cast(pl.Int64)
        both.append(frame.select(KEYS + PARTS).with_columns(*shown, present=pl.lit(True)))
    joined = both[0].join(both[1], on=KEYS, how="full", coalesce=True, suffix="_worked_out")
    repeated = [one.filter(one.select(KEYS).is_duplicated()) for one in both]
    close = (pl.col("value") - pl.col("value_worked_out")).abs() <= PRECISION * pl.col(
        "value"
    ).abs()
    same = (
        pl.col("present").fill_null(False)
        & pl.col("present_worked_out").fill_null(False)
        & pl.col("numerator").eq_missing(pl.col("numerator_worked_out"))
        & pl.col("denominator").eq_missing(pl.col("denominator_worked_out"))
        & close.fill_null(False)
    )
    unequal = joined.filter(~same)
    again = pl.concat(one.select(KEYS) for one in repeated).unique()
    more = joined.join(again, on=KEYS, how="semi")
    return pl.concat([unequal, more]).unique(KEYS).drop("present", "present_worked_out").sort(KEYS)


def main() -> None:
    """Compare the outputs named, print JSON; exit 1 if any differs."""
    mart, release, *outputs = sys.argv[1:]
    verified = {}
    for output in map(Path, outputs):
        worked_out = pl.read_parquet(output)
        figures = published(Path(mart), release, worked_out["month"].unique().to_list())
        differing = differences(figures, worked_out)
        verified[output.stem] = {"rows": worked_out.height, "differing": differing.height}
        if differing.height:
            print(differing.head(5), file=sys.stderr)
    print(json.dumps(verified))
    sys.exit(any(one["differing"] for one in verified.values()))


if __name__ == "__main__":
    main()
