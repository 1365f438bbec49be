"""Values of local returns as people type them: what is safely understood, and what is said of the
rest. Pure polars. Not here: types (`typed_values`), the rules that all feeds share (`conform`).

Understood are codes in lower case or with spaces, thousands separators, `1234.0` as a count, a
pound sign before an amount of money, and words for "not known" where a value may be left out.
Whatever could mean two things is not understood: each such mistake has words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.contract.entries import MONEY, ColumnType
from warehouse.contract.model import Contract
from warehouse.readers.returns import MERGED
from warehouse.transform.row_rule import RowRule

# Texts that stand for no value; in a column that needs one they are not taken for zero.
NOTHING = (
    r"(?i)^(n/?a|n\.a\.?|nil return|[-\u2013\u2014]+|\.+|\?+|tbc|unknown"
    r"|not (known|available|applicable))$"
)
SPACES = r"[\s\u00a0]+"
THOUSANDS = r"^-?\d{1,3}([, ]\d{3})+(\.\d+)?$"
POUND = r"^(-?)£\s*"


@dataclass(frozen=True)
class Mistake:
    """A text that people type in place of a value of some `types`, told by its `pattern`.

    `expected`, `remedy`: what is said of it. `spared`: patterns of codes of which it is one.
    """

    types: tuple[ColumnType, ...]
    pattern: str
    expected: str
    remedy: str
    spared: str | None = None


NUMBER: tuple[ColumnType, ...] = ("count", "decimal")
# Type of a column -> the row rule that such a text breaks.
BROKEN: dict[ColumnType, str] = {
    "code": "code_pattern",
    "label": "label_known",
    "month": "month_readable",
    "date": "date_readable",
    "count": "count_whole",
    "decimal": "decimal_exact",
}
SWAPPED = "check whether two columns are swapped"
ALL: tuple[ColumnType, ...] = tuple(BROKEN)
MISTAKES = (
    Mistake(
        ALL,
        r"^#(REF|N/A|VALUE|DIV/0|NAME|NULL|NUM)",
        "a value, not a formula's error",
        "correct the formula, or type the value",
    ),
    Mistake(
        NUMBER,
        f"^{MERGED}",
        "a number of this row alone",
        "unmerge the cells, and type the number of each row",
    ),
    Mistake(
        NUMBER,
        r"%$",
        "a number, not a percentage",
        "type how many there were; shares are calculated here",
    ),
    Mistake(
        NUMBER,
        NOTHING,
        "a number",
        "type 0 if there were none; if the number is not known, leave the row out",
    ),
    Mistake(
        NUMBER,
        r"^(?i:about|approx\.?|circa|c\.|up to|under|over|some)\b|^[<>~≈≤≥]|\+$",
        "the number itself, not an estimate or a limit",
        "type the exact number; small ones are suppressed here",
    ),
    Mistake(NUMBER, r"^(?i:[A-Z]\s?\d{5}|\d\d[A-Z])$", "a number, not a code", SWAPPED),
    Mistake(
        NUMBER,
        r"^(20\d\d-\d\d(-\d\d)?|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}-[A-Za-z]{3}|20\d\d/\d\d)$",
        "a number, not a date",
        "format the column as a number, and " + SWAPPED,
    ),
    Mistake(
        ("count",),
        r"^[£$€]",
        "a count, not an amount of money",
        SWAPPED,
    ),
    Mistake(
        ("decimal",),
        r"^-?[$€]",
        "an amount in pounds",
        "convert it to pounds, and type the number alone",
    ),
    Mistake(
        NUMBER,
        r"^\(.+\)$",
        "zero or more; a number in brackets is negative",
        "type the number of this period; correct an earlier period in its own row",
    ),
    Mistake(
        NUMBER,
        r"^\d+(,\d+)+(\.\d+)?$",
        "a number with a comma before each three digits, or without commas",
        "type it without commas",
    ),
    Mistake(
        ("count",),
        r"^-?\d*\.\d*[1-9]\d*$",
        "a whole number",
        "check for an average, a share or a percentage in this column",
    ),
    Mistake(
        NUMBER,
        r"^£?-?\d[\d,.]*\s*[A-Za-z]",
        "a number without words or units",
        "type the digits alone",
    ),
    Mistake(
        ("month",),
        r"^(20)?\d\d\s*[/-]\s*(20\d\d|(1[3-9]|[2-9]\d))$",
        "a month, not a financial year",
        "give each month a row, and type it as YYYY-MM",
    ),
    Mistake(
        ("month",),
        r"^\d{1,2}/0?1/(20)?\d\d$",
        "the first of a month, the day first",
        "it may be an American date; type the month as YYYY-MM",
    ),
    Mistake(
        ("month",),
        r"^(\d{1,2}([/.-]\d{1,2}[/.-]|(st|nd|rd|th)? [A-Za-z]+ )\d{2,4}|20\d\d-\d\d-\d\d)$",
        "a month, not a day within it",
        "type it as YYYY-MM",
    ),
    Mistake(
        ("month",),
        r"(?i)\bq[1-4]\b|quarter",
        "a month, not a quarter",
        "give each month a row, and type it as YYYY-MM",
    ),
    Mistake(
        ("month",),
        r"(?i)[a-z]{3,9}[ 0-9]*( ?- ?| to | and |/)[a-z]{3,9}",
        "one month, not several",
        "give each month a row, and type it as YYYY-MM",
    ),
    Mistake(
        ("month",),
        r"^[A-Za-z]{3,9}\.?$",
        "a month with its year",
        "type it as YYYY-MM",
    ),
    Mistake(
        ("date",),
        r"^\d{1,2}/(1[3-9]|2\d|3[01])/(20)?\d\d$",
        "a date, the day first",
        "it is an American date; type it as YYYY-MM-DD",
    ),
    Mistake(
        ("date",),
        r"^[3-6]\d{4}$",
        "a date, not a spreadsheet's number of a day",
        "format the column as a date, or as text, and type it as YYYY-MM-DD",
    ),
    Mistake(
        ("date",),
        r"^([A-Za-z]{3,9}[ -]?\d{2,4}|20\d\d-\d\d|20\d\d|\d{1,2}/20\d\d)$",
        "a date with its day",
        "type it as YYYY-MM-DD, or leave it blank if the day is not known",
    ),
    Mistake(
        ("code",),
        r"^U\d{5}$",
        "a practice's code, not a network's",
        "give each practice a row",
        spared="^U",
    ),
    Mistake(
        ("code",),
        r"^(\d\d[A-Z]|Q[A-Z0-9]{2})$",
        "an organisation's code, not that of a sub-ICB or ICB",
        "give each organisation a row",
        spared="{3",
    ),
    Mistake(
        ("code",),
        r"^[A-Z]\d{5}\W+[A-Z]\d{5}",
        "one code",
        "give each organisation a row",
    ),
    Mistake(
        ("code",),
        r"^(20\d\d-\d\d(-\d\d)?|\d{1,2}/\d{1,2}/\d{2,4}|[A-Z]{3}-\d\d)$",
        "a code, not a date",
        SWAPPED,
    ),
    Mistake(
        ("code",),
        r"^[A-Z][\dO]*O[\dO]*$",
        "a letter, then digits",
        "check for a letter O in place of a zero",
    ),
    Mistake(
        ("code",),
        r"^[\d.,]+$",
        "a code that begins with a letter",
        "check the code, and " + SWAPPED,
    ),
    Mistake(
        ("code",),
        r"[A-Z]{4}",
        "the ODS code, not the name",
        "find the code with access-recovery organisations and a word of the name",
    ),
)


def cleaned(contract: Contract, name: str, source: str) -> pl.Expr:
    """The text of a column of a local return without what people add to a value; null where it
    means that there is none, if the column may lack values."""
    column = contract.columns[name]
    text = pl.col(source).cast(pl.String).str.replace_all("\u00a0", " ").str.strip_chars()
    if column.type == "code":
        text = text.str.to_uppercase().str.replace_all(SPACES, "")
    elif column.type == "month":
        text = text.str.replace(r"^(\d)/", "0${1}/").str.replace(r"/(\d)/", "/0${1}/")
    elif column.type in NUMBER:
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
    for one in MISTAKES:
        spared = one.spared is not None and one.spared in (column.pattern or "")
        if column.type in one.types and not spared:
            broken = wrong & text.str.contains(one.pattern)
            rule = BROKEN[column.type]
            yield RowRule(rule, name, source, broken, one.expected, one.remedy)
