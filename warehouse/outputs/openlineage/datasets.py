"""Datasets of lineage events with their facets. Not here: their names (`naming`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    DatasetFacet,
    InputDatasetFacet,
    OutputDatasetFacet,
    column_lineage_dataset,
    data_quality_assertions_dataset,
    data_quality_metrics_input_dataset,
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    tags_dataset,
)

from warehouse.archive.source_files import SourceFile
from warehouse.contract.model import Contract
from warehouse.contract.shapes import Field, measure_fields, tidy_fields
from warehouse.editions.check_history import CheckResult
from warehouse.lineage.feed_edges import Edge, measure_edges, tidy_edges
from warehouse.outputs.openlineage.columns import as_named, column_lineage, in_files
from warehouse.outputs.openlineage.naming import Names
from warehouse.transform.lake import TidyFacts

Facets = dict[str, DatasetFacet]
SOURCE = "access-recovery"


def named_file(names: Names, file: SourceFile) -> InputDataset:
    """Return a source file by name alone, and by its SHA-256: all that is known before it is read.
    A purge finds the events about a file by its SHA-256."""
    return InputDataset(*names.source_file(file), facets={"tags": _tags(_identity(file))})


def _identity(file: SourceFile) -> dict[str, object]:
    return {"sha256": file.sha256, "file_name": file.file_name}


def source_file(names: Names, file: SourceFile, contract: Contract) -> InputDataset:
    """Return a source file as an input: its headings, origin and size."""
    facets: Facets = {
        "schema": _schema(_headings(file, contract)),
        "dataSource": datasource_dataset.DatasourceDatasetFacet(
            name=contract.publisher, uri=file.url or file.page
        ),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(file.edition),
        "tags": _tags(
            {
                **_identity(file),
                "feed": file.feed,
                "edition": file.edition,
                "licence": file.licence,
                "published_on": file.published_on,
                "retrieved_at": file.retrieved_at.isoformat(),
                "synthetic": file.synthetic,
            }
        ),
    }
    read = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        rowCount=file.rows, size=file.bytes, fileCount=1
    )
    return InputDataset(
        *names.source_file(file), facets=facets, inputFacets={"inputStatistics": read}
    )


def _headings(file: SourceFile, contract: Contract) -> list[Field]:
    """Return the headings of a file; for a local return only known ones, because others may contain
    anything."""
    return [
        Field(heading, "text", _meaning(contract, heading))
        for heading in dict.fromkeys(file.headings)
        if heading.strip() and (contract.is_known(heading) or not contract.disclosure_control)
    ]


def _meaning(contract: Contract, heading: str) -> str:
    name = contract.column_of(heading)
    return contract.columns[name].description if name else "Not read as a separate column."


def tidy_judged(
    names: Names, contract: Contract, facts: Sequence[TidyFacts], results: Iterable[CheckResult]
) -> InputDataset:
    """Return the tidy rows of an edition as its checks read them."""
    named = {*contract.columns, *contract.measures}
    facets: dict[str, InputDatasetFacet] = {
        "dataQualityAssertions": _assertions(results, named),
        "dataQualityMetrics": (
            data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet(
                columnMetrics={}, rowCount=sum(one.rows for one in facts), fileCount=len(facts)
            )
        ),
    }
    return InputDataset(*names.of(f"tidy.{contract.feed}"), inputFacets=facets)


def judged(names: Names, table: str, results: Iterable[CheckResult]) -> InputDataset:
    """Return a table of the mart as its checks read it."""
    facets: dict[str, InputDatasetFacet] = {"dataQualityAssertions": _assertions(results, set())}
    return InputDataset(*names.of(table), inputFacets=facets)


def _assertions(
    results: Iterable[CheckResult], named: set[str]
) -> data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet:
    """Return every check, without what it found, which may quote cells. `named`: columns that may
    be named. Skipped checks are left out."""
    return data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
        assertions=[
            data_quality_assertions_dataset.Assertion(
                assertion=one.rule,
                name=one.rule,
                success=one.verdict == "pass",
                column=one.column_name if one.column_name in named else None,
                severity=one.severity.lower(),
                description=one.title,
                params={
                    "dimension": one.dimension,
                    "verdict": one.verdict,
                    "failed_rows": one.failed_rows,
                    "total_rows": one.total_rows,
                },
            )
            for one in results
            if one.verdict != "skipped"
        ]
    )


def tidy_table(
    names: Names,
    contract: Contract,
    edition: str,
    files: Sequence[SourceFile],
    facts: Sequence[TidyFacts],
) -> list[OutputDataset]:
    """Return the tidy rows of an edition and, if there are any, its quarantined rows."""
    spelt = {names.source_file(file): file.headings for file in files}
    made = _feed_table(
        names,
        f"tidy.{contract.feed}",
        contract,
        edition,
        f"{contract.title}: rows typed and conformed. Grain: {contract.grain}.",
        tidy_fields(contract),
        column_lineage(tidy_edges(contract), in_files(names, spelt), "TRANSFORMATION"),
        rows=sum(one.rows for one in facts),
        files=files,
    )
    lost = sum(one.quarantined for one in facts)
    return [made, table(names, f"quarantine.{contract.feed}", lost)] if lost else [made]


def measures_table(
    names: Names,
    contract: Contract,
    edition: str,
    files: Sequence[SourceFile],
    facts: Sequence[TidyFacts],
) -> OutputDataset:
    """Return the measures of an accepted edition."""
    return _feed_table(
        names,
        f"measures.{contract.feed}",
        contract,
        edition,
        f"{contract.title}: additive sums per organisation and month.",
        measure_fields(contract),
        column_lineage(measure_edges(contract), as_named(names), "AGGREGATION"),
        rows=sum(one.cells for one in facts),
        files=files,
    )


def _feed_table(
    names: Names,
    name: str,
    contract: Contract,
    edition: str,
    description: str,
    fields: Sequence[Field],
    lineage: column_lineage_dataset.ColumnLineageDatasetFacet,
    rows: int,
    files: Sequence[SourceFile],
) -> OutputDataset:
    owner = ownership_dataset.Owner(name=f"team:{contract.owner}", type="OWNER")
    facets: Facets = {
        "schema": _schema(fields),
        "columnLineage": lineage,
        "documentation": documentation_dataset.DocumentationDatasetFacet(description),
        "ownership": ownership_dataset.OwnershipDatasetFacet(owners=[owner]),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(edition),
        "tags": _tags(
            {"licence": contract.licence.name, "synthetic": all(one.synthetic for one in files)}
        ),
    }
    return table(names, name, rows, facets, len(files))


def mart_table(
    names: Names,
    name: str,
    fields: Sequence[Field],
    edges: Iterable[Edge],
    rows: int | None,
    synthetic: bool,
) -> OutputDataset:
    """Return a table or view of the mart; `rows`: None where they were not counted."""
    facets: Facets = {
        "schema": _schema(fields),
        "columnLineage": column_lineage(edges, as_named(names), "TRANSFORMATION"),
        "tags": _tags({"synthetic": synthetic}),
    }
    return table(names, name, rows, facets)


def working_table(names: Names, name: str, edges: Iterable[Edge]) -> OutputDataset:
    """Return a table that exists only while the mart is built."""
    words = "A working table of the build, not in the mart."
    facets: Facets = {
        "columnLineage": column_lineage(edges, as_named(names), "TRANSFORMATION"),
        "documentation": documentation_dataset.DocumentationDatasetFacet(words),
    }
    return table(names, name, None, facets)


def table(
    names: Names,
    name: str,
    rows: int | None,
    facets: Facets | None = None,
    files: int | None = None,
) -> OutputDataset:
    """Return a dataset that was written, with its number of rows."""
    written = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=rows, fileCount=files
    )
    counts: dict[str, OutputDatasetFacet] = {} if rows is None else {"outputStatistics": written}
    return OutputDataset(*names.of(name), facets=facets or {}, outputFacets=counts)


def _schema(fields: Iterable[Field]) -> schema_dataset.SchemaDatasetFacet:
    return schema_dataset.SchemaDatasetFacet(
        fields=[
            schema_dataset.SchemaDatasetFacetFields(
                name=field.name,
                type=field.type,
                description=field.description,
                ordinal_position=place,
            )
            for place, field in enumerate(fields, start=1)
        ]
    )


def _tags(facts: Mapping[str, object]) -> tags_dataset.TagsDatasetFacet:
    return tags_dataset.TagsDatasetFacet(
        tags=[
            tags_dataset.TagsDatasetFacetFields(
                key, str(value).lower() if isinstance(value, bool) else str(value), SOURCE
            )
            for key, value in facts.items()
            if value is not None
        ]
    )
