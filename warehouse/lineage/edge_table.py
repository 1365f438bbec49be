"""`governance.lineage_edge`: column lineage of everything in the mart, down to published headings.

Belongs here: all edges as one table, reading them back, and the macro that follows them. Does not:
finding the edges (`compose`, `warehouse.lineage.feed_edges`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import attrgetter

import duckdb
import polars as pl

from warehouse.base.home import Home
from warehouse.base.imports import modules_behind
from warehouse.base.sql import as_constant, as_query
from warehouse.contract.model import contracts
from warehouse.contract.tidy_versions import hash_files
from warehouse.kpi.catalogue import Kpi
from warehouse.lineage.feed_edges import Edge, contract_edges
from warehouse.lineage.records import RECORDS, record_edges
from warehouse.reference.levels import LEVELS, below

Connection = duckdb.DuckDBPyConnection
TABLE = "mart.governance.lineage_edge"
KEPT = "lake/lineage"
SCHEMA = dict.fromkeys(Edge.__dataclass_fields__, pl.String)
MAKES_A_TABLE = re.compile(
    r"\s*(CREATE (OR REPLACE )?TABLE|CREATE VIEW|INSERT|UPDATE|DELETE|ALTER TABLE|DROP TABLE)\b"
)


def record_statements(db: Connection) -> None:
    """Make DuckDB log the text of every statement that it runs from now on."""
    db.execute("CALL enable_logging('QueryLog')")


def recorded_statements(db: Connection) -> list[str]:
    """Return the statements that made or changed tables since `record_statements`, in order."""
    rows = db.execute(
        "SELECT message FROM duckdb_logs WHERE type = 'QueryLog' ORDER BY query_id"
    ).fetchall()
    return [sql for (sql,) in rows if MAKES_A_TABLE.match(sql)]


def lineage_frame(home: Home, statements: Iterable[str], kpis: dict[str, Kpi]) -> pl.DataFrame:
    """Return every edge, a row each with the columns of `Edge`: of the statements that made the
    mart, of the contracts, and of the records where lineage ends.

    Raises ValueError naming a statement that can't be read.
    """
    defined = tuple(
        (
            kpi.kpi_id,
            tuple(level for source in kpi.sources for level in source.levels),
            (("numerator", kpi.numerator), ("denominator", kpi.denominator)),
        )
        for kpi in kpis.values()
    )
    read = _read(home, tuple(statements), defined)
    return pl.concat([read, _declared()]).unique().sort(list(SCHEMA), nulls_last=True)


def edges_of(db: Connection) -> list[Edge]:
    """Return the edges of the mart that is the current database of `db`."""
    columns = ", ".join(f'"{name}"' for name in SCHEMA)
    rows = db.execute(f"SELECT {columns} FROM governance.lineage_edge").fetchall()
    return [Edge(*row) for row in rows]


# A KPI's id, its levels, and the descriptions of its parts.
Defined = tuple[str, tuple[str, ...], tuple[tuple[str, str | None], ...]]


@cache
def _declared() -> pl.DataFrame:
    edges = [edge for contract in contracts().values() for edge in contract_edges(contract)]
    return _frame([*edges, *record_edges(TABLE, list(SCHEMA))])


def _frame(edges: Iterable[Edge]) -> pl.DataFrame:
    """The edges, a column at a time: a dictionary for each of ten thousand takes longer."""
    every = list(edges)
    return pl.DataFrame({name: list(map(attrgetter(name), every)) for name in SCHEMA}, SCHEMA)


def _read(home: Home, statements: tuple[str, ...], kpis: tuple[Defined, ...]) -> pl.DataFrame:
    """Return the edges of the statements, cached in the lake because reading SQL takes seconds."""
    inputs = "\n".join([hash_files(modules_behind(__name__)), str(kpis), *statements])
    digest = hashlib.sha256(inputs.encode()).hexdigest()[:16]
    before = kept_lineage(home)
    if same := [key for key in before if key.endswith(f"{digest}.parquet")]:
        return pl.read_parquet(home.store.local_copy(same[-1]))
    edges = _parsed(statements, kpis)
    with home.store.writing(f"{KEPT}/{datetime.now(UTC):%Y%m%dT%H%M%S}-{digest}.parquet") as path:
        edges.write_parquet(path)
    for key in before:
        home.store.delete(key)
    return edges


def kept_lineage(home: Home) -> list[str]:
    """Return the keys of edges cached in the lake, oldest first; those of an earlier release have
    no time in their names."""
    return sorted(home.store.list_keys(KEPT), key=lambda key: ("-" in key, key))


@lru_cache(maxsize=16)
def _parsed(statements: tuple[str, ...], kpis: tuple[Defined, ...]) -> pl.DataFrame:
    from warehouse.lineage.compose import mart_edges  # sqlglot takes half a second to import

    words = {kpi: dict(parts) for kpi, _, parts in kpis}
    edges = mart_edges(statements, {kpi: levels for kpi, levels, _ in kpis})
    described = pl.Series([_described(edge, words) for edge in edges], dtype=pl.String)
    return _frame(edges).with_columns(described.alias("description"))


def _described(edge: Edge, parts: dict[str, dict[str, str | None]]) -> str | None:
    """Describe an edge of the SQL: what a KPI counts, or which records it leads to."""
    if edge.to_table == "figure" and edge.use == "value" and edge.kpi_id:
        return parts.get(edge.kpi_id, {}).get(edge.to_column) or RECORDS.get(edge.from_table)
    return RECORDS.get(edge.from_table)


def lineage_macros() -> dict[str, str]:
    """Return the macro that follows lineage back, signature -> SQL, for a mart open on its own.

    `use` is `choice` for whatever is reached only through a choice. What decides the rows (column
    `*`) of the mart's tables on the way is listed, but followed only if requested. KPI and level
    are kept on the way. Below `figure`, the level is that of the organisations read: the figure's
    own, or one that it is added up from and that the KPI uses.
    """
    added = ", ".join(
        f"('{level}', '{member}')" for level in LEVELS for member in (level, *below(level))
    )
    signature = "lineage_of(of_table, of_column, of_kpi := NULL, of_level := NULL)"
    given = ("of_table", "of_column", "of_kpi", "of_level")
    text = as_query(FOLLOW.format(added=added), {name: as_constant(name) for name in given})
    return {signature: text}


# `near`: the levels of organisations that a KPI, a level, and both together use. `exactly`: the
# only level that the next step may have.
FOLLOW = """
            WITH RECURSIVE matters AS (
                SELECT kpi_id, org_level FROM governance.kpi_feed
                UNION SELECT k.kpi_id, m.org_level FROM governance.kpi_feed AS k
                JOIN governance.measure AS m USING (feed, measure)),
            near AS MATERIALIZED (
                SELECT k.kpi_id, k.org_level, list(DISTINCT m.org_level) AS levels
                FROM governance.kpi_feed AS k
                JOIN (VALUES {added}) AS a(whole, member) ON a.whole = k.org_level
                JOIN matters AS m ON m.org_level = a.member AND m.kpi_id = k.kpi_id
                GROUP BY GROUPING SETS ((k.kpi_id, k.org_level), (k.kpi_id), (k.org_level))),
            followed AS (
                SELECT NULL::VARCHAR AS to_table, NULL::VARCHAR AS to_column,
                       unnest([of_table, 'mart.' || of_table]) AS from_table,
                       of_column::VARCHAR AS from_column, NULL::VARCHAR AS kpi_id,
                       NULL::VARCHAR AS org_level, NULL::VARCHAR AS description, 'value' AS way,
                       of_kpi::VARCHAR AS kpi, of_level::VARCHAR AS level,
                       of_level::VARCHAR AS exactly
                UNION
                SELECT e.to_table, e.to_column, e.from_table, e.from_column, e.kpi_id, e.org_level,
                       e.description, CASE WHEN f.way = 'choice' THEN 'choice' ELSE e.use END,
                       coalesce(e.kpi_id, f.kpi),
                       CASE WHEN e.kpi_id IS NULL THEN f.level
                            ELSE coalesce(e.org_level, f.level) END,
                       CASE WHEN e.to_table = 'membership' OR starts_with(e.to_table, 'expected.')
                            THEN e.org_level
                            WHEN e.from_table = 'figure' OR starts_with(e.from_table, 'mart.')
                            THEN f.level END
                FROM followed AS f
                JOIN governance.lineage_edge AS e ON e.to_table = f.from_table
                    AND (e.to_column = f.from_column
                         OR (e.to_column = '*' AND starts_with(e.to_table, 'mart.')))
                LEFT JOIN near AS n ON n.kpi_id IS NOT DISTINCT FROM coalesce(e.kpi_id, f.kpi)
                    AND n.org_level IS NOT DISTINCT FROM f.level
                WHERE (of_column = '*' OR f.to_column IS NULL OR f.to_column <> '*'
                       OR NOT starts_with(f.to_table, 'mart.'))
                    AND (e.kpi_id IS NULL OR f.kpi IS NULL OR e.kpi_id = f.kpi)
                    AND (e.kpi_id IS NULL OR f.level IS NULL OR n.levels IS NOT NULL)
                    AND (e.org_level IS NULL
                         OR (e.org_level = coalesce(f.exactly, e.org_level)
                             AND coalesce(list_contains(n.levels, e.org_level),
                                          coalesce(f.kpi, f.level) IS NULL))))
            SELECT DISTINCT to_table, to_column, from_table, from_column, kpi_id, org_level,
                   way AS use, description
            FROM followed WHERE to_table IS NOT NULL ORDER BY ALL"""
