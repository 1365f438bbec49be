"""Typed values of a column's published text: labels by their spellings, months, dates, counts,
decimals. Pure polars. Not here: rules on rows (`conform`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import polars as pl

from warehouse.base.decimals import KIND, exactly, rounded, shares
from warehouse.base.text import fold
from warehouse.contract.model import Contract
from warehouse.transform.typed_by_hand import cleaned

TURN = 69  # years of two digits before it are of this century


@cache
def label_spellings(labels: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Folded published text -> canonical label."""
    return {fold(text): label for label, others in labels for text in (label, *others)}


def _typed_swiftly(
    text: pl.Expr,
    kind: pl.DataType,
    quick: Callable[[pl.Series], pl.Series],
    careful: Callable[[pl.Series], pl.Series],
) -> pl.Expr:
    """Type a column by `quick`; by `careful` only if `quick` loses a value."""

    def typed(batch: pl.Series) -> pl.Series:
        found = quick(batch)
        return found if found.null_count() == batch.null_count() else careful(batch)

    return text.map_batches(typed, return_dtype=kind, is_elementwise=True)


def _labelled(
    text: pl.Expr, labels: dict[str, tuple[str, ...]], otherwise: str | None = None
) -> pl.Expr:
    """Canonical labels: by the exact spelling, else ignoring case and spaces, else `otherwise`."""
    spellings, kind = label_spellings(tuple(labels.items())), pl.Enum(list(labels))
    exact = {written: label for label, others in labels.items() for written in (label, *others)}
    published = pl.Enum(list(exact))
    canonical = pl.Series(list(exact.values()), dtype=kind)

    def quick(batch: pl.Series) -> pl.Series:
        return canonical.gather(batch.cast(published, strict=False).to_physical())

    def careful(batch: pl.Series) -> pl.Series:
        written = batch.unique().drop_nulls().to_list()
        known = {one: spellings[fold(one)] for one in written if fold(one) in spellings}
        if otherwise:
            known |= {one: otherwise for one in written if one not in known and one.strip()}
        return batch.replace_strict(
            list(known), list(known.values()), default=None, return_dtype=kind
        )

    return _typed_swiftly(text, kind, quick, careful)


def _counted(text: pl.Expr, zero_decimals: bool = False) -> pl.Expr:
    """Parse whole numbers, with or without surrounding spaces. `zero_decimals`: `344.0` is one."""
    decimals = r"\.0+$" if zero_decimals else "$^"
    return _typed_swiftly(
        text,
        pl.Int64(),
        lambda batch: batch.cast(pl.Int64, strict=False),
        lambda batch: (
            batch.str.strip_chars().str.replace(decimals, "").cast(pl.Int64, strict=False)
        ),
    )


def _dated(text: pl.Expr, spellings: dict[str, date]) -> pl.Expr:
    """Look first days of months up, with or without surrounding spaces."""

    def looked_up(batch: pl.Series) -> pl.Series:
        return batch.replace_strict(spellings, default=None, return_dtype=pl.Date)

    return _typed_swiftly(
        text, pl.Date(), looked_up, lambda batch: looked_up(batch.str.strip_chars())
    )


def on_day(text: pl.Expr, formats: tuple[str, ...]) -> pl.Expr:
    """Read dates, by the first format that fits. A year of two digits is one from 1969 to 2068, as
    POSIX has it: people type `20 Dec 26`, which `%Y` takes for a day of the first century."""
    written = text.cast(pl.String).str.strip_chars()
    found = pl.coalesce(written.str.to_date(form, strict=False) for form in formats)
    century = pl.when(found.dt.year() < TURN).then(pl.lit("2000y")).otherwise(pl.lit("1900y"))
    return pl.when(found.dt.year() < 100).then(found.dt.offset_by(century)).otherwise(found)


def blank_to_null(column: str, missing: tuple[str, ...] = ()) -> pl.Expr:
    """Stripped text; null if it is blank, or a text that means no value."""
    text = pl.col(column).str.strip_chars()
    return pl.when(~text.is_in(["", *missing])).then(text)


def given(contract: Contract, name: str, source: str) -> pl.Expr:
    """A column's text, stripped; null if it means that there is no value."""
    if contract.local_return:
        return cleaned(contract, name, source)
    return blank_to_null(source, contract.columns[name].missing)


def _kind(contract: Contract, name: str) -> pl.DataType:
    match contract.columns[name].type:
        case "month" | "date":
            return pl.Date()
        case "count":
            return pl.Int64()
        case "decimal":
            return KIND
        case "label":
            return pl.Enum(list(contract.labels(name)))
    return pl.String()


def typed_column(  # noqa: PLR0911 - one for each type
    contract: Contract, name: str, source: str | None
) -> pl.Expr:
    """The typed values of a column, from its published text (`source`; None: the file lacks it)."""
    column = contract.columns[name]
    if source is None:
        return pl.lit(None, _kind(contract, name))
    text = given(contract, name, source)
    if not contract.local_return and not column.missing:
        text = pl.col(source)
    match column.type:
        case "month":
            return _dated(text, column.months)
        case "date":
            return on_day(text, column.formats)
        case "label":
            return _labelled(text, contract.labels(name), column.otherwise)
        case "count":
            return _counted(text, column.zero_decimals)
        case "decimal":
            return (shares if column.share else rounded if column.rounded else exactly)(text)
        case "text":
            return pl.when(text != "").then(text)
    return given(contract, name, source)
