"""Evidence judged by Great Expectations: one suite and one batch per edition.

Belongs here: evaluating expectations, and results in the form in which Great Expectations writes
them. The library is loaded on first use: it takes seconds, and most commands run no checks. Does
not: verdicts and their records (`checks.runner`), the project folder `gx/` (`checks.gx_project`).
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import polars as pl

from checks.expectations import EVIDENCE_SCHEMA, Expected

# Counts, the first unexpected values, and which items they are of.
RESULT_FORMAT = {"result_format": "SUMMARY", "unexpected_index_column_names": ["item"]}
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


Result = dict[str, Any]
_RESULTS: dict[Key, Result] = {}


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
    not keep the others from being evaluated."""
    pieces, failed = dict[str, Piece](), dict[str, Result]()
    for one in asked:
        try:
            pieces[one.expected.id] = Piece(_made(one.expected), one.rows)
        except Exception as error:  # whatever the library raises
            failed[one.expected.id] = _failed(one.expected, f"{type(error).__name__}: {error}")
    results = validated(list(pieces.values()), RESULT_FORMAT)
    return failed | dict(zip(pieces, results, strict=True))


def validated(pieces: Sequence[Piece], result_format: Any = "SUMMARY") -> list[Result]:
    """Return the result of each of the library's expectations on its own frame, as the JSON of
    validation results.

    Each frame is a batch of one engine. With all rows in one batch, choosing those of each
    expectation (its `row_condition`) takes most of the time.
    """
    context = _context()
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    engine, configurations = PandasExecutionEngine(), []
    for number, (made, frame) in enumerate(pieces):
        batch = str(number)
        engine.load_batch_data(batch, frame.to_pandas(use_pyarrow_extension_array=True))
        configuration = made.configuration
        configuration.kwargs["batch_id"] = batch
        configurations.append(configuration)
    validator = Validator(engine, data_context=context)
    with _remembered_configurations():
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


class LoadedWhenUsed(ModuleType):
    """Stands in for a module until something of it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked of every module by whatever looks through them
            raise AttributeError(name)
        self.step_aside()
        return getattr(importlib.import_module(self.__name__), name)

    def step_aside(self) -> None:
        """Let the next import load the module itself."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Keep modules from being loaded, unless something of them is used then or later."""
    left_out = [LoadedWhenUsed(name) for name in names if name not in sys.modules]
    sys.modules.update({one.__name__: one for one in left_out})
    try:
        yield
    finally:
        for one in left_out:
            one.step_aside()


@cache
def library() -> Any:
    """Load Great Expectations, our own expectations with it."""
    with _without("scipy.stats", "altair"):  # a third of the time, for expectations of its own
        import great_expectations as gx

    import checks.custom_expectations  # noqa: F401  registers them

    logging.captureWarnings(capture=False)  # the library turns it on for the whole process
    return gx


@contextmanager
def _remembered_configurations() -> Iterator[None]:
    """Have each expectation make its configuration once, not a hundred times in one evaluation:
    half of the time goes there. A private matter of the library, which does not change an
    expectation while it evaluates it."""
    from great_expectations.expectations.expectation import Expectation

    original, made = Expectation.configuration, dict[int, tuple[Any, Any]]()

    def configuration(self: Any) -> Any:
        if id(self) not in made:
            made[id(self)] = (self, original.fget(self))  # kept alive, so that no id is used again
        return made[id(self)][1]

    Expectation.configuration = property(configuration)
    try:
        yield
    finally:
        Expectation.configuration = original


@cache
def _context() -> Any:
    """Return an ephemeral context without progress bars, made once per process."""
    context = library().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context
