"""Evidence judged by Great Expectations: one suite and one batch per edition.

Belongs here: evaluating expectations, and results in the form in which Great Expectations writes
them. The library is loaded on first use: it takes seconds, and most commands run no checks. Does
not: verdicts and their records (`checks.runner`), the project folder `gx/` (`checks.gx_project`).
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from checks.expectations import EVIDENCE_SCHEMA, Expected

# Counts, the first unexpected values, and which items they are of.
RESULT_FORMAT = {"result_format": "SUMMARY", "unexpected_index_column_names": ["item"]}
BATCH_SCHEMA = {"check": pl.String, "column": pl.String, **EVIDENCE_SCHEMA}
DROPPED = "not evaluated by Great Expectations, which leaves out what it does not know"
KEPT = 4_096  # results remembered by this process


@dataclass(frozen=True)
class Asked:
    """An expectation, and the rows of evidence that it judges (`BATCH_SCHEMA`)."""

    expected: Expected
    rows: pl.DataFrame


Result = dict[str, Any]
_RESULTS: dict[tuple[str, bytes], Result] = {}


def rows_of(expected: Expected, frame: pl.DataFrame) -> pl.DataFrame:
    """Return evidence as rows of a batch: `check` and `column` chosen by the expectation, and the
    columns of `EVIDENCE_SCHEMA`. Raises pl.exceptions.PolarsError for columns of other types."""
    unknown = set(frame.columns) - set(EVIDENCE_SCHEMA)
    if unknown:
        raise ValueError(f"evidence of {expected.rule} has unknown columns: {sorted(unknown)}")
    given = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in EVIDENCE_SCHEMA.items()
    ]
    named = [
        pl.lit(expected.rule).alias("check"),
        pl.lit(expected.column, pl.String).alias("column"),
    ]
    return frame.select(given).select(*named, *EVIDENCE_SCHEMA)


def evaluate(name: str, asked: Sequence[Asked]) -> list[Result]:
    """Return the result of each expectation, as in the JSON of a validation result.

    `name`: of the suite. The result depends on the expectation and its rows alone, so equal ones
    (thirty editions with the same columns) are evaluated once per process. Raises ValueError if two
    would judge each other's rows.
    """
    ids = [one.expected.id for one in asked]
    if len(set(ids)) < len(ids):
        twice = {one.expected.rule for one in asked if ids.count(one.expected.id) > 1}
        raise ValueError(f"evidence of {', '.join(sorted(twice))} is given twice for one column")
    keys = [_key(one) for one in asked]
    new = {key: one for key, one in zip(keys, asked, strict=True) if key not in _RESULTS}
    found = {key: _RESULTS[key] for key in keys if key in _RESULTS}
    if new:
        results = _validated(name, list(new.values()))
        for key, one in new.items():
            found[key] = results.get(one.expected.id) or _failed(one.expected, DROPPED)
            _RESULTS[key] = found[key]
        for old in list(_RESULTS)[: max(len(_RESULTS) - KEPT, 0)]:
            del _RESULTS[old]
    return [found[key] for key in keys]


def _key(one: Asked) -> tuple[str, bytes]:
    written = io.BytesIO()
    one.rows.write_ipc(written)
    return json.dumps(one.expected.configuration(), sort_keys=True), written.getvalue()


def _failed(expected: Expected, why: str) -> Result:
    """Return the result of an expectation that was not evaluated, which is never met."""
    return {
        "success": False,
        "expectation_config": expected.configuration(),
        "result": {},
        "meta": {},
        "exception_info": {
            "raised_exception": True,
            "exception_message": why,
            "exception_traceback": None,
        },
    }


def _validated(name: str, asked: list[Asked]) -> dict[str, Result]:
    """Evaluate expectations on their rows as one batch; expectation id -> result. One that can't be
    made does not keep the others from being evaluated."""
    definition, made, failed = _batch_definition(), [], dict[str, Result]()
    for one in asked:
        try:
            made.append(_made(one.expected))
        except Exception as error:  # whatever the library raises
            failed[one.expected.id] = _failed(one.expected, f"{type(error).__name__}: {error}")
    suite = library().ExpectationSuite(name, expectations=made)
    frame = pl.concat([one.rows for one in asked]).to_pandas(use_pyarrow_extension_array=True)
    batch = definition.get_batch(batch_parameters={"dataframe": frame})
    done = batch.validate(suite, result_format=RESULT_FORMAT)
    results = [one.to_json_dict() for one in done.results]
    found = {one["expectation_config"]["meta"]["expectation"]: _as_kept(one) for one in results}
    return found | failed


def _made(expected: Expected) -> Any:
    """Return the library's expectation, its id in `meta`: a suite takes none before it is saved."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    said = expected.configuration()
    said["meta"] = {**said["meta"], "expectation": said.pop("id")}
    return ExpectationConfiguration(**said).to_domain_obj()


def _as_kept(result: Result) -> Result:
    configuration = result["expectation_config"]
    configuration["id"] = configuration["meta"].pop("expectation")
    configuration["kwargs"].pop("batch_id", None)
    return result


def exception_of(result: Result) -> str | None:
    """Return what an expectation raised; Great Expectations keeps it flat, or by metric."""
    info = result.get("exception_info") or {}
    for one in (info, *(value for value in info.values() if isinstance(value, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message"))
    return None


@cache
def library() -> Any:
    """Load Great Expectations, our own expectations with it."""
    import great_expectations as gx

    import checks.custom_expectations  # noqa: F401  registers them

    logging.captureWarnings(capture=False)  # the library turns it on for the whole process
    return gx


@cache
def _batch_definition() -> Any:
    """Return an ephemeral context with one data frame asset, made once per process."""
    context = library().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("editions").add_dataframe_asset("evidence")
    return asset.add_batch_definition_whole_dataframe("edition")
