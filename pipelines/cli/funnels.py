"""`access-recovery funnel`: which units of a set differ from its average by more than chance.

Belongs here: files and what is printed. Does not: the method (`warehouse.statistics`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import folder_to_write, not_an_input
from pipelines.cli.screen import Screen
from warehouse.base.number_format import percent
from warehouse.base.text import plural
from warehouse.store import whole_file

if TYPE_CHECKING:
    import polars as pl

    from pipelines.cli.own_csv import OwnCsv

app = typer.Typer()
# The words of PHEindicatormethods.
WORDS = {
    "low_0.001": "Low (0.001)",
    "low_0.025": "Low (0.025)",
    "within": "Not significant",
    "high_0.025": "High (0.025)",
    "high_0.001": "High (0.001)",
}
COUNT = "a number from 0 on"


@app.command(rich_help_panel="Statistics")
def funnel(
    units: Annotated[
        Path, typer.Argument(help="CSV with columns case, unit, numerator, denominator.")
    ],
    out: Annotated[Path, typer.Option(help="CSV to write, a row per unit.")],
    overdispersion: Annotated[
        bool,
        typer.Option(
            "--overdispersion",
            help="Widen the limits of a case of which more than 20% would be outside them.",
        ),
    ] = False,
) -> None:
    """Compare shares with the average of their case, by how much chance alone would move them.

    UNITS.csv has a row per unit: `case,unit,numerator,denominator`. A case is a set of units that
    are compared with one another; without the column all are one. A unit with a blank number, or a
    denominator of 0, is kept and has no result.

    The result has the same columns, and `funnel_significance` (`Low (0.001)`, `Low (0.025)`, `Not
    significant`, `High (0.025)`, `High (0.001)`: beyond the control limits about the average at
    99.8% or 95%), and Wilson's limits of each share: `wilson95_lower, wilson95_upper,
    wilson998_lower, wilson998_upper`. With --overdispersion also `funnel_method` and `tau`, the
    standard deviation between units. Then what the funnel is drawn of: `average`, and the control
    limits for a unit of this size, `control95_lower, control95_upper, control998_lower,
    control998_upper`. docs/statistics.md explains the method.

    Example: `access-recovery funnel dna_by_practice.csv --out dna_funnel.csv`
    """
    from pipelines.cli.own_csv import read_own_csv

    not_an_input([units], [out])
    screen = Screen()
    file = read_own_csv(units, ["unit", "numerator", "denominator"], ["case"])
    judged = _judged(file, overdispersion)
    folder_to_write(screen, out.parent)
    with whole_file(out) as part:
        judged.write_csv(part)
    found = judged["funnel_significance"]
    outside = int((found.drop_nulls() != WORDS["within"]).sum())
    known = found.len() - found.null_count()
    said = f" ({percent(outside / known)})" if known else ""
    screen.say(f"{plural(known, 'unit')}, {outside:,} of them outside{said}. Written: {out}")


def _judged(file: OwnCsv, overdispersion: bool) -> pl.DataFrame:
    """The units that are written: the file's own columns as they were, and what was found."""
    import polars as pl

    from pipelines.cli.own_csv import ONLY, ROW
    from warehouse.statistics.funnel import INNER, OUTER, control_limits, funnel
    from warehouse.statistics.intervals import wilson

    file.required("unit", "the name of a unit")
    whole = file.numbers("denominator", COUNT, pl.col("denominator") >= 0)
    part = file.numbers("numerator", COUNT, pl.col("numerator") >= 0)
    file.not_more("numerator", part, whole, "the denominator")
    file.once(["case", "unit"], "case and unit")
    rows = file.rows.with_columns(pl.col("case").fill_null(ONLY))
    numbers = rows.select(ROW, "case").with_columns(part, whole)
    found = funnel(numbers, ["case"], "auto" if overdispersion else "never")
    of, number = pl.col("denominator"), pl.col("numerator")
    (low, high), (lowest, highest) = wilson(number, of, INNER), wilson(number, of, OUTER)
    (inner_low, inner), (outer_low, outer) = (
        control_limits(one, pl.col("tau")) for one in (INNER, OUTER)
    )
    added = found.select(
        pl.col("funnel").replace_strict(WORDS).alias("funnel_significance"),
        low.alias("wilson95_lower"),
        high.alias("wilson95_upper"),
        lowest.alias("wilson998_lower"),
        highest.alias("wilson998_upper"),
        *(["funnel_method", "tau"] if overdispersion else []),
        "average",
        inner_low.alias("control95_lower"),
        inner.alias("control95_upper"),
        outer_low.alias("control998_lower"),
        outer.alias("control998_upper"),
    )
    return rows.drop(ROW, *added.columns, strict=False).hstack(added)
