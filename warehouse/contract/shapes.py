"""The columns of a feed's tidy table and measures, for Dagster, lineage events and data contracts.
Not here: making them (`warehouse.transform.conform`, `warehouse.transform.measure`)."""

from __future__ import annotations

from typing import NamedTuple

from warehouse.base.decimals import PLACES
from warehouse.contract.model import Contract

TYPES = {
    "text": "string",
    "code": "string",
    "label": "enum",
    "month": "date",
    "date": "date",
    "count": "int64",
    "decimal": f"decimal(38,{PLACES})",
}


class Field(NamedTuple):
    """One column of a table in the lake."""

    name: str
    type: str
    description: str


def tidy_fields(contract: Contract) -> list[Field]:
    """Columns of the tidy table: one row per accepted published row."""
    return [
        Field("source_row", "uint32", "Row of the published file; the header is row 1."),
        *(Field(name, TYPES[one.type], one.description) for name, one in contract.columns.items()),
    ]


def measure_fields(contract: Contract) -> list[Field]:
    """Columns of the measures: one row per organisation and month."""
    return [
        Field("org_code", "string", "Organisation the figures are of."),
        Field("month", "date", "Month the figures are about."),
        *(
            Field(name, TYPES["decimal" if contract.is_decimal(name) else "count"], one.title)
            for name, one in contract.measures.items()
        ),
        Field("rows", "uint32", "Published rows added up."),
        Field("digest", "uint64", "Content of the cell, to tell parts from revisions."),
        Field("unreliable", "bool", "Whether rows of the cell went to quarantine."),
    ]
