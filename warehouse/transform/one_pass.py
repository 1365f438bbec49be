"""A sound CSV in one pass: its rows are typed as they are read, and grouped straight away.

Labels and months are read as dictionaries of the contract's spellings; counts and labels are judged
row by row, texts and codes once per combination (`_Keys`). Whatever is not plainly sound, because a
value is spelt otherwise or a rule is broken, is left to `conform`, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from warehouse.contract.entries import NUMBERS
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import RAW, row_rules, source_columns
from warehouse.transform.measure import measure, observe_organisations
from warehouse.transform.reshape import headings_of, is_reshaped
from warehouse.transform.typed_values import typed_column

ROW_GROUP = 128 * 1024
COMPRESSION: Final = "zstd"
FAULTY = "faulty"
BY_ROW = (*NUMBERS, "label")  # types of columns whose values are judged row by row


@dataclass(frozen=True)
class Measured:
    """What is grouped from a file's accepted rows: `cells` as `measure` returns them, `observed` as
    `observe_organisations` does. `rows`: how many they are."""

    cells: pl.DataFrame
    observed: pl.DataFrame
    rows: int


Spellings = tuple[tuple[str, str | date | None], ...]


@cache
def _dictionary(spellings: Spellings, kind: pl.DataType) -> tuple[pl.Enum, pl.Series]:
    """Published spellings as a type to read, and the value of each by its number."""
    return (
        pl.Enum([text for text, _ in spellings]),
        pl.Series([value for _, value in spellings], dtype=kind),
    )


def _dictionary_of(contract: Contract, name: str) -> tuple[pl.Enum, pl.Series] | None:
    """The dictionary of a label or month column; None for other columns."""
    column = contract.columns[name]
    missing: dict[str, str | date | None] = dict.fromkeys(column.missing)
    if column.type == "label":
        labels = contract.labels(name)
        written = {text: one for one, others in labels.items() for text in (one, *others)}
        return _dictionary(tuple((missing | written).items()), pl.Enum(list(labels)))
    if column.type == "month":
        known = missing | column.months
        return _dictionary(tuple(known.items()), pl.Date())
    return None


def may_be_typed(contract: Contract) -> bool:
    """Whether files in today's layout may be read for `in_one_pass`. Not those of a local return,
    whose rows of totals are told by several columns; of a feed with columns that are made of
    several, or of shares, whose unit is that of all; or with dates instead of months; nor those
    with a person per row."""
    made = (one.uses or one.share for one in contract.columns.values())
    joined = contract.unassigned or any(made)
    apart = contract.local_return or contract.is_dated or contract.persons
    return not (is_reshaped(contract) or joined or apart)


def texts_of(contract: Contract, columns: Mapping[str, str]) -> dict[str, pl.DataType]:
    """Heading -> type of columns with repeated names, which are read as dictionaries in two thirds
    of the time. `columns`: column -> heading."""
    named = (name for name in columns if contract.columns[name].type == "text")
    return {columns[name]: pl.Categorical() for name in named}


def schema_of(contract: Contract, columns: Mapping[str, str]) -> dict[str, pl.DataType]:
    """Heading -> type, to read a file for `in_one_pass`; headings without a type are texts."""
    found = texts_of(contract, columns)
    for name, heading in columns.items():
        if dictionary := _dictionary_of(contract, name):
            found[heading] = dictionary[0]
    return found


def write_tidy(rows: pl.LazyFrame, tidy: Path) -> pl.LazyFrame:
    """The writing of tidy rows, for `pl.collect_all`."""
    return rows.sink_parquet(tidy, compression=COMPRESSION, row_group_size=ROW_GROUP, lazy=True)


def in_one_pass(
    raw: pl.LazyFrame, contract: Contract, edition: date, tidy: Path
) -> Measured | None:
    """Write the tidy rows of a sound file to `tidy` and group them; None if it may not be sound.

    `raw`: a CSV's rows, read by `schema_of`: a column per published heading, `source_row` and
    `overflow`. Tidy rows, cells and organisations are those that the path by rows gives.
    """
    headings = headings_of(raw)
    source = source_columns(contract, headings)
    told = _judged_by_value(contract, source)
    rows = (
        raw.rename({heading: f"{RAW}{heading}" for heading in headings})
        .with_columns(_swift(contract, n, source.get(n)).alias(n) for n in contract.columns)
        .with_columns(_faulty_rows(contract, edition, source).alias(FAULTY))
        .select(SOURCE_ROW, *contract.columns, FAULTY, *told.values())
        .cache()  # otherwise the file is read once for each of the three
    )
    accepted = rows.select(SOURCE_ROW, *contract.columns)
    try:
        cells, keys, _ = pl.collect_all(
            [
                measure(accepted, contract, edition),
                rows.group_by(told.values()).agg(pl.col(FAULTY).any()),
                write_tidy(accepted, tidy),
            ],
            engine="streaming",
        )
    except PolarsError:  # a value that is in no dictionary, or no CSV
        return None
    named = keys.with_columns(
        _swift(contract, n, source.get(n)).alias(n)
        for n in contract.columns
        if n in told or n not in source
    )
    if keys[FAULTY].any() or not _are_sound(named, contract, edition, told):
        return None
    observed = observe_organisations(named.lazy(), contract, edition).collect()
    return Measured(cells, observed, int(cells["rows"].sum()))


def _swift(contract: Contract, name: str, source: str | None) -> pl.Expr:
    """A column's typed values, right if the column is sound."""
    dictionary = _dictionary_of(contract, name)
    if source is not None and dictionary is not None:
        values = dictionary[1]
        return pl.col(source).map_batches(
            lambda batch: values.gather(batch.to_physical()),
            return_dtype=values.dtype,
            is_elementwise=True,
        )
    if source is not None and contract.columns[name].type == "code":
        missing = contract.columns[name].missing
        return (
            pl.when(~pl.col(source).is_in(list(missing))).then(source)
            if missing
            else pl.col(source)
        )
    return typed_column(contract, name, source)


