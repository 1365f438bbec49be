"""The next month of a real regional file, made up from it: rows of the year before, a little more.

Belongs here: test inputs made of real files at the time of the test. Nothing of them is kept.
"""

import polars as pl


def december(november: bytes, **times: float) -> bytes:
    """A December edition: a regional file of November 2025 without its oldest month, and December
    2025 as December 2024 was and 3 per cent more; of the sub-ICBs told so many times that."""
    rows = pl.read_csv(november, infer_schema=False)
    name = "COUNT_OF_APPOINTMENTS"
    factor = pl.lit(1.03)
    for code, one in times.items():
        factor = pl.when(SUB_ICB_LOCATION_CODE=code).then(1.03 * one).otherwise(factor)
    new = rows.filter(APPOINTMENT_MONTH="DEC2024").with_columns(
        (pl.col(name).cast(pl.Int64) * factor).round().cast(pl.Int64).cast(pl.String),
        pl.lit("DEC2025").alias("APPOINTMENT_MONTH"),
    )
    kept = rows.filter(pl.col("APPOINTMENT_MONTH") != "JUN2023")
    return pl.concat([kept, new]).write_csv().encode()
