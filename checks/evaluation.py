"""Evidence judged by Great Expectations: one suite and one batch per edition.

Belongs here: evaluating expectations, and results in the form in which Great Expectations writes
them. Does not: loading the library (`checks.gx_library`), verdicts and their records
(`checks.runner`), the project folder `gx/` (`checks.gx_project`).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from checks.expectations import EVIDENCE_SCHEMA, Expected
from checks.gx_library import context, library, remembering

# Counts, the first unexpected values, and which items they are of.
RESULT_FORMAT = {"result_format": "SUMMARY", "unexpected_index_column_names": ["item"]}
VERDICT_ALONE = {"result_format": "BOOLEAN_ONLY"}
COLUMNS = ("column", "column_A", "column_B", "column_list")  # arguments that name columns
BATCH_SCHEMA: dict[str, type[pl.DataType]] = {
    "check": pl.String,
    "column": pl.String,
    **EVIDENCE_SCHEMA,
    "skipped": pl.String,
}
NO_ROWS = pl.DataFrame(schema=EVIDENCE_SCHEMA)
KEPT = 4_096  # results remembered by this process


@dataclass(frozen=True)
class Asked:
    """An expectation, and the rows of evidence that it judges (`EVIDENCE_SCHEMA`)."""

    expected: Expected
    rows: pl.DataFrame


class Piece(NamedTuple):
    """One of the library's expectations, and the frame that it judges."""

    expectation: Any
    frame: pl.DataFrame


Rows = tuple[Any, ...]


class Key(NamedTuple):
    """What a result depends on."""

    expectation: str
    evidence: Rows
    items: Rows

    @property
    def without_items(self) -> Key:
        """Return the key of the same evidence, of whatever items."""
        return self._replace(items=())


class Form(NamedTuple):
    """What the result of a met expectation depends on: it lists no values. `rows`: how many rows
    lack which of the columns."""

    type: str
    columns: tuple[str, ...]
    rows: frozenset[tuple[Rows, int]]


Result = dict[str, Any]
_RESULTS: dict[Key, Result] = {}
_MET: dict[Form, Result] = {}


def rows_of(expected: Expected, frame: pl.DataFrame) -> pl.DataFrame:
    """Return evidence with all columns of `EVIDENCE_SCHEMA`. Raises ValueError for other columns,
    pl.exceptions.PolarsError for other types."""
    unknown = set(frame.columns) - set(EVIDENCE_SCHEMA)
    if unknown:
        raise ValueError(f"evidence of {expected.rule} has unknown columns: {sorted(unknown)}")
    if frame.is_empty():
        return NO_ROWS
    # By column: a query of polars for each of forty expectations takes longer than judging most.
    nothing = [None] * frame.height
    return pl.DataFrame(
        {
            name: frame[name].cast(kind)
            if name in frame.columns
            else pl.Series(nothing, dtype=kind)
            for name, kind in EVIDENCE_SCHEMA.items()
        }
    )


def batch_of(asked: Sequence[Asked], skipped: dict[str, str]) -> pl.DataFrame:
    """Return all evidence of an edition as one batch (`BATCH_SCHEMA`): `check` and `column` choose
    the rows of an expectation, and a row per skipped check has in `skipped` the reason."""
    heights = [one.rows.height for one in asked]
    of = [(one.expected.rule, one.expected.column) for one in asked]
    named = [name for name, height in zip(of, heights, strict=True) for _ in range(height)]
    rows = pl.concat([NO_ROWS, *(one.rows for one in asked)]).with_columns(
        pl.Series("check", [rule for rule, _ in named], pl.String),
        pl.Series("column", [column for _, column in named], pl.String),
    )
    left_out = pl.DataFrame({"check": list(skipped), "skipped": list(skipped.values())})
    frames = [pl.DataFrame(schema=BATCH_SCHEMA), rows, left_out.cast(pl.String)]
    return pl.concat(frames, how="diagonal")


def evaluate(asked: Sequence[Asked]) -> list[Result]:
    """Return the result of each expectation, as in the JSON of a validation result.

    A result depends on the expectation and its rows alone, so equal ones (thirty editions with the
    same columns) are evaluated once per process. Raises ValueError if two would judge each other's
    rows in the batch that is kept.
    """
    ids = [one.expected.id for one in asked]
    if len(set(ids)) < len(ids):
        twice = {one.expected.rule for one in asked if ids.count(one.expected.id) > 1}
        raise ValueError(f"evidence of {', '.join(sorted(twice))} is given twice for one column")
    keys = [_key(one) for one in asked]
    found = {key: known for key in keys if (known := _known(key))}
    new = {key: one for key, one in zip(keys, asked, strict=True) if key not in found}
    if new:
        results = _validated(list(new.values()))
        for key, one in new.items():
            found[key] = results[one.expected.id]
            _RESULTS[key if found[key]["success"] is False else key.without_items] = found[key]
        while len(_RESULTS) > KEPT:
            del _RESULTS[next(iter(_RESULTS))]
    own = (one.expected.configuration() for one in asked)
    return [{**found[key], "expectation_config": said} for key, said in zip(keys, own, strict=True)]


