"""Every figure of a mart against the sum of the measures that its explanation names."""

import duckdb
import polars as pl

from warehouse.archive.source_files import Archive
from warehouse.base.decimals import KIND
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.contract.model import contracts
from warehouse.explain.counted import FIGURES, cells_of
from warehouse.transform.derived import has_rows, read_derived

CELL = ["feed", "edition", "sha256", "cell_code", "cell_month", "measure"]


def contradicted(home: Home) -> pl.DataFrame:
    """Figures, of every KPI, organisation, month and edition, whose cells don't add up to them:
    the columns of `FIGURES`, `part`, `stated` and `added`. A figure without cells is among them."""
    with duckdb.connect() as db:
        attach(db, home.mart)
        db.execute("USE mart")
        figures = db.sql(
            """SELECT *, replace(edition, '-', '')::BIGINT * 1000 + revision AS vintage
            FROM kpi_vintage WHERE value IS NOT NULL"""
        ).pl()
        cells = cells_of(db, figures)
    without_months = [
        feed
        for feed, contract in contracts().items()
        if not contract.month and not contract.is_dated
    ]
    edition = pl.col("edition").str.to_date("%Y-%m")
    month = pl.when(pl.col("feed").is_in(without_months)).then(edition).otherwise("month")
    month = pl.when("subtracted").then(pl.col("month").dt.offset_by("-1mo")).otherwise(month)
    counted = cells.with_columns(month.alias("cell_month")).join(
        _measures(home), on=CELL, how="left"
    )
    counted = _weigh(counted)
    # Of a cumulative figure both months, or neither; without a month before nothing is subtracted.
    whose = [*FIGURES, "part", "cell_code"]
    counted = counted.with_columns(
        pl.when(pl.col("value").null_count().over(whose) == 0)
        .then(pl.col("value") * pl.when("subtracted").then(-1).otherwise(1))
        .alias("value")
    )
    # Whoever did not report has no figure, and is not in those of its places.
    of_reporting = [
        f"{feed}.{name}"
        for feed, contract in contracts().items()
        for name, measure in contract.measures.items()
        if measure.may_lack_members or measure.weighted
    ]
    left_out = pl.concat_str("feed", "measure", separator=".").is_in(of_reporting)
    none = pl.col("sha256").is_null() | (left_out & pl.col("value").is_null())
    value = pl.when(none).then(0).otherwise("value")
    known = value.null_count() == 0
    added = counted.group_by(*FIGURES, "part").agg(
        pl.when(known).then(value.sum().cast(pl.Float64)).alias("added")
    )
    stated = figures.unpivot(
        ["numerator", "denominator"], index=list(FIGURES), variable_name="part", value_name="stated"
    ).filter(
        pl.col("stated").is_not_null(),
        # Working days are counted by nobody.
        (pl.col("kpi_id") != "appointments_per_working_day") | (pl.col("part") == "numerator"),
    )
    both = stated.join(added, on=[*FIGURES, "part"], how="left")
    rounded = pl.col("stated", "added").round(6)  # products are exact in the mart alone
    return both.with_columns(rounded).filter(~pl.col("stated").eq_missing(pl.col("added")))


def _weigh(counted: pl.DataFrame) -> pl.DataFrame:
    """Cells of weighted measures multiplied by their organisation's denominator; null without."""
    weighted = [
        f"{feed}.{name}"
        for feed, contract in contracts().items()
        for name, measure in contract.measures.items()
        if measure.weighted
    ]
    people = counted.filter(part="denominator").select(
        *FIGURES, "cell_code", pl.col("value").cast(pl.Float64).alias("people")
    )
    is_weighted = pl.concat_str("feed", "measure", separator=".").is_in(weighted)
    value = pl.col("value").cast(pl.Float64)
    times = pl.when(is_weighted).then(value * pl.col("people")).otherwise(value)
    return counted.join(people, on=[*FIGURES, "cell_code"], how="left").with_columns(
        times.alias("value")
    )


def _measures(home: Home) -> pl.DataFrame:
    """What each file's cells come to: the columns of `CELL`, and `value`."""
    found = [pl.DataFrame(schema={**dict.fromkeys(CELL, pl.String), "value": KIND})]
    found[0] = found[0].cast({"cell_month": pl.Date})
    for file in Archive(home).files():
        measures = contracts()[file.feed].measures
        if not measures or not has_rows(home, "measures", file):
            continue
        cells = read_derived(home, "measures", [file], ["org_code", "month", *measures])
        long = cells.with_columns(pl.col(list(measures)).cast(KIND)).unpivot(
            list(measures), index=["org_code", "month"], variable_name="measure"
        )
        found.append(
            long.select(
                pl.lit(file.feed).alias("feed"),
                pl.lit(file.edition).alias("edition"),
                pl.lit(file.sha256).alias("sha256"),
                pl.col("org_code").alias("cell_code"),
                pl.col("month").alias("cell_month"),
                "measure",
                pl.col("value").cast(KIND),
            )
        )
    return pl.concat(found)
