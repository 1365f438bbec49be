"""Bytes and rows of the tables of a mart. Run as a program: `tables.py MART` prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb


def tables(mart: Path) -> dict[str, dict[str, int]]:
    """Return `schema.table` -> bytes of the blocks in which it is, and rows; the largest first.
    Small tables share blocks, so that bytes of all may be more than those of the file."""
    found = {}
    with duckdb.connect(str(mart), read_only=True) as db:
        [(block,)] = db.execute("SELECT block_size FROM pragma_database_size()").fetchall()
        named = db.execute(
            "SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        for schema, table, rows in named:
            [(blocks,)] = db.execute(
                """SELECT count(DISTINCT block_id) FROM pragma_storage_info($table)
                WHERE block_id >= 0""",
                {"table": f"{schema}.{table}"},
            ).fetchall()
            found[f"{schema}.{table}"] = {"bytes": blocks * block, "rows": rows}
    return dict(sorted(found.items(), key=lambda one: (-one[1]["bytes"], one[0])))


def main() -> None:
    """Print the tables of a mart as JSON."""
    print(json.dumps(tables(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