def _key(one: Asked) -> Key:
    """Return what a result depends on: the expectation, and its rows whatever check they are of."""
    expectation = one.expected.expectation
    said = json.dumps([expectation.type, expectation.arguments], sort_keys=True)
    rows = one.rows.rows()  # the item first
    return Key(said, tuple(row[1:] for row in rows), tuple(row[0] for row in rows))


def _known(key: Key) -> Result | None:
    """Return a result of this process; one that is met names no items, and fits any."""
    return _RESULTS.get(key.without_items) or _RESULTS.get(key)


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


def _validated(asked: list[Asked]) -> dict[str, Result]:
    """Evaluate expectations on their rows; expectation id -> result. One that can't be made does
    not keep the others from being evaluated.

    Most are met by evidence that has the form of some met before, and whose result is the same: of
    these the library is asked for the verdict alone, in half the time, and only where it is not met
    for what was unexpected.
    """
    pieces, forms, failed = dict[str, Piece](), dict[str, Form](), dict[str, Result]()
    for one in asked:
        columns = _columns(one.expected)
        try:
            made = _made(one.expected)
            pieces[one.expected.id] = Piece(made, one.rows[["item", *columns]])
            if _is_of_rows(made):
                forms[one.expected.id] = _form(one, columns)
        except Exception as error:  # whatever the library raises
            failed[one.expected.id] = _failed(one.expected, f"{type(error).__name__}: {error}")
    seen = {key: piece for key, piece in pieces.items() if forms.get(key) in _MET}
    verdicts = dict(zip(seen, validated(list(seen.values()), VERDICT_ALONE), strict=True))
    met = {key: _MET[forms[key]] for key, one in verdicts.items() if one["success"]}
    others = {key: piece for key, piece in pieces.items() if key not in met}
    results = dict(zip(others, validated(list(others.values()), RESULT_FORMAT), strict=True))
    for key, result in results.items():
        if key in forms and result["success"] and len(_MET) < KEPT:
            _MET[forms[key]] = result
    return failed | met | results


def _columns(expected: Expected) -> list[str]:
    """Return the columns of evidence that an expectation judges."""
    arguments = expected.expectation.arguments
    named = [value for name in COLUMNS if isinstance(value := arguments.get(name), str)]
    return [name for name in EVIDENCE_SCHEMA if name in (*named, *arguments.get("column_list", ()))]


def _is_of_rows(made: Any) -> bool:
    """Whether an expectation is met only if every row is, without a number of its own to tell."""
    from great_expectations.expectations import expectation as of_library

    kinds = ("ColumnMapExpectation", "ColumnPairMapExpectation", "MulticolumnMapExpectation")
    of_rows = isinstance(made, tuple(getattr(of_library, kind) for kind in kinds))
    return of_rows and getattr(made, "mostly", None) == 1


def _form(one: Asked, columns: Sequence[str]) -> Form:
    rows = one.rows[list(columns)].rows()
    found = Counter(tuple(_lack(value) for value in row) for row in rows)
    return Form(one.expected.expectation.type, tuple(columns), frozenset(found.items()))


def _lack(value: Any) -> str:
    """Return whether a value is given, missing or no number: the library counts the missing."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return "missing" if value is None else "no number" if is_nan else "given"


def validated(pieces: Sequence[Piece], result_format: Any = "SUMMARY") -> list[Result]:
    """Return the result of each of the library's expectations on its own frame, as the JSON of
    validation results.

    Each frame is a batch of one engine. With all rows in one batch, choosing those of each
    expectation (its `row_condition`) takes most of the time.
    """
    if not pieces:
        return []
    data_context = context()
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    engine, configurations = PandasExecutionEngine(), []
    for number, (made, frame) in enumerate(pieces):
        batch = str(number)
        engine.load_batch_data(batch, frame.to_pandas(use_pyarrow_extension_array=True))
        configuration = made.configuration
        configuration.kwargs["batch_id"] = batch
        configurations.append(configuration)
    validator = Validator(engine, data_context=data_context)
    with remembering(engine):
        done = validator.graph_validate(configurations, {"result_format": copy(result_format)})
    results = [one.to_json_dict() for one in done]  # those that raised come first
    found = {one["expectation_config"]["kwargs"]["batch_id"]: one for one in results}
    return [found[str(number)] for number in range(len(pieces))]


def expectation(**said: Any) -> Any:
    """Return the library's expectation, from its JSON. Raises what the library does for an unknown
    type or argument."""
    library()  # our own are known from here on
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationConfiguration(**said).to_domain_obj()


def _made(expected: Expected) -> Any:
    """Return the library's expectation, for rows that are all its own."""
    said = expected.expectation
    return expectation(type=said.type, kwargs=said.arguments)


def exception_of(result: Result) -> str | None:
    """Return what an expectation raised; Great Expectations keeps it flat, or by metric."""
    info = result.get("exception_info") or {}
    for one in (info, *(value for value in info.values() if isinstance(value, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message"))
    return None
