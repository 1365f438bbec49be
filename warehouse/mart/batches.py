"""Make a large table a few series at a time, so that memory does not grow with the history.

Belongs here: which series go together, and running a statement once for each batch. Does not: the
statements.
"""

from __future__ import annotations

from warehouse.base.sql import unlogged
from warehouse.mart.hierarchy import Connection

ROWS = 1_000_000  # in a batch, or one series; the figures of a home without practices fit in one
# SQL: the condition on a column `series` that chooses a batch.
BATCH = "BETWEEN $first AND $last"


def batches(db: Connection, table: str) -> list[tuple[int, int]]:
    """Return the first and last series of each batch of a table's rows, in order; at least one."""
    found = db.execute(
        f"""WITH counted AS (SELECT series, count(*) AS rows FROM {table} GROUP BY series),
        placed AS (SELECT series, sum(rows) OVER (ORDER BY series) // {ROWS} AS batch FROM counted)
        SELECT min(series), max(series) FROM placed GROUP BY batch ORDER BY batch"""
    ).fetchall()
    return [(int(first), int(last)) for first, last in found] or [(0, 0)]


def create_in_batches(
    db: Connection,
    table: str,
    sql: str,
    some: list[tuple[int, int]],
    columns: str | None = None,
    **parameters: object,
) -> None:
    """Create a table from a query that has the condition `BATCH`, batch after batch. `columns`: of
    the table, as in CREATE TABLE, filled by name; None for those of the query. Lineage reads the
    statement of the first batch; the others differ only in their parameters."""
    [(first, last), *others] = some
    values = {**parameters, "first": first, "last": last}
    if columns is None:
        db.execute(f"CREATE TABLE {table} AS {sql}", values)
    else:
        db.execute(f"CREATE TABLE {table} ({columns})")
        db.execute(f"INSERT INTO {table} BY NAME {sql}", values)
    for first, last in others:
        values = {**parameters, "first": first, "last": last}
        unlogged(db, f"INSERT INTO {table} BY NAME {sql}", values)
