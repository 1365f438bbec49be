"""A feed's contract and checks in the Open Data Contract Standard. Its measures are in
`measures`."""

from __future__ import annotations

import polars as pl
from open_data_contract_standard.model import (
    DataQuality,
    Description,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Server,
    ServiceLevelAgreementProperty,
)

from warehouse.contract.entries import NUMBERS, Column
from warehouse.contract.model import Contract
from warehouse.contract.shapes import TYPES
from warehouse.outputs.odcs import contract_parts as parts
from warehouse.outputs.odcs.measures import measured

LOGICAL = {"text": "string", "code": "string", "label": "string", "month": "date", "date": "date",
           "count": "integer", "decimal": "number"}  # fmt: skip


def feed_contract(contract: Contract, register: pl.DataFrame) -> OpenDataContractStandard:
    """Return a feed's contract in the standard's official model.

    `register`: checks of all feeds, one row per feed and check, with the columns of
    `warehouse.editions.check_history.REGISTER_SCHEMA`.
    """
    checks = register.filter(pl.col("feed") == contract.feed)
    return parts.sealed(
        contract.owner,
        id=f"{parts.PRODUCT}.{contract.feed}",
        name=contract.title,
        status="active",
        tenant=contract.publisher,
        tags=_tags(contract),
        description=_description(contract),
        authoritativeDefinitions=[
            parts.link(contract.landing_page, "canonicalUrl", "The publisher's page."),
            parts.link(contract.licence.url, "license", contract.licence.name),
        ],
        servers=_servers(contract),
        schema=[_published(contract, parts.checked(checks)), *measured(contract)],
        slaProperties=_service(contract),
        customProperties=parts.beside(
            {
                "feed": contract.feed,
                "licence": contract.licence.name,
                "handMade": contract.local_return,
                "disclosureControl": contract.disclosure_control,
            }
        ),
    )


def _tags(contract: Contract) -> list[str]:
    local = ["local-return"] if contract.local_return else []
    held = ["disclosure-control"] if contract.disclosure_control else []
    return [contract.cadence.frequency, *local, *held]


def _description(contract: Contract) -> Description:
    pages = [
        parts.link(caveat.reference, "businessDefinition", caveat.text)
        for caveat in contract.caveats
        if caveat.reference
    ]
    usage = f"Licence: {contract.licence.name} ({contract.licence.url})."
    if contract.disclosure_control:
        usage += " A local return under disclosure control: small numbers are not published."
    return Description(
        purpose=contract.description,
        usage=usage,
        limitations=parts.bullets(caveat.text for caveat in contract.caveats),
        authoritativeDefinitions=pages or None,
    )


def _servers(contract: Contract) -> list[Server]:
    return [
        Server(
            server="archive",
            type="local",
            path="archive/objects/*/*",
            format="csv",
            description="Files as published (csv, zip, gzip, xlsx, xlsm) under their SHA-256; "
            f"their provenance is in archive/records/{contract.feed}. {parts.RELATIVE}",
        ),
        Server(
            server="lake",
            type="local",
            path=f"lake/tidy/{contract.feed}/*/*.parquet",
            format="parquet",
            description="The published rows, typed: one file per source file, or one for all "
            "of an edition of many, in which `sha256` tells from which a row is. "
            f"{parts.RELATIVE}",
        ),
    ]


def _published(contract: Contract, checks: list[DataQuality]) -> SchemaObject:
    """Return the published table: a property per column, with every heading ever published for
    it."""
    unique = _no_rows(
        "key_once",
        description="No two rows have the same key.",
        metric="duplicateValues",
        arguments={"properties": list(contract.key)},
        dimension="uniqueness",
    )
    return SchemaObject(
        id=contract.feed,
        name=contract.feed,
        physicalName=contract.feed,
        physicalType="file",
        logicalType="object",
        businessName=contract.title,
        description=contract.description,
        dataGranularityDescription=contract.grain,
        properties=[_column(contract, name, column) for name, column in contract.columns.items()],
        quality=checks if contract.repeated_keys == "sum" else [unique, *checks],
        customProperties=parts.beside({"repeatedKeys": contract.repeated_keys}),
    )


def _column(contract: Contract, name: str, column: Column) -> SchemaProperty:
    in_key = name in contract.key
    alone = contract.key == (name,) and contract.repeated_keys == "error"
    return SchemaProperty(
        id=name,
        name=name,
        physicalName=contract.heading(name),
        logicalType=LOGICAL[column.type],
        physicalType=TYPES[column.type],
        logicalTypeOptions=_options(column),
        description=column.description,
        required=column.required and not column.nullable,
        unique=alone or None,
        primaryKey=in_key or None,
        primaryKeyPosition=contract.key.index(name) + 1 if in_key else None,
        classification=parts.classified(contract),
        quality=_valid(contract, name, column),
        customProperties=parts.beside(
            {
                "publishedHeadings": list(column.published),
                "unit": column.unit,
                "headingRequired": column.required,
                "publishedFormats": list(column.formats) or None,
                "publishedAsMissing": list(column.missing) or None,
                "headingsOfOlderShape": _older_headings(contract, name),
            }
        ),
    )


def _older_headings(contract: Contract, name: str) -> dict[str, list[str]] | None:
    """Map labels to headings of the older shape with a column per label, for the column of
    labels."""
    if contract.wide is None or contract.wide.label != name:
        return None
    return {label: list(headings) for label, headings in contract.wide.headings.items()}


def _options(column: Column) -> dict[str, object] | None:
    if column.type in NUMBERS:
        return {"minimum": 0}
    if column.type in ("month", "date"):
        return {"format": "yyyy-MM-dd"}
    return {"pattern": column.pattern} if column.pattern else None


def _valid(contract: Contract, name: str, column: Column) -> list[DataQuality] | None:
    """Return the rule on a column's labels: each canonical one with its other spellings."""
    if column.type != "label":
        return None
    labels = contract.labels(name)
    spellings = {label: list(other) for label, other in labels.items() if other}
    return [
        _no_rows(
            f"{name}_valid",
            description="Every label is known; rows with another one are quarantined.",
            metric="invalidValues",
            arguments={"validValues": list(labels)},
            dimension="conformity",
            customProperties=parts.beside({"otherSpellings": spellings}),
        )
    ]


def _no_rows(name: str, **rule: object) -> DataQuality:
    """Return a rule of the standard's library that no row may break."""
    fixed = {"type": "library", "mustBe": 0, "unit": "rows", "severity": "error"}
    return DataQuality.model_validate({"id": name, "name": name, **fixed, **rule})


def _service(contract: Contract) -> list[ServiceLevelAgreementProperty]:
    """Return the release calendar as service levels: how often, how soon, how far back."""
    cadence, element = contract.cadence, f"{contract.feed}.{contract.month or contract.key[0]}"

    def level(
        name: str, value: str | int, words: str, unit: str | None = "month"
    ) -> ServiceLevelAgreementProperty:
        return ServiceLevelAgreementProperty(
            id=name, property=name, value=value, unit=unit, element=element, description=words
        )

    every = cadence.months
    found = [level("frequency", every or "irregular", cadence.release, "month" if every else None)]
    if cadence.due:
        words = f"Months from an edition's month to its release: {cadence.release}."
        found.append(level("latency", cadence.due.months_after, words))
    words = "Months that an edition covers; the archive keeps every edition indefinitely."
    found.append(level("retention", contract.window_months, words))
    if contract.provisional_months:
        words = "Newest months of an edition that the publisher is likely to revise."
        found.append(level("provisional", contract.provisional_months, words))
    return found
