"""From a file's published layout to the rows of its feed, still as text, driven by the contract
(`wide`, `row_filter`, `ignored_columns`). Not here: types (`conform`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.layouts import Wide
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW


def reshape(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """The published rows of one file as this feed's rows.

    `raw`: one text column per published heading, `source_row`, and perhaps `overflow`. Returns the
    same without ignored columns and other rows. A file with a column per label then gives a row per
    label with a value, under today's headings. A row that ends before the columns of the row filter
    stays, to be quarantined, unless only rows that name their organisation are read.
    """
    headings = headings_of(raw)
    raw = raw.drop([heading for heading in headings if contract.is_ignored(heading)])
    wanted = [
        _matches(heading, contract.row_filter[name])
        for heading in headings
        if (name := contract.column_of(heading)) in contract.row_filter
    ]
    unit = contract.reporting_unit
    named = contract.columns_in(headings).get(unit.code) if unit else None
    if contract.only_named and named:
        wanted.append(pl.col(named).cast(pl.String).str.strip_chars().fill_null("") != "")
    if wanted:
        told = OVERFLOW in raw.collect_schema().names()
        broken = pl.col(OVERFLOW).is_not_null() if told else False
        raw = raw.filter(pl.all_horizontal(wanted) | broken)
    if contract.wide and contract.is_wide(headings):
        return _lengthen(raw, contract, contract.wide, edition)
    return raw


def is_reshaped(contract: Contract) -> bool:
    """Whether published rows and this feed's rows are not one to one."""
    return contract.wide is not None or bool(contract.row_filter) or contract.only_named


def headings_of(raw: pl.LazyFrame) -> list[str]:
    """The published headings of a raw frame."""
    return [h for h in raw.collect_schema().names() if h not in (SOURCE_ROW, OVERFLOW)]


def _matches(heading: str, pattern: str) -> pl.Expr:
    text = pl.col(heading).cast(pl.String)
    return text.str.contains(pattern) | text.is_null() | (text.str.strip_chars() == "")


def _lengthen(raw: pl.LazyFrame, contract: Contract, wide: Wide, edition: date) -> pl.LazyFrame:
    """A row per label instead of a column per label."""
    headings = headings_of(raw)
    labels = {h: label for h in headings if (label := wide.label_of(h))}
    label, value = (contract.columns[name].published[0] for name in (wide.label, wide.value))
    present = raw.collect_schema().names()
    long = raw.unpivot(
        on=list(labels),
        index=[name for name in present if name not in labels],
        variable_name=label,
        value_name=value,
    )
    given = pl.col(value).str.strip_chars() != ""
    rows = long.filter(given).with_columns(pl.col(label).replace_strict(labels))
    if contract.month in wide.lacks and contract.month not in contract.columns_in(headings):
        month = contract.columns[contract.month]
        written = pl.lit(edition.strftime(month.formats[0]))
        rows = rows.with_columns(written.alias(month.published[0]))
    return rows
