"""How much memory and how many threads DuckDB may use to build and check a mart, where it puts what
does not fit.

Not here: opening files (`warehouse.base.sql`).
"""

from __future__ import annotations

import os

import duckdb

from warehouse.base.home import Home
from warehouse.settings import read_settings

SPILL = "mart/spill"  # what DuckDB can't keep in memory
# With less memory a thread spills all the time.
MB_PER_THREAD = 250
# With fewer rows, dividing the work among threads costs more than it saves.
FEW_ROWS = 200_000


def limits_of(home: Home) -> dict[str, str]:
    """Return DuckDB's settings for a connection that builds or checks a mart of this home."""
    most = read_settings(home).memory_mb
    threads = max(1, min(os.cpu_count() or 1, most // MB_PER_THREAD))
    return {
        "memory_limit": f"{most}MB",
        "threads": str(threads),
        "temp_directory": home.store.local_copy(SPILL).as_posix(),
    }


def suit_few_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Let a connection that holds few rows work with one thread."""
    [(rows,)] = db.execute(
        "SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables()"
    ).fetchall()
    if rows < FEW_ROWS:
        db.execute("SET threads = 1")
