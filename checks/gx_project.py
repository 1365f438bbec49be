"""The Great Expectations project in the home: `gx/`, and the validation results.

`gx/` holds what the library needs to open the project, run a feed's checkpoint and build Data Docs:
its configuration; per feed a suite, a validation definition and a checkpoint; and the evidence of
each edition, which is a batch (`gx/editions/<feed>/<YYYY-MM>.parquet`). All of it is generated
again from contracts and `checks.yaml` when they change. Results are kept in `archive/validations`.
Loads no library. Not here: evaluating (`checks.evaluation`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl
import yaml

from checks.check_catalogue import MART
from checks.evaluation import RESULT_FORMAT, Result
from checks.expectations import NAMESPACE
from checks.suite import suite_of
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import VALIDATIONS

PROJECT, BATCHES = "gx", "gx/editions"
SOURCE, BATCH = "editions", "edition"
BACKEND = "TupleFilesystemStoreBackend"
# libyaml's, where it is installed, takes a tenth of the time; each home has a text of its own.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
STORES = {
    "expectations_store": ("ExpectationsStore", "suites/"),
    "validation_results_store": ("ValidationResultsStore", f"../{VALIDATIONS}/"),
    "checkpoint_store": ("CheckpointStore", "checkpoints/"),
    "validation_definition_store": ("ValidationDefinitionStore", "validation_definitions/"),
}


def keep_validation(
    home: Home,
    feed: str,
    edition: str,
    now: datetime,
    rows: pl.DataFrame,
    results: Sequence[Result],
) -> str:
    """Keep an edition's evidence as a batch and its validation result; returns the result's key.

    `edition`: of the mart, the run that built it. `rows`: of `checks.evaluation.BATCH_SCHEMA`.
    """
    write_suite(home, feed)
    batch = f"{BATCHES}/{batch_path(feed, edition)}"
    with home.store.writing(batch) as path:
        rows.write_parquet(path)
    done = validation_result(home, feed, edition, now, results)
    key = f"{VALIDATIONS}/{feed}/{edition}/{_stamp(now)}/{batch_id(feed, edition)}.json"
    home.store.write_once(key, _json(done))
    return key


def forget_validations(home: Home, feed: str, edition: str = "") -> None:
    """Delete the evidence and the validation results of an edition, or all of the mart's."""
    home.store.delete(f"{BATCHES}/{batch_path(feed, edition)}")
    prefix = f"{VALIDATIONS}/{feed}/{edition}".rstrip("/")
    home.store.delete_all(prefix)
    home.store.prune(prefix)


def batch_path(feed: str, edition: str) -> str:
    """Return the path of an edition's evidence within the batches; the mart has one alone."""
    return f"{feed}/{MART if feed == MART else edition}.parquet"


def batch_id(feed: str, edition: str) -> str:
    """Return the id that Great Expectations gives to an edition's batch."""
    if feed == MART:
        return f"{SOURCE}-{feed}"
    year, month = edition.split("-")
    return f"{SOURCE}-{feed}-year_{year}-month_{month}"


def validation_result(
    home: Home, feed: str, edition: str, now: datetime, results: Sequence[Result]
) -> dict[str, Any]:
    """Return the validation result of a batch, as the library writes it."""
    met = sum(bool(result["success"]) for result in results)
    batch = batch_id(feed, edition)
    return {
        "id": None,
        "success": met == len(results),
        "suite_name": feed,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": met,
            "unsuccessful_expectations": len(results) - met,
            "success_percent": 100 * met / len(results) if results else None,
        },
        "meta": _meta(home, feed, edition, now),
        "results": [_of_batch(result, batch) for result in results],
    }


def _of_batch(result: Result, batch: str) -> Result:
    configuration = result["expectation_config"]
    arguments = {"batch_id": batch, **configuration["kwargs"]}
    return {**result, "expectation_config": {**configuration, "kwargs": arguments}}


def _meta(home: Home, feed: str, edition: str, now: datetime) -> dict[str, Any]:
    year, _, month = edition.partition("-")
    named = {} if feed == MART else {"year": year, "month": month}
    path = batch_path(feed, edition)
    return {
        "great_expectations_version": _version(),
        "run_id": {"run_name": edition, "run_time": now.isoformat()},
        "validation_time": now.isoformat(),
        "checkpoint_id": _id(feed, "checkpoint"),
        "validation_id": _id(feed, "validation"),
        "batch_parameters": {name: int(value) for name, value in named.items()},
        "batch_markers": {"ge_load_time": _stamp(now)},
        "batch_spec": {
            "path": home.store.local_copy(f"{BATCHES}/{path}").as_posix(),
            "reader_method": "read_parquet",
            "reader_options": {"dtype_backend": "pyarrow"},
        },
        "active_batch_definition": {
            "datasource_name": SOURCE,
            "data_connector_name": "fluent",
            "data_asset_name": feed,
            "batch_identifiers": {**named, "path": path},
        },
    }


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("great_expectations")


