"""The counted organisations and files behind a set of figures, such as the months of a claim.

Belongs here: one query for all of them. Does not: its SQL (`warehouse.mart.counted_cells`).
"""

from __future__ import annotations

import duckdb
import polars as pl

from warehouse.mart.counted_cells import counted_cells

FIGURES = {
    "kpi_id": pl.String,
    "org_level": pl.String,
    "org_code": pl.String,
    "month": pl.Date,
    "vintage": pl.Int64,
}


def cells_of(db: duckdb.DuckDBPyConnection, figures: pl.DataFrame) -> pl.DataFrame:
    """Return what figures were added up from; `db` has a mart open, or attached and in use.

    `figures`: a row per figure, with the columns of `FIGURES`; `vintage` is edition and revision as
    one number (2025-11 revision 1 is 202511001). Returns a row per figure, part and counted
    organisation: the columns of `figures`, `part`, `feed`, `measure`, `cell_level`, `cell_code`,
    `edition`, `revision`, `sha256` and `rows` (of the organisation and month in that file), and
    `subtracted` (that of the month before, of a cumulative figure); the file is NULL where the
    organisation was counted as zero because no file has it.
    """
    db.register("figures_asked", figures.select(list(FIGURES)).to_arrow())
    try:
        cells: pl.DataFrame = db.sql(
            f"""WITH RECURSIVE asked AS (SELECT * FROM figures_asked),
            named AS MATERIALIZED (
                FROM governance.figure_member AS m
                SEMI JOIN (SELECT DISTINCT month FROM asked) AS a ON a.month = m.month),
            {counted_cells("named")}
            SELECT {", ".join(FIGURES)}, part, feed, measure, cell_level, cell_code,
                   edition, revision, sha256, rows, subtracted
            FROM cell ORDER BY ALL"""
        ).pl()
        return cells
    finally:
        db.unregister("figures_asked")
