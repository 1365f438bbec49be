"""Practices that are special services: some publications list them and others do not, they are no
part of rankings, and one may be so small that it is never shown alone. The table says which; not
here: who is open (the register and other feeds say)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polars as pl

from warehouse.reference.levels import SITES

TABLE = Path(__file__).with_name("special_services.csv")
WITHHELD = "a special service, not shown alone"
NOT_SHOWN = (
    "It is a special service of a few patients, and not shown alone.",
    "Its figures are in the sums of its sub-ICB and ICB.",
)
LEVEL = SITES[0]  # the level of all of them: practices


@cache
def special_services() -> pl.DataFrame:
    """The shipped table: `org_code`, `kind`, `is_shown_alone` (Boolean), `why`."""
    table = pl.read_csv(TABLE, schema_overrides={"is_shown_alone": pl.String})
    return table.with_columns(pl.col("is_shown_alone") == "true")


@cache
def not_shown_alone() -> frozenset[str]:
    """Codes of those whose figures are only in the sums of places."""
    return frozenset(special_services().filter(~pl.col("is_shown_alone"))["org_code"])


def is_hidden(code: str) -> pl.Expr:
    """Whether a column's code is of a practice that is not shown alone."""
    return pl.col(code).is_in(list(not_shown_alone())).fill_null(False)


def without_hidden(text: str) -> str:
    """A message without what it says of practices that are not shown alone: up to the next of a
    list (after `;`, or another code after a comma) or an ending that has no number."""
    return _named().sub(WITHHELD, text)


@cache
def hidden_codes() -> str:
    """A regular expression of the codes of practices that are not shown alone."""
    return rf"\b(?:{'|'.join(sorted(not_shown_alone())) or '$^'})\b"


@cache
def _named() -> re.Pattern[str]:
    another = r', "?(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{3,9}\b'
    ends = "|".join((";", another, r" and [\d,]+ more", r": [a-z][^\d;]*$", "$"))
    return re.compile(rf"{hidden_codes()}.*?(?={ends})", re.DOTALL)
