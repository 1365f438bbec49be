"""The published mart's contract in the Open Data Contract Standard: tables, views, types, comments,
checks and keys."""

from __future__ import annotations

import duckdb
import polars as pl
from open_data_contract_standard.model import (
    Description,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Server,
    ServiceLevelAgreementProperty,
)

from warehouse.base.home import Home
from warehouse.base.sql import is_synthetic, open_mart
from warehouse.contract.model import contracts
from warehouse.mart.describe import SYNTHETIC_NOTE
from warehouse.mart.primary_keys import primary_key
from warehouse.outputs.odcs import contract_parts as parts

MART = "mart"
MAIN = "main"
JUDGED = "kpi_monthly"  # the table whose asset has the mart's checks
LOGICAL = {
    **{"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "DOUBLE": "number"},
    **dict.fromkeys(("BIGINT", "INTEGER", "TINYINT", "UBIGINT", "UINTEGER"), "integer"),
}


def mart_contract(home: Home, register: pl.DataFrame) -> OpenDataContractStandard:
    """Return the published mart's contract in the standard's official model.

    `register`: checks, one row per feed and check, the mart's under feed `mart`, with the columns
    of `warehouse.editions.check_history.REGISTER_SCHEMA`. Raises NoMart if there is none.
    """
    mart = home.require_mart()
    checks = register.filter(pl.col("feed") == MART)
    with open_mart(mart) as db:
        synthetic, tables = is_synthetic(db), tables_of(db)
    for table in tables:
        table.quality = parts.checked(checks) if table.name == JUDGED else None
    return _contract(tables, synthetic, checks["owner"].mode().sort()[0])


def _contract(tables: list[SchemaObject], synthetic: bool, owner: str) -> OpenDataContractStandard:
    mark = SYNTHETIC_NOTE if synthetic else ""
    return parts.sealed(
        owner,
        id=f"{parts.PRODUCT}.{MART}",
        name=f"{mark.partition(':')[0]} primary care access mart".strip(),
        status="draft" if synthetic else "active",
        tags=["synthetic"] if synthetic else None,
        description=Description(
            purpose=f"{mark}The mart of NHS primary care figures, each traced to its source "
            "file, with every available edition and every check.",
            usage="Open read-only with DuckDB. Start with kpi_monthly. Table kpi explains what "
            "each figure means; schema governance shows where it comes from.",
            limitations="A figure that can't be known is NULL with a status, never zero. "
            "Read the caveats of feeds and KPIs in governance.caveat first.",
        ),
        servers=[
            _server(MAIN, "For analysts."),
            _server("governance", "Records and lineage."),
            _server("plan", "Commitments, actions and decisions."),
        ],
        schema=tables,
        slaProperties=_service(),
    )


def _server(schema: str, words: str) -> Server:
    return Server(
        server=schema,
        type="duckdb",
        database="mart/access_recovery.duckdb",
        schema=schema,
        description=f"{words} {parts.RELATIVE} Each refresh replaces the whole file.",
    )


def _service() -> list[ServiceLevelAgreementProperty]:
    """Return service levels: a mart is as fresh as the feeds it uses, each with its own cadence."""
    return [
        ServiceLevelAgreementProperty(
            id=feed,
            property="frequency",
            value=contract.cadence.months or "irregular",
            unit="month" if contract.cadence.months else None,
            element=JUDGED,
            description=f"{contract.title}: {contract.cadence.release}.",
        )
        for feed, contract in sorted(contracts().items())
    ]


def tables_of(db: duckdb.DuckDBPyConnection) -> list[SchemaObject]:
    """Return every table and view of the attached mart, analysts' first, with its columns in
    order."""
    columns = db.sql(
        """SELECT schema_name, table_name, column_name, data_type, is_nullable, comment
           FROM duckdb_columns() WHERE database_name = 'mart' AND NOT internal
           ORDER BY schema_name = 'main' DESC, schema_name, table_name, column_index"""
    ).pl()
    named = db.execute(
        """SELECT schema_name, table_name, 'table', comment FROM duckdb_tables()
           WHERE database_name = 'mart' AND NOT internal
           UNION ALL SELECT schema_name, view_name, 'view', comment FROM duckdb_views()
           WHERE database_name = 'mart' AND NOT internal"""
    ).fetchall()
    about = {(schema, name): (kind, comment) for schema, name, kind, comment in named}
    found = []
    for (schema, name), rows in columns.group_by("schema_name", "table_name", maintain_order=True):
        full = str(name) if schema == MAIN else f"{schema}.{name}"
        kind, comment = about[(str(schema), str(name))]
        found.append(
            SchemaObject(
                id=full.replace(".", "_"),
                name=full,
                physicalName=full,
                physicalType=kind,
                logicalType="object",
                description=comment,
                properties=[_column(full, row) for row in rows.iter_rows(named=True)],
            )
        )
    return found


def _column(table: str, row: dict[str, str | None]) -> SchemaProperty:
    name, physical = str(row["column_name"]), str(row["data_type"])
    key = primary_key(table)
    return SchemaProperty(
        id=name,
        name=name,
        physicalName=name,
        logicalType=_logical(physical),
        physicalType=_physical(physical),
        items=_item(physical),
        description=row["comment"],
        required=name in key,
        unique=key == (name,) or None,
        primaryKey=name in key or None,
        primaryKeyPosition=key.index(name) + 1 if name in key else None,
    )


def _physical(type_: str) -> str:
    """DuckDB's name of a type, of lists and small whole numbers one that the standard's tools
    know."""
    return "LIST" if type_.endswith("[]") else {"UINTEGER": "BIGINT"}.get(type_, type_)


def _item(physical: str) -> SchemaProperty | None:
    """What a list holds; None of a type that is no list."""
    held = physical.removesuffix("[]")
    if held == physical:
        return None
    return SchemaProperty(logicalType=_logical(held), physicalType=held)


def _logical(physical: str) -> str | None:
    """Return the standard's type for a DuckDB type; None if it has none."""
    if physical.endswith("[]"):
        return "array"
    return "timestamp" if physical.startswith("TIMESTAMP") else LOGICAL.get(physical)
