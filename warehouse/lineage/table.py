"""`governance.lineage_edge`: column lineage of everything in the mart, down to published headings.

Belongs here: the edges of SQL, contracts and catalogue together, the table, the macro that follows
them, and reading them back. Does not: working the edges out (`compose`, `assets.lineage`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import polars as pl

import assets.lineage as lineage_module
from assets.contract import contracts, hash_files
from assets.lineage import Edge, contract_edges
from warehouse.catalogue import Kpi
from warehouse.home import Home, whole_file
from warehouse.lineage.records import RECORDS, record_edges

Connection = duckdb.DuckDBPyConnection
TABLE = "mart.governance.lineage_edge"
SCHEMA = dict.fromkeys(Edge.__dataclass_fields__, pl.String)
MAKES_A_TABLE = re.compile(
    r"\s*(CREATE (OR REPLACE )?TABLE|CREATE VIEW|INSERT|UPDATE|DELETE|ALTER TABLE|DROP TABLE)\b"
)


def record_statements(db: Connection) -> None:
    """Have DuckDB keep the text of every statement that it runs from now on."""
    db.execute("CALL enable_logging('QueryLog')")


def recorded_statements(db: Connection) -> list[str]:
    """The statements that made or changed tables since `record_statements`, in their order."""
    rows = db.execute(
        "SELECT message FROM duckdb_logs WHERE type = 'QueryLog' ORDER BY query_id"
    ).fetchall()
    return [sql for (sql,) in rows if MAKES_A_TABLE.match(sql)]


def lineage_frame(home: Home, statements: Iterable[str], kpis: dict[str, Kpi]) -> pl.DataFrame:
    """Every edge, a row each with the columns of `Edge`: of the statements that made the mart, of
    the contracts, and of the records where lineage ends.

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
    """The edges of a mart that `db` has open as its current database."""
    columns = ", ".join(f'"{name}"' for name in SCHEMA)
    rows = db.execute(f"SELECT {columns} FROM governance.lineage_edge").fetchall()
    return [Edge(*row) for row in rows]


# Of a KPI its id, its levels, and its parts in words.
Defined = tuple[str, tuple[str, ...], tuple[tuple[str, str | None], ...]]


@cache
def _declared() -> pl.DataFrame:
    """The edges that contracts and records tell."""
    edges = [edge for contract in contracts().values() for edge in contract_edges(contract)]
    return _frame([*edges, *record_edges(TABLE, list(SCHEMA))])


def _frame(edges: Iterable[Edge]) -> pl.DataFrame:
    return pl.DataFrame([vars(edge) for edge in edges], schema=SCHEMA)


def _read(home: Home, statements: tuple[str, ...], kpis: tuple[Defined, ...]) -> pl.DataFrame:
    """The edges of the statements. Reading SQL takes seconds and the same statements are run again
    and again: the lake keeps what the last ones came to."""
    told = "\n".join([_version(), str(kpis), *statements])
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    kept = home.lake / "lineage" / f"{digest}.parquet"
    if kept.exists():
        return pl.read_parquet(kept)
    edges = _worked_out(statements, kpis)
    with whole_file(kept) as part:
        edges.write_parquet(part)
    for old in kept.parent.glob("*.parquet"):
        if old != kept:
            old.unlink(missing_ok=True)
    return edges


@lru_cache(maxsize=16)
def _worked_out(statements: tuple[str, ...], kpis: tuple[Defined, ...]) -> pl.DataFrame:
    from warehouse.lineage.compose import mart_edges  # sqlglot takes half a second to import

    words = {kpi: dict(parts) for kpi, _, parts in kpis}
    edges = mart_edges(statements, {kpi: levels for kpi, levels, _ in kpis})
    return _frame(replace(edge, description=_described(edge, words)) for edge in edges)


def _described(edge: Edge, parts: dict[str, dict[str, str | None]]) -> str | None:
    """An edge of the SQL in words: what a KPI counts, or which records it leads to."""
    if edge.to_table == "figure" and edge.use == "value" and edge.kpi_id:
        return parts.get(edge.kpi_id, {}).get(edge.to_column) or RECORDS.get(edge.from_table)
    return RECORDS.get(edge.from_table)


@cache
def _version() -> str:
    """Short hash of the code that reads SQL."""
    here = Path(__file__).parent
    return hash_files([*sorted(here.glob("*.py")), Path(str(lineage_module.__file__))])


def lineage_macros() -> dict[str, str]:
    """The macro that follows lineage back, signature -> SQL, for a database open on its own.

    A figure's KPI and level are followed as far as there are figures; below, all is alike for all.
    `use` is `choice` for whatever is only reached through something that chooses.
    """
    return {
        "lineage_of(of_table, of_column, of_kpi := NULL)": """
            WITH RECURSIVE followed AS (
                SELECT e.*, of_kpi::VARCHAR AS of, e.use AS way FROM (SELECT 1)
                JOIN governance.lineage_edge AS e
                    ON e.to_table IN (of_table, 'mart.' || of_table) AND e.to_column = of_column
                WHERE of_kpi IS NULL OR e.kpi_id IS NULL OR e.kpi_id = of_kpi
                UNION
                SELECT e.*, coalesce(f.kpi_id, f.of),
                       CASE WHEN f.way = 'choice' THEN 'choice' ELSE e.use END
                FROM followed AS f JOIN governance.lineage_edge AS e
                    ON e.to_table = f.from_table AND e.to_column = f.from_column
                WHERE (e.kpi_id IS NULL OR coalesce(f.kpi_id, f.of) IS NULL
                       OR e.kpi_id = coalesce(f.kpi_id, f.of)))
            SELECT DISTINCT to_table, to_column, from_table, from_column, kpi_id, org_level,
                   way AS use, description
            FROM followed ORDER BY ALL"""
    }
