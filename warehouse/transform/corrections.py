"""Corrections of publishers' known errors, cell by cell: the schema of
`assets/feeds/<feed>/corrections.yaml`, and applying it. Pure polars. Not here: checking whether
a correction still matches its error (`checks`).

From its expiry edition on a correction no longer applies, so that a persistent error is
reviewed. This does not depend on the clock: a rebuild gives the same result.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import yaml
from pydantic import Field, ValidationInfo, field_validator, model_validator

from warehouse.base.months import MONTH, month_text
from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.model import FEEDS_FOLDER, Contract, contracts
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.reshape import headings_of

CORRECTIONS = "corrections.yaml"
FOUND_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "correction_id": pl.String,
    SOURCE_ROW: pl.UInt32,
    "column_name": pl.String,
    "published": pl.String,
    "corrected": pl.String,
}


class Correction(Strict):
    """One known error, and its correct value.

    `where`: column -> published text or texts that identify its rows, `matching`: column -> pattern
    of such texts; `set`: column -> the text to read instead, `{edition}` for the edition's month.
    `intermittent`: not every edition has the error. `first_edition`: the first with the error;
    `expires`: the first that is no longer corrected (both YYYY-MM). `reference`: the evidence.
    """

    correction_id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    what: str = Field(min_length=10)
    why: str = Field(min_length=10)
    reference: str = Field(min_length=5)
    decided_by: str = Field(min_length=2)
    decided_on: date
    first_edition: str = Field(pattern=MONTH)
    expires: str = Field(pattern=MONTH)
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    matching: dict[str, str] = Field(default_factory=dict)
    intermittent: bool = False
    set: dict[str, str] = Field(min_length=1)

    @field_validator("where", "set", mode="before")
    @classmethod
    def _texts(cls, given: object, info: ValidationInfo) -> object:
        """Texts; counts may be written without quotes."""
        if not isinstance(given, dict):
            return given
        if info.field_name == "set":
            return {name: _text(one) for name, one in given.items()}
        listed = {name: one if isinstance(one, list) else [one] for name, one in given.items()}
        return {name: [_text(item) for item in one] for name, one in listed.items()}

    @model_validator(mode="after")
    def _lasts(self) -> Correction:
        if self.expires <= self.first_edition:
            raise ValueError("`expires` must be after `first_edition`")
        if not (self.where or self.matching):
            raise ValueError("a correction needs `where:` or `matching:`, for its rows")
        return self

    def concerns(self, edition: date) -> bool:
        """Whether the edition may have the error: the first one and all later ones."""
        return self.first_edition <= month_text(edition)

    @property
    def named(self) -> builtins.set[str]:
        """The columns that it uses."""
        return {*self.where, *self.matching, *self.set}

    def is_in_force(self, edition: date) -> bool:
        """Whether the edition is corrected."""
        return self.concerns(edition) and month_text(edition) < self.expires


def _text(given: object) -> object:
    return str(given) if type(given) is int else given


@dataclass(frozen=True)
class Corrected:
    """A file's rows with its corrections applied.

    `found`: one row per corrected cell, or that an expired correction would correct, with the
    columns of `FOUND_SCHEMA`. `matched`: correction id -> number of rows matched, zero included.
    """

    rows: pl.LazyFrame
    found: pl.DataFrame
    matched: dict[str, int]


@cache
def corrections(feed: str) -> tuple[Correction, ...]:
    """The corrections of a feed; none if it has no `corrections.yaml`.

    Raises ValueError naming the file, the correction and what is wrong with it.
    """
    path = FEEDS_FOLDER / feed / CORRECTIONS
    return load_corrections(path, contracts()[feed]) if path.exists() else ()


def load_corrections(path: Path, contract: Contract) -> tuple[Correction, ...]:
    """Read and validate a file of corrections; see `corrections`."""
    made = []
    try:
        content = read_yaml(path)
        if not isinstance(content, dict):
            raise ValueError("write each correction under its name: `wrong-icb:`, then its fields")
        for name, fields in content.items():
            made.append(Correction(correction_id=name, **fields))
            unknown = made[-1].named - set(contract.columns)
            if unknown:
                raise ValueError(f"{name}: `{min(unknown)}` is not a column of {contract.feed}")
    except (ValueError, TypeError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: not a valid file of corrections: {error}") from error
    return tuple(made)


def correct(
    raw: pl.LazyFrame, contract: Contract, edition: date, listed: tuple[Correction, ...]
) -> Corrected:
    """Apply the corrections that concern an edition to its published rows.

    `raw`: one text column per published heading, `source_row`, perhaps `overflow`; the result has
    the same columns.
    """
    concerned = [one for one in listed if one.concerns(edition)]
    columns = contract.columns_in(headings_of(raw))
    told = [pl.DataFrame(schema=FOUND_SCHEMA)]
    matched = {}
    for one in concerned:
        meant, text = _meant(one, columns), _instead(one, contract, edition)
        named = {name: columns[name] for name in one.set if name in columns}
        rows = raw.filter(meant).select(SOURCE_ROW, *named.values()).collect(engine="streaming")
        matched[one.correction_id] = rows.height
        told += [
            rows.select(
                pl.lit(one.correction_id).alias("correction_id"),
                SOURCE_ROW,
                pl.lit(name).alias("column_name"),
                pl.col(heading).cast(pl.String).alias("published"),
                pl.lit(text[name]).alias("corrected"),
            )
            for name, heading in named.items()
        ]
        if one.is_in_force(edition):
            raw = raw.with_columns(
                pl.when(meant)
                .then(pl.lit(text[name]))
                .otherwise(pl.col(heading).cast(pl.String))
                .alias(heading)
                for name, heading in named.items()
            )
    return Corrected(raw, pl.concat(told), matched)


def _meant(one: Correction, columns: dict[str, str]) -> pl.Expr:
    """Whether a correction matches a row; false if the file lacks a column that it uses."""
    if not one.named <= columns.keys():
        return pl.lit(False)

    def published(name: str) -> pl.Expr:
        return pl.col(columns[name]).cast(pl.String).str.strip_chars()

    meant = [published(name).is_in(list(values)) for name, values in one.where.items()]
    meant += [published(name).str.contains(pattern) for name, pattern in one.matching.items()]
    return pl.all_horizontal(each.fill_null(False) for each in meant)


def _instead(one: Correction, contract: Contract, edition: date) -> dict[str, str]:
    """Column -> the text to read instead, in an edition."""
    formats = {name: column.formats for name, column in contract.columns.items() if column.formats}
    return {
        name: edition.strftime(formats[name][0]) if text == "{edition}" else text
        for name, text in one.set.items()
    }
