"""The files, and how many of their rows, that the value of a claim's reading uses.

Belongs here: one query on the mart for all readings. Does not: tracing figures to files
(`warehouse.explain`), printing (`pipelines.cli.claims`).
"""

from __future__ import annotations

import duckdb
import polars as pl

from warehouse.explain.counted import FIGURES, cells_of
from warehouse.mart.not_counted import VINTAGE

# A row of `claim_reading` that has a value, with the edition and revision as at which it is known.
KEY = ["claim_id", "reading_number", "as_at", "as_at_revision"]
COUNTED = ["feed", "edition", "revision", "sha256"]


def files_behind(db: duckdb.DuckDBPyConnection, readings: pl.DataFrame) -> pl.DataFrame:
    """Return the files behind every value of these readings; `db` has a mart attached and in use.

    `readings`: rows of table `claim_reading`. Returns a row per reading, edition and revision with
    which its months are known (`as_at`, `as_at_revision`), and file: `claim_id, reading_number,
    as_at, as_at_revision, feed, edition, revision, sha256, file_name, page, url, published_on,
    retrieved_at, rows` (of the organisations and months counted).
    """
    asked = _figures(db, readings.filter(pl.col("computed_value").is_not_null()))
    cells = cells_of(db, asked.select(list(FIGURES)).unique()).filter(
        pl.col("sha256").is_not_null()
    )
    # A file's rows of one organisation and month serve numerator and denominator alike.
    used = (
        asked.join(cells, on=list(FIGURES))
        .unique([*KEY, *COUNTED, "cell_level", "cell_code", "month"])
        .group_by([*KEY, *COUNTED])
        .agg(pl.col("rows").sum())
    )
    files = db.sql(
        "SELECT feed, edition, sha256, file_name, page, url, published_on, retrieved_at "
        "FROM governance.source_file"
    ).pl()
    return (
        used.join(files, on=["feed", "edition", "sha256"])
        .select(*KEY, *COUNTED, *files.columns[3:], "rows")
        .sort(*KEY, *COUNTED)
    )


def _figures(db: duckdb.DuckDBPyConnection, readings: pl.DataFrame) -> pl.DataFrame:
    """Return each reading's months as figures: the newest known with its edition and revision."""
    db.register("readings_asked", readings.to_arrow())
    try:
        figures: pl.DataFrame = db.sql(
            f"""WITH asked AS (
                SELECT claim_id, reading_number, edition AS as_at, revision AS as_at_revision,
                       kpi_id, org_level, org_code,
                       {VINTAGE.format("r")} AS ceiling,
                       unnest(string_split(concat_ws(' ', months, compared_months), ' ')) AS text
                FROM readings_asked AS r),
            known AS (
                SELECT kpi_id, org_level, org_code, month,
                       {VINTAGE.format("v")} AS vintage
                FROM kpi_vintage AS v)
            SELECT a.claim_id, a.reading_number, a.as_at, a.as_at_revision, k.kpi_id,
                   k.org_level, k.org_code, k.month, max(k.vintage) AS vintage
            FROM asked AS a
            JOIN known AS k ON k.kpi_id = a.kpi_id AND k.org_level = a.org_level
                AND k.org_code = a.org_code AND k.month = strptime(a.text, '%Y-%m')::DATE
                AND k.vintage <= a.ceiling
            GROUP BY ALL ORDER BY ALL"""
        ).pl()
        return figures
    finally:
        db.unregister("readings_asked")
