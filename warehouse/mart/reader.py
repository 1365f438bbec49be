"""Reading a mart: how every reader of ours opens it.

Belongs here: attaching the published file. Does not: what is asked of it. Light on purpose, for
commands that only read.
"""

from __future__ import annotations

from pathlib import Path

import duckdb


def attach(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a mart read-only as `mart`. An in-memory connection that attaches sees the newest
    file; `duckdb.connect(path)` may hand back an older one that the process still has open."""
    quoted = path.as_posix().replace("'", "''")
    db.execute(f"ATTACH '{quoted}' AS mart (READ_ONLY)")
