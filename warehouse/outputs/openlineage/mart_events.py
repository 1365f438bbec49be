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
from warehouse.outputs.openlineage.datasets import judged, mart_table, working_table
from warehouse.outputs.openlineage.naming import Names

JUDGED = "mart.kpi_monthly"
# Layers that exist before the build. Other tables in the lineage are working tables of the build,
# which connect the mart's columns with the measures.
LAKE = ("archive.", "published.", "tidy.", "quarantine.", "measures.")


def built(
    names: Names, path: Path, results: Sequence[CheckResult]
) -> tuple[list[InputDataset], list[OutputDataset]]:
    """Return the inputs of the mart built at `path`, with its checks, and its tables as outputs."""
    with open_mart(path) as db:
        columns, edges, counts = _columns(db), _edges(db), _counts(db)
        synthetic = is_synthetic(db)
    made = {name: some for name, some in edges.items() if not name.startswith(LAKE)}
    outputs = [
        mart_table(names, name, fields, made.pop(name, []), counts.get(name), synthetic)
        for name, fields in columns.items()
    ]
    outputs += [working_table(names, name, some) for name, some in made.items()]
    written = {*columns, *made}
    origins = {edge.from_table for name in written for edge in edges.get(name, [])} - written
    inputs = [InputDataset(*names.of(name)) for name in sorted(origins)]
    return [*inputs, judged(names, JUDGED, results)], outputs


def published(
    names: Names, path: Path, fingerprint: str
) -> tuple[list[InputDataset], list[OutputDataset]]:
    """Return the tables of the mart at `path` as inputs, and the published file as output."""
    with open_mart(path) as db:
        inputs = [InputDataset(*names.of(name)) for name in _columns(db)]
    version = dataset_version_dataset.DatasetVersionDatasetFacet(fingerprint)
    return inputs, [OutputDataset(*names.mart_file(), facets={"version": version})]


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
