"""The mart in lineage events: what it was built from, and its tables as they were built.

Belongs here: reading a built mart for what events say of it. Does not: datasets as such
(`datasets`), the edges of lineage (`warehouse.lineage`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import duckdb
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import dataset_version_dataset

from warehouse.base.sql import open_mart
from warehouse.contract.shapes import Field
from warehouse.editions.check_history import CheckResult
from warehouse.lineage.feed_edges import Edge
from warehouse.outputs.openlineage.datasets import judged, mart_table, table, working_table

FILE = "mart/access_recovery.duckdb"
JUDGED = "mart.kpi_monthly"
# Layers that were there before the build. What else lineage names is a working table of the build,
# by which the mart's columns and the measures hang together.
LAKE = ("archive.", "published.", "tidy.", "quarantine.", "measures.")


def built(
    namespace: str, path: Path, results: Sequence[CheckResult]
) -> tuple[list[InputDataset], list[OutputDataset]]:
    """What building the mart at `path` took in, with its checks, and the tables it gave out."""
    with open_mart(path) as db:
        columns, edges = _columns(db), _edges(db)
        counts = _counts(db)
        [(synthetic,)] = db.execute(
            "SELECT coalesce(bool_or(synthetic), FALSE) FROM mart.kpi_monthly"
        ).fetchall()
    made = {name: some for name, some in edges.items() if not name.startswith(LAKE)}
    outputs = [
        mart_table(namespace, name, fields, made.pop(name, []), counts.get(name), bool(synthetic))
        for name, fields in columns.items()
    ]
    outputs += [working_table(namespace, name, some) for name, some in made.items()]
    origins = {edge.from_table for output in outputs for edge in edges.get(output.name, [])} - {
        output.name for output in outputs
    }
    inputs = [InputDataset(namespace, name) for name in sorted(origins)]
    return [*inputs, judged(namespace, JUDGED, results)], outputs


def published(
    namespace: str, path: Path, fingerprint: str
) -> tuple[list[InputDataset], list[OutputDataset]]:
    """The published file, and the tables that are in it."""
    with open_mart(path) as db:
        inputs = [InputDataset(namespace, name) for name in _columns(db)]
    output = table(namespace, FILE, None)
    output.facets = {"version": dataset_version_dataset.DatasetVersionDatasetFacet(fingerprint)}
    return inputs, [output]


def _columns(db: duckdb.DuckDBPyConnection) -> dict[str, list[Field]]:
    """Table or view -> its columns in order."""
    rows = db.execute(
        """SELECT schema_name, table_name, column_name, data_type, coalesce(comment, '')
           FROM duckdb_columns() WHERE database_name = 'mart' AND NOT internal
           ORDER BY schema_name, table_name, column_index"""
    ).fetchall()
    found: dict[str, list[Field]] = defaultdict(list)
    for schema, name, column, kind, comment in rows:
        found[_full(schema, name)].append(Field(column, kind, comment))
    return dict(found)


def _full(schema: str, name: str) -> str:
    """A table as column lineage names it."""
    return f"mart.{name}" if schema == "main" else f"mart.{schema}.{name}"


def _counts(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Table -> its rows; views have none of their own."""
    tables = db.execute(
        """SELECT schema_name, table_name FROM duckdb_tables()
           WHERE database_name = 'mart' AND NOT internal"""
    ).fetchall()
    found = {}
    for schema, name in tables:
        [(rows,)] = db.execute(f'SELECT count(*) FROM mart."{schema}"."{name}"').fetchall()
        found[_full(schema, name)] = int(rows)
    return found


def _edges(db: duckdb.DuckDBPyConnection) -> dict[str, list[Edge]]:
    """Table -> the edges into it. Of edges that differ only in the figures they are true of, one:
    the standard tells columns, not KPIs."""
    rows = db.execute(
        """SELECT DISTINCT to_table, to_column, from_table, from_column, "use"
           FROM mart.governance.lineage_edge ORDER BY ALL"""
    ).fetchall()
    found: dict[str, list[Edge]] = defaultdict(list)
    for to_table, to_column, from_table, from_column, use in rows:
        found[to_table].append(Edge(to_table, to_column, from_table, from_column, use=use))
    return found
