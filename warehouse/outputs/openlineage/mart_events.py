"""The mart in lineage events: the inputs of its build, and its tables as built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import duckdb
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import dataset_version_dataset

from warehouse.base.sql import is_synthetic, open_mart
from warehouse.contract.shapes import Field
from warehouse.editions.check_history import CheckResult
from warehouse.lineage.feed_edges import Edge
from warehouse.outputs.openlineage.datasets import judged, mart_table, table, working_table

FILE = "mart/access_recovery.duckdb"
JUDGED = "mart.kpi_monthly"
# Layers that exist before the build. Other tables in the lineage are working tables of the build,
# which connect the mart's columns with the measures.
LAKE = ("archive.", "published.", "tidy.", "quarantine.", "measures.")


def built(
    namespace: str, path: Path, results: Sequence[CheckResult]
) -> tuple[list[InputDataset], list[OutputDataset]]:
    """Return the inputs of the mart built at `path`, with its checks, and its tables as outputs."""
    with open_mart(path) as db:
        columns, edges, counts = _columns(db), _edges(db), _counts(db)
        synthetic = is_synthetic(db)
    made = {name: some for name, some in edges.items() if not name.startswith(LAKE)}
    outputs = [
        mart_table(namespace, name, fields, made.pop(name, []), counts.get(name), synthetic)
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
    """Return the tables of the mart at `path` as inputs, and the published file as output."""
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
    """Return a table's name in column lineage."""
    return f"mart.{name}" if schema == "main" else f"mart.{schema}.{name}"


def _counts(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Table -> its number of rows, without views."""
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
    """Table -> the edges into it. Edges that differ only by KPI or level become one: the standard
    has columns only."""
    rows = db.execute(
        """SELECT DISTINCT to_table, to_column, from_table, from_column, "use"
           FROM mart.governance.lineage_edge ORDER BY ALL"""
    ).fetchall()
    found: dict[str, list[Edge]] = defaultdict(list)
    for to_table, to_column, from_table, from_column, use in rows:
        found[to_table].append(Edge(to_table, to_column, from_table, from_column, use=use))
    return found
