"""The KPIs of one release as an analyst would work them out with polars, without any check."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from benchmarks.analyst_rules import (
    CATEGORY,
    CATEGORY_KPIS,
    CATEGORY_MEASURES,
    COUNT,
    COVERAGE,
    COVERAGE_KPIS,
    ENGLAND,
    KPIS,
    LABELS,
    LIST_KPIS,
    MEASURES,
    OUTPUT,
    PLACES,
    RATE_KPIS,
    working_days,
)

Wanted = Mapping[str, Mapping[str, list[str]]]


def counted(rows: pl.LazyFrame, by: list[str], measures: Wanted) -> pl.DataFrame:
    """Return the measures of rows by these columns."""
    sums = []
    for name, labels in measures.items():
        chosen = pl.lit(True)
        for column, values in labels.items():
            among = pl.col(column.removeprefix("not ")).is_in(values)
            chosen &= ~among if column.startswith("not ") else among
        sums.append(pl.col(COUNT).filter(chosen).sum().alias(name))
    return rows.group_by(by).agg(sums).collect(engine="streaming")


def figures(
    measures: pl.DataFrame, level: str, code: str, kpis: Mapping[str, tuple[str, str | None]]
) -> pl.DataFrame:
    """Return a row per month, organisation and KPI; `code` names the organisation."""
    months = measures["month"].unique().to_list()
    days = pl.DataFrame({"month": months, "working_days": [working_days(m) for m in months]})
    added = measures.group_by("month", code).agg(pl.col(pl.Int64).sum()).join(days, on="month")
    found = []
    for kpi, (numerator, denominator) in kpis.items():
        times = 1000.0 if kpi in RATE_KPIS else 1.0
        above = pl.col(numerator).cast(pl.Float64)
        below = pl.lit(None, pl.Int64) if denominator is None else pl.col(denominator)
        value = above if denominator is None else times * above / pl.col(denominator)
        found.append(
            added.select(
                "month",
                pl.lit(level).alias("org_level"),
                pl.col(code).alias("org_code"),
                pl.lit(kpi).alias("kpi_id"),
                pl.col(numerator).cast(pl.Int64).alias("numerator"),
                below.cast(pl.Int64).alias("denominator"),
                value.alias("value"),
            )
        )
    return pl.concat(found)


def main() -> None:
    """Read a folder, write a Parquet file."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    mapping = pl.read_csv(folder / "Mapping.csv").with_columns(pl.lit(ENGLAND).alias("england"))
    crosstab = counted(
        pl.scan_csv(folder / "crosstab" / "*.csv").select(
            pl.col("APPOINTMENT_MONTH_START_DATE").str.to_date("%d%b%Y").alias("month"),
            "GP_CODE", CATEGORY, *LABELS, COUNT,
        ),
        ["month", "GP_CODE"], MEASURES | CATEGORY_MEASURES,
    )  # fmt: skip
    regional = counted(
        pl.scan_csv(folder / "regional" / "*.csv").select(
            ("01" + pl.col("APPOINTMENT_MONTH")).str.to_date("%d%b%Y").alias("month"),
            "SUB_ICB_LOCATION_CODE", *LABELS, COUNT,
        ),
        ["month", "SUB_ICB_LOCATION_CODE"], MEASURES,
    )  # fmt: skip
    lists = pl.read_csv(folder / "lists" / "*.csv").select(
        pl.col("EXTRACT_DATE").str.to_date().alias("month"),
        pl.col("CODE").alias("GP_CODE"),
        pl.col("NUMBER_OF_PATIENTS").alias("patients"),
    )
    coverage = pl.read_csv(folder / "coverage" / "*.csv").select(
        pl.col("Appointment_Month").str.to_date("%d%b%Y").alias("month"),
        "SUB_ICB_LOCATION_CODE",
        *(pl.col(heading).alias(name) for heading, name in COVERAGE.items()),
    )
    levels = {"practice": "GP_CODE", "pcn": "PCN_CODE", **PLACES, "england": "england"}
    above = [level for level in levels if level not in ("practice", "pcn")]
    own = crosstab.join(lists, on=["month", "GP_CODE"]).join(mapping, on="GP_CODE")
    listed = lists.join(mapping, on="GP_CODE")
    places = mapping.select(*PLACES.values(), "england").unique()
    areas = regional.join(coverage, on=["month", "SUB_ICB_LOCATION_CODE"]).join(
        places, on="SUB_ICB_LOCATION_CODE"
    )
    by_practice = KPIS | CATEGORY_KPIS | RATE_KPIS
    by_place = KPIS | RATE_KPIS | COVERAGE_KPIS
    parts = [figures(own, level, levels[level], by_practice) for level in ("practice", "pcn")]
    parts += [figures(own, level, levels[level], CATEGORY_KPIS) for level in above]
    parts += [figures(areas, level, levels[level], by_place) for level in above]
    parts += [figures(listed, level, code, LIST_KPIS) for level, code in levels.items()]
    pl.concat(parts).select(OUTPUT).write_parquet(out)


if __name__ == "__main__":
    main()
