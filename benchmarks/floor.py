"""The floor: DuckDB turns the CSVs of one release into Parquet and adds them up, and no more."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

PLACES = {
    "crosstab": ("APPOINTMENT_MONTH_START_DATE", "GP_CODE"),
    "regional": ("APPOINTMENT_MONTH", "SUB_ICB_LOCATION_CODE"),
}
GROUPS = """
    SELECT {month}, {code}, sum(n) AS appointments,
           sum(n) FILTER (APPT_STATUS = 'Attended') AS attended,
           sum(n) FILTER (APPT_STATUS = 'DNA') AS dna,
           sum(n) FILTER (APPT_MODE = 'Face-to-Face') AS face_to_face,
           sum(n) FILTER (APPT_MODE = 'Telephone') AS telephone,
           sum(n) FILTER (HCP_TYPE = 'GP') AS gp,
           sum(n) FILTER (TIME_BETWEEN_BOOK_AND_APPT = 'Same Day') AS same_day
    FROM (SELECT *, COUNT_OF_APPOINTMENTS::BIGINT AS n FROM '{rows}')
    GROUP BY ALL"""


def main() -> None:
    """Read a folder, write Parquet files into another."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        for name, (month, code) in PLACES.items():
            rows = out / f"{name}.parquet"
            options = "header = true, quote = '\"', all_varchar = true"
            source = f"read_csv('{folder}/{name}/*.csv', {options})"
            db.execute(f"COPY (FROM {source}) TO '{rows}' (FORMAT parquet, COMPRESSION zstd)")
            groups = GROUPS.format(month=month, code=code, rows=rows)
            db.execute(f"COPY ({groups}) TO '{out}/{name}-groups.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    main()