def write_suite(home: Home, feed: str) -> None:
    """Write the project's configuration, and a feed's suite, validation definition and checkpoint,
    where they differ from today's contract and checks."""
    for name, content in {**_configuration(home), **_files_of(feed)}.items():
        key = f"{PROJECT}/{name}"
        if not home.store.exists(key) or home.store.read(key) != content:
            home.store.replace(key, content)


@cache
def _files_of(feed: str) -> dict[str, bytes]:
    """Return the suite, validation definition and checkpoint of a feed, path in `gx/` -> JSON."""
    suite = {
        "id": _id(feed, "suite"),
        "name": feed,
        "expectations": [*(one.configuration() for one in suite_of(feed)), _none_skipped(feed)],
        "meta": {"great_expectations_version": _version()},
        "notes": "Generated from the feed's contract and checks; do not edit",
    }
    definition = {
        "id": _id(feed, "validation"),
        "name": feed,
        "data": {
            "datasource": {"id": _id("", "source"), "name": SOURCE},
            "asset": {"id": _id(feed, "asset"), "name": feed},
            "batch_definition": {"id": _id(feed, "batch"), "name": BATCH},
        },
        "suite": {"id": _id(feed, "suite"), "name": feed},
    }
    checkpoint = {
        "id": _id(feed, "checkpoint"),
        "name": feed,
        "actions": [],
        "result_format": RESULT_FORMAT,
        "validation_definitions": [{"id": _id(feed, "validation"), "name": feed}],
    }
    return {
        f"suites/{feed}.json": _json(suite),
        f"validation_definitions/{feed}.json": _json(definition),
        f"checkpoints/{feed}.json": _json(checkpoint),
    }


def _none_skipped(feed: str) -> dict[str, Any]:
    """Return the expectation that no check was skipped, for whoever runs the checkpoint by hand: an
    expectation without evidence is met. In our own results skipped checks are left out."""
    return {
        "id": _id(feed, "none skipped"),
        "type": "expect_column_values_to_be_null",
        "kwargs": {"column": "skipped"},
        "description": "No check was skipped",
        "severity": "info",
        "meta": {"id": "none_skipped"},
    }


def _configuration(home: Home) -> dict[str, bytes]:
    folder = home.store.local_copy(BATCHES).as_posix()
    return {"great_expectations.yml": _yml(folder)}


@cache
def _yml(folder: str) -> bytes:
    """Return the project's configuration. `folder`: of the batches on this machine, because the
    library would look for a relative one in the working directory."""
    stores = {
        name: {
            "class_name": kind,
            "store_backend": {
                "class_name": BACKEND,
                "base_directory": place,
                "suppress_store_backend_id": True,
            },
        }
        for name, (kind, place) in STORES.items()
    }
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": BACKEND, "base_directory": "../data-docs/"},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    source = {
        "type": "pandas_filesystem",
        "id": _id("", "source"),
        "base_directory": folder,
        "assets": {feed: _asset(feed) for feed in (*sorted(contracts()), MART)},
    }
    said = {
        "config_version": 4.0,
        "analytics_enabled": False,
        "progress_bars": {"globally": False, "metric_calculations": False},
        "plugins_directory": None,
        "config_variables_file_path": None,
        "stores": stores,
        **{f"{name}_name": name for name in list(STORES)[:3]},
        "data_docs_sites": {"data_docs": site},
        "fluent_datasources": {SOURCE: source},
        "data_context_id": _id("", "context"),
    }
    return yaml.dump(said, Dumper=DUMPER, sort_keys=False).encode()


def _asset(feed: str) -> dict[str, Any]:
    """Return the data asset of a feed: a batch per edition, by year and month; one of the mart."""
    if feed == MART:
        how: dict[str, Any] = {"regex": rf"{MART}/{MART}\.parquet", "param_names": []}
    else:
        how = {
            "regex": rf"{feed}/(?P<year>\d{{4}})-(?P<month>\d{{2}})\.parquet",
            "param_names": ["year", "month"],
            "sort_ascending": True,
        }
    return {
        "type": "parquet",
        "id": _id(feed, "asset"),
        "dtype_backend": "pyarrow",
        "batch_definitions": {BATCH: {"id": _id(feed, "batch"), "partitioner": how}},
    }


def _stamp(now: datetime) -> str:
    """Return a time as the library writes it in paths."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def _id(feed: str, kind: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind} {feed}"))


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
