"""The structure of OpenLineage events as published: version 2-0-2, and the facets that we use.

No package carries the project's JSON schema files, so their structure is told here again, in our
words: what must be there, of which type and format. The official client has classes made from the
files, which are asked as well. `FACETS` is keyed by the version of each
facet's own schema, so that a newer client, which names newer ones, is noticed.
"""

from collections.abc import Iterator
from datetime import datetime
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from openlineage.client import facet_v2

Schema = dict[str, Any]
SPEC = "https://openlineage.io/spec"
EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
STATES = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]
FORMATS = FormatChecker([])


@FORMATS.checks("date-time", raises=ValueError)
def _date_time(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None and "T" in text


@FORMATS.checks("uuid", raises=ValueError)
def _uuid(text: str) -> bool:
    return str(UUID(text)) == text


@FORMATS.checks("uri", raises=ValueError)
def _uri(text: str) -> bool:
    return bool(urlsplit(text).scheme) and " " not in text


def formatted(kind: str) -> Schema:
    return {"type": "string", "format": kind}


def many(one: Schema) -> Schema:
    return {"type": "array", "items": one}


def each(one: Schema) -> Schema:
    """An object whose values are alike, whatever their keys."""
    return {"type": "object", "additionalProperties": one}


def thing(required: Schema, **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": sorted(required),
    }


TEXT, WHOLE, YES_NO = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
NUMBER, ANY = {"type": "number"}, {"type": "object"}
TIME, ID, URI = (formatted(kind) for kind in ("date-time", "uuid", "uri"))
BASE = {"_producer": URI, "_schemaURL": URI}
DELETABLE = thing(BASE, _deleted=YES_NO)
NAMED = {"namespace": TEXT, "name": TEXT}
RUN, JOB = thing({"runId": ID}), thing(NAMED)


def facet(required: Schema, **optional: Schema) -> Schema:
    return thing({**BASE, **required}, **optional)


TRANSFORMATION = thing(
    {"type": {"enum": ["DIRECT", "INDIRECT"]}}, subtype=TEXT, description=TEXT, masking=YES_NO
)
INPUT_FIELD = thing({**NAMED, "field": TEXT}, transformations=many(TRANSFORMATION))
COLUMN = thing(
    {"inputFields": many(INPUT_FIELD)}, transformationDescription=TEXT, transformationType=TEXT
)
METRICS = thing(
    {}, nullCount=WHOLE, distinctCount=WHOLE, sum=NUMBER, count=NUMBER, min=NUMBER, max=NUMBER,
    quantiles=each(NUMBER),
)  # fmt: skip
FIELD: Schema = thing(
    {"name": TEXT}, type=TEXT, description=TEXT, ordinal_position=WHOLE, fields=many(ANY)
)
ASSERTION = thing(
    {"assertion": TEXT, "success": YES_NO}, column=TEXT, severity=TEXT, name=TEXT,
    description=TEXT, expected=TEXT, actual=TEXT, content=TEXT, contentType=TEXT, params=ANY,
)  # fmt: skip
TAG = thing({"key": TEXT, "value": TEXT}, source=TEXT, field=TEXT)
OWNERS = many(thing({"name": TEXT}, type=TEXT))

# Kind of facet -> key under which it stands -> version and name of its schema, and its structure.
FACETS: dict[str, dict[str, tuple[str, Schema]]] = {
    "run": {
        "parent": ("1-2-0/ParentRunFacet", facet({"run": RUN, "job": JOB})),
        "nominalTime": (
            "1-0-1/NominalTimeRunFacet", facet({"nominalStartTime": TIME}, nominalEndTime=TIME)
        ),
        "processing_engine": (
            "1-1-1/ProcessingEngineRunFacet",
            facet({"version": TEXT}, name=TEXT, openlineageAdapterVersion=TEXT),
        ),
        "errorMessage": (
            "1-0-1/ErrorMessageRunFacet",
            facet({"message": TEXT, "programmingLanguage": TEXT}, stackTrace=TEXT),
        ),
        "tags": ("1-0-0/TagsRunFacet", facet({}, tags=many(TAG))),
    },
    "job": {
        "jobType": (
            "2-0-4/JobTypeJobFacet",
            facet({"processingType": TEXT, "integration": TEXT}, jobType=TEXT),
        ),
        "documentation": (
            "1-1-0/DocumentationJobFacet", facet({"description": TEXT}, contentType=TEXT)
        ),
    },
    "dataset": {
        "schema": ("1-2-0/SchemaDatasetFacet", facet({}, fields=many(FIELD))),
        "columnLineage": (
            "1-2-0/ColumnLineageDatasetFacet",
            facet({"fields": each(COLUMN)}, dataset=many(INPUT_FIELD)),
        ),
        "dataSource": ("1-0-1/DatasourceDatasetFacet", facet({}, name=TEXT, uri=URI)),
        "documentation": (
            "1-1-0/DocumentationDatasetFacet", facet({"description": TEXT}, contentType=TEXT)
        ),
        "ownership": ("1-0-1/OwnershipDatasetFacet", facet({}, owners=OWNERS)),
        "version": ("1-0-1/DatasetVersionDatasetFacet", facet({"datasetVersion": TEXT})),
        "tags": ("1-0-0/TagsDatasetFacet", facet({}, tags=many(TAG))),
    },
    "input": {
        "dataQualityAssertions": (
            "1-1-0/DataQualityAssertionsDatasetFacet", facet({"assertions": many(ASSERTION)})
        ),
        "dataQualityMetrics": (
            "1-0-3/DataQualityMetricsInputDatasetFacet",
            facet({"columnMetrics": each(METRICS)}, rowCount=WHOLE, bytes=WHOLE, fileCount=WHOLE),
        ),
        "inputStatistics": (
            "1-0-0/InputStatisticsInputDatasetFacet",
            facet({}, rowCount=WHOLE, size=WHOLE, fileCount=WHOLE),
        ),
    },
    "output": {
        "outputStatistics": (
            "1-0-2/OutputStatisticsOutputDatasetFacet",
            facet({}, rowCount=WHOLE, size=WHOLE, fileCount=WHOLE),
        ),
    },
}  # fmt: skip


def facets(kind: str) -> Schema:
    """Only facets that are known here, each with the address of its own schema."""
    known = {
        key: {
            "allOf": [
                structure,
                thing({"_schemaURL": {
                    "const": f"{SPEC}/facets/{name}.json#/$defs/{name.partition('/')[2]}"
                }}),
            ]
        }
        for key, (name, structure) in FACETS[kind].items()
    }  # fmt: skip
    return {"type": "object", "properties": known, "additionalProperties": False}


RUN_EVENT = thing(
    {
        "eventTime": TIME,
        "producer": URI,
        "schemaURL": {"const": EVENT},
        "run": thing({"runId": ID}, facets=facets("run")),
        "job": thing(NAMED, facets=facets("job")),
    },
    eventType={"enum": STATES},
    inputs=many(thing(NAMED, facets=facets("dataset"), inputFacets=facets("input"))),
    outputs=many(thing(NAMED, facets=facets("dataset"), outputFacets=facets("output"))),
)
VALIDATOR = Draft202012Validator(RUN_EVENT, format_checker=FORMATS)


def faults(event: dict[str, Any]) -> list[str]:
    """What of an event is not as published; nothing if all is. The official client's classes, made
    from the project's own schema files, must be able to hold each facet, too."""
    found = [f"{one.json_path}: {one.message[:200]}" for one in VALIDATOR.iter_errors(event)]
    for facet in _facets_of(event):
        try:
            _as_official(facet)
        except (KeyError, TypeError, ValueError) as error:
            found.append(f"{facet.get('_schemaURL')}: {error!r}"[:200])
    return found


def _facets_of(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    holders = [event["run"], event["job"], *event.get("inputs", []), *event.get("outputs", [])]
    for holder in holders:
        for kind in ("facets", "inputFacets", "outputFacets"):
            yield from holder.get(kind, {}).values()


def _as_official(facet: dict[str, Any]) -> None:
    own = {key: value for key, value in facet.items() if key not in ("_producer", "_schemaURL")}
    CLASSES[facet["_schemaURL"]](**own)


def _official_classes() -> dict[str, Any]:
    """Address of a schema -> the official client's class of it."""
    modules = [one for one in vars(facet_v2).values() if isinstance(one, ModuleType)]
    classes = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    made = [one for one in classes if hasattr(one, "_get_schema")]
    return {address: one for one in made if (address := one._get_schema())}


CLASSES = _official_classes()
