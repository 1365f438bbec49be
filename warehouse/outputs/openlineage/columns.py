"""Column lineage in events: edges of feeds and of the mart as the standard's facet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from openlineage.client.facet_v2 import column_lineage_dataset

from warehouse.base.text import heading_key
from warehouse.lineage.feed_edges import ROWS, Edge
from warehouse.outputs.openlineage.naming import DatasetName, Names

Place = tuple[DatasetName, str]  # dataset and field
Places = Callable[[str, str], Sequence[Place]]


def column_lineage(
    edges: Iterable[Edge], places: Places, subtype: str
) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """Return edges into one table as the standard's facet.

    `places`: table and column of an edge's origin -> its datasets and fields. `subtype`: how values
    are made. Columns that only choose are indirect; those that choose rows belong to the whole
    dataset.
    """
    fields: dict[str, dict[tuple[DatasetName, str, str], column_lineage_dataset.InputField]] = {}
    for edge in edges:
        if edge.from_column == ROWS:
            continue
        kind, how = ("DIRECT", subtype) if edge.use == "value" else ("INDIRECT", "FILTER")
        made = column_lineage_dataset.Transformation(kind, how, edge.description)
        for name, field in places(edge.from_table, edge.from_column):
            origin = column_lineage_dataset.InputField(*name, field, [made])
            fields.setdefault(edge.to_column, {}).setdefault((name, field, kind), origin)
    whole = list(fields.pop(ROWS, {}).values())
    return column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            column: column_lineage_dataset.Fields(inputFields=list(origins.values()))
            for column, origins in fields.items()
        },
        dataset=whole,
    )


def as_named(names: Names) -> Places:
    """Return the places of columns of tables: the datasets of these tables."""
    return lambda table, column: [(names.of(table), column)]


def in_files(names: Names, files: Mapping[DatasetName, Sequence[str]]) -> Places:
    """Return the places of published headings: every file that has the heading, as it spells it.

    `files`: dataset of a file -> its headings.
    """
    spelt = {
        name: {heading_key(heading): heading for heading in headings}
        for name, headings in files.items()
    }

    def places(table: str, column: str) -> Sequence[Place]:
        if not table.startswith("published."):
            return [(names.of(table), column)]
        key = heading_key(column)
        return [(name, headings[key]) for name, headings in spelt.items() if key in headings]

    return places
