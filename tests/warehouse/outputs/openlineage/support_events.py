"""Editions processed as Dagster's assets do it, and the events of that."""

import json
from typing import Any

from assets.ingest import take_in
from tests.checks.support_checks import OCT, active
from tests.warehouse.outputs.openlineage.published import faults
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.outputs.openlineage.emit import emitting, namespace
from warehouse.outputs.openlineage.keep import PLACE
from warehouse.outputs.openlineage.naming import DatasetName, Names
from warehouse.outputs.openlineage.runs import edition_taken_in, files_named, running

DAGSTER_RUN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
Event = dict[str, Any]


def names(home: Home) -> Names:
    """Names of the datasets of a home."""
    return Names(namespace(), home)


def events(home: Home) -> list[Event]:
    """Every event kept in the home; each must be as published."""
    found = [json.loads(home.store.read(key)) for key in home.store.list_keys(PLACE)]
    assert [fault for event in found for fault in faults(event)] == []
    return found


def take_in_with_events(home: Home, feed: str, edition: str = OCT) -> list[str]:
    """Process an edition and emit its events; returns the warnings."""
    warned: list[str] = []
    contract = contracts()[feed]
    files = [file for file in active(home) if (file.feed, file.edition) == (feed, edition)]
    with (
        emitting(home, warned.append) as lineage,
        running(
            lineage, f"{feed}.take_in", "Taken in.", DAGSTER_RUN, "job", edition, files_named(files)
        ) as told,
    ):
        taken = take_in(home, feed, edition, DAGSTER_RUN)
        if told and taken:
            told.outcome = edition_taken_in(
                contract, edition, taken.files, taken.facts, taken.results, taken.status
            )
    return warned


def dataset(event: Event, side: str, name: DatasetName) -> Event:
    """The one dataset of this name among an event's inputs or outputs."""
    [found] = [one for one in event[side] if named(one) == name]
    return dict(found)


def named(one: Event) -> DatasetName:
    """Namespace and name of a dataset, or of the dataset of an input field."""
    return DatasetName(one["namespace"], one["name"])


def origins(table: Event, column: str) -> set[tuple[DatasetName, str, str]]:
    """Dataset, field and kind of what a column comes from."""
    inputs = table["facets"]["columnLineage"]["fields"][column]["inputFields"]
    return {(named(i), i["field"], t["type"]) for i in inputs for t in i["transformations"]}
