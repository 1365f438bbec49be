"""How much memory and how many threads DuckDB may use to build and check a mart, where it puts what
does not fit, and how long it plans.

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
# With fewer rows, dividing the work among threads costs more than it saves, and so does looking for
# the best plan.
FEW_ROWS = 1_000_000
# Steps of DuckDB's planning that only make large work faster, each for every statement. Not among
# them: what pushes conditions down or leaves columns out, which even few rows need.
NOT_WORTH_IT = (
    "aggregate_reuse",
    "build_side_probe_side",
    "column_lifetime",
    "common_subexpressions",
    "common_subplan",
    "compressed_materialization",
    "duplicate_groups",
    "join_elimination",
    "join_filter_pushdown",
    "join_order",
    "outer_join_simplification",
    "projection_placement",
    "projection_pullup",
    "reorder_filter",
    "self_join_aggregate",
    "statistics_propagation",
)


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
    """Let a connection that holds few rows work with one thread, and plan less: a mart takes a
    thousand statements, most of which take longer to plan than to run over a few thousand rows."""
    [(rows,)] = db.execute(
        "SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables()"
    ).fetchall()
    if rows < FEW_ROWS:
        db.execute("SET threads = 1")
        db.execute(f"SET disabled_optimizers = '{','.join(NOT_WORTH_IT)}'")
