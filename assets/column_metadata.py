"""Types, descriptions and lineage of a feed's columns as Dagster metadata. Not here: which columns
there are (`warehouse.contract.shapes`), lineage itself (`warehouse.lineage.feed_edges`)."""

import dagster as dg

from warehouse.contract.shapes import Field
from warehouse.lineage.feed_edges import ROWS, Edge


def column_metadata(
    fields: list[Field], edges: list[Edge], source: str, upstream: dg.AssetKey
) -> dict[str, object]:
    """Return metadata of one asset: its columns, each with the columns it comes from in the table
    `source`, which is the asset `upstream`."""
    behind: dict[str, dict[str, None]] = {}
    for edge in edges:
        plain = edge.use == "value" and ROWS not in (edge.to_column, edge.from_column)
        if plain and edge.from_table == source:
            behind.setdefault(edge.to_column, {})[edge.from_column] = None
    lineage = {
        column: [dg.TableColumnDep(upstream, name) for name in names]
        for column, names in behind.items()
    }
    return {
        "dagster/column_schema": dg.TableSchema([dg.TableColumn(*field) for field in fields]),
        "dagster/column_lineage": dg.TableColumnLineage(lineage),
    }