def _faulty_rows(contract: Contract, edition: date, source: dict[str, str]) -> pl.Expr:
    """Whether a row breaks a rule on its shape, its counts or its labels."""
    columns = contract.columns
    counted = {name: text for name, text in source.items() if columns[name].type in NUMBERS}
    unlabelled = [
        pl.col(name).is_null()
        for name in source
        if columns[name].type == "label" and not columns[name].nullable
    ]
    broken = [rule.broken for rule in row_rules(contract, edition, counted)]  # the shape first
    return pl.any_horizontal(*broken, *unlabelled).fill_null(False)


def _judged_by_value(contract: Contract, source: dict[str, str]) -> dict[str, str]:
    """The columns, as `source`, whose distinct values are judged: all that are not judged by row,
    and the organisation, which may be a total."""
    unit = contract.reporting_unit.code if contract.reporting_unit else None
    return {
        name: text
        for name, text in source.items()
        if contract.columns[name].type not in BY_ROW or name == unit
    }


def _are_sound(
    keys: pl.DataFrame, contract: Contract, edition: date, source: dict[str, str]
) -> bool:
    """Whether distinct values break no rule, and are typed as by rows (a code without spaces).

    `keys`: combinations of values, published and typed; `source`: as `_judged_by_value`.
    """
    texts = keys.select(pl.col(text).cast(pl.String) for text in source.values())
    judged = texts.with_columns(
        typed_column(contract, name, text).alias(name) for name, text in source.items()
    )
    rules = row_rules(contract, edition, source)[1:]  # all but the shape
    broken = judged.select(pl.any_horizontal(rule.broken for rule in rules).any()).item()
    return not broken and all(
        keys[name].cast(judged[name].dtype).equals(judged[name]) for name in source
    )
