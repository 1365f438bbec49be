"""Values of local returns as people type them: what is safely understood, and what is said of the
rest. Pure polars. Not here: types (`typed_values`), the rules that all feeds share (`conform`).

Understood are codes in lower case or with spaces, thousands separators, `1234.0` as a count, a
pound sign before an amount of money, `30th Sept. 2026`, and words for "not known" where a value may
be left out.
Whatever could mean two things is not understood: each such mistake has words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.base.months import ABBREVIATED, ORDINAL
from warehouse.contract.entries import MONEY, NUMBERS
from warehouse.contract.model import Contract
from warehouse.transform.row_rule import RowRule
from warehouse.transform.typing_mistakes import BROKEN, MISTAKES, MONTHS, NOTHING, YEARS

SPACES = r"[\s\u00a0]+"
THOUSANDS = r"^-?\d{1,3}([, ]\d{3})+(\.\d+)?$"
POUND = r"^(-?)£\s*"


def cleaned(contract: Contract, name: str, source: str) -> pl.Expr:
    """The text of a column of a local return without what people add to a value; null where it
    means that there is none, if the column may lack values."""
    column = contract.columns[name]
    text = pl.col(source).cast(pl.String).str.replace_all("\u00a0", " ").str.strip_chars()
    if column.type == "code":
        text = text.str.to_uppercase().str.replace_all(SPACES, "")
    elif column.type == "month":
        text = text.str.replace(r"^(\d)/", "0${1}/").str.replace(r"/(\d)/", "/0${1}/")
    elif column.type == "date":
        for pattern in ABBREVIATED:
            text = text.str.replace_all(pattern, "${1}${2}")
        text = text.str.replace_all(ORDINAL, "${1}")
    elif column.type in NUMBERS:
        if column.unit == MONEY:
            text = text.str.replace(POUND, "${1}")
        separated = text.str.contains(THOUSANDS)
        text = pl.when(separated).then(text.str.replace_all("[, ]", "")).otherwise(text)
        if column.type == "count":
            text = text.str.replace(r"^(-?\d+)\.0+$", "${1}")
    absent = text.is_in(["", *column.missing])
    if column.nullable and column.type != "text":
        absent |= text.str.contains(NOTHING)
    return pl.when(~absent).then(text)


def mistakes(contract: Contract, name: str, source: str) -> Iterator[RowRule]:
    """The mistakes of a column that are told in words of their own, before the general rule."""
    column, text = contract.columns[name], cleaned(contract, name, source)
    wrong = pl.col(name).is_null()
    if column.type == "code" and column.pattern:
        wrong = ~pl.col(name).str.contains(column.pattern)
    spared = column.pattern or (YEARS if column.financial_years else MONTHS)
    for one in MISTAKES:
        told = (one.only or "") in spared and not (one.spared and one.spared in spared)
        if column.type in one.types and told:
            broken = wrong & text.str.contains(one.pattern)
            rule = BROKEN[column.type]
            yield RowRule(rule, name, source, broken, one.expected, one.remedy)
