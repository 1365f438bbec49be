"""The contract of exported Parquet files in the Open Data Contract Standard: a model per file, with
types, comments and keys, that `datacontract test` can hold against the files."""

from __future__ import annotations

import duckdb
from open_data_contract_standard.model import (
    Description,
    OpenDataContractStandard,
    SchemaObject,
    Server,
)

from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.odcs import contract_parts as parts
from warehouse.outputs.odcs.mart_contract import tables_of


def files_contract(
    db: duckdb.DuckDBPyConnection, tables: list[str], mark: str
) -> OpenDataContractStandard:
    """Return the contract of the files `<mark><table>.parquet`. `db` has the mart attached as
    `mart`, whose comments describe them; `mark`: the beginning of names of synthetic files."""
    owners = sorted({kpi.owner for kpi in catalogue().values()})
    models = [_model(one, mark) for one in tables_of(db) if _own_name(one) in tables]
    return parts.sealed(
        owners[0],
        id=f"{parts.PRODUCT}.files",
        name=f"{mark.strip('_')} primary care access, files".strip(),
        status="draft" if mark else "active",
        tags=["synthetic"] if mark else None,
        description=Description(
            purpose="Tables of the mart of NHS primary care figures, one file each.",
            usage="Start with kpi_monthly. Tables join by organisation_key, kpi_key and month.",
            limitations="A figure that can't be known is NULL with a status, never zero.",
        ),
        servers=[
            Server(
                server="files",
                type="local",
                path="./{model}.parquet",
                format="parquet",
                description="Files beside this contract.",
            )
        ],
        schema=models,
    )


def _model(table: SchemaObject, mark: str) -> SchemaObject:
    """A table as a file: types are those of Parquet, which has no primary key."""
    named = f"{mark}{_own_name(table)}"
    return table.model_copy(
        update={
            "id": named,
            "name": named,
            "physicalName": named,
            "physicalType": "file",
            "quality": None,
        }
    )


def _own_name(table: SchemaObject) -> str:
    """A table's name as files have it: without the schema of the plan."""
    return str(table.name).removeprefix("plan.")
