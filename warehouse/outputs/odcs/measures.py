"""A feed's measures in the Open Data Contract Standard: what each is, and from which columns it is
made."""

from __future__ import annotations

from open_data_contract_standard.model import SchemaObject, SchemaProperty

from warehouse.contract.entries import Measure
from warehouse.contract.model import Contract
from warehouse.contract.shapes import TYPES, measure_fields
from warehouse.outputs.odcs import contract_parts as parts

LOGICAL = {"string": "string", "date": "date", "bool": "boolean", TYPES["decimal"]: "number"}


def measured(contract: Contract) -> list[SchemaObject]:
    """Return the measures made from the published rows, if the feed has any."""
    if not contract.measures:
        return []
    fields = measure_fields(contract)
    name = f"{contract.feed}_measures"
    return [
        SchemaObject(
            id=name,
            name=name,
            physicalName=f"lake/measures/{contract.feed}",
            physicalType="file",
            logicalType="object",
            description="Figures per organisation and month of one file of an edition.",
            dataGranularityDescription="one row per organisation and month",
            properties=[
                SchemaProperty(
                    id=field.name,
                    name=field.name,
                    physicalName=field.name,
                    logicalType=LOGICAL.get(field.type, "integer"),
                    physicalType=field.type,
                    description=field.description,
                    required=field.name not in contract.measures,
                    primaryKey=field.name in ("org_code", "month") or None,
                    primaryKeyPosition={"org_code": 1, "month": 2}.get(field.name),
                    classification=parts.classified(contract),
                ).model_copy(update=_made(contract, contract.measures.get(field.name)))
                for field in fields
            ],
        )
    ]


def _made(contract: Contract, measure: Measure | None) -> dict[str, object]:
    """Return the columns from which a measure is made, and how."""
    if measure is None:
        return {}
    named = [name for name in (measure.column, *measure.where) if name]
    return {
        "transformSourceObjects": [f"{contract.feed}.{name}" for name in named] or None,
        "transformDescription": _words(measure),
        "customProperties": parts.beside(
            {
                "unit": measure.unit,
                "additiveOverOrganisations": measure.additive_over_organisations,
                "additiveOverTime": measure.additive_over_time,
                "notAdditiveBecause": measure.not_additive_because,
                "reportedIf": measure.reported_if,
                "cumulativeFrom": measure.cumulative_from,
                "firstMonth": measure.first_month,
                "lastMonth": measure.last_month,
            }
        ),
    }


def _words(measure: Measure) -> str:
    """Describe a measure's arithmetic in a sentence."""
    if measure.sum:
        how = f"Sum of {measure.sum}"
    elif measure.largest:
        how = f"Largest {measure.largest}"
    elif measure.given:
        how = f"1 where {measure.given} has a number, else 0"
    elif measure.any:
        how = f"1 where the sum of {measure.any} is above zero, else 0"
    else:
        how = "1 for every organisation named"
    of = [f"{column} is {' or '.join(labels)}" for column, labels in measure.where.items()]
    return f"{how}{', of rows where ' + ' and '.join(of) if of else ''}."
