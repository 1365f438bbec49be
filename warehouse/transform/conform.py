"""From published text to typed rows, driven by the contract: renaming, types, and the row rules for
quarantine. Pure polars. Not here: reading files (`warehouse.transform.tidy`), checks on editions
(`checks`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.base.decimals import PLACES
from warehouse.base.months import between, month_text, window
from warehouse.contract.entries import WITHIN
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW
from warehouse.reference.levels import LEVELS, UNASSIGNED
from warehouse.transform.made import made_columns
from warehouse.transform.reshape import headings_of
from warehouse.transform.row_rule import RowRule
from warehouse.transform.typed_by_hand import mistakes
from warehouse.transform.typed_values import blank_to_null, given, typed_column

FAILED_RULE, ALSO_FAILED = "failed_rule", "also_failed"
RAW = "raw."

WHOLE_ROW = ("row_shape", "total_row")  # of a row that breaks one nothing else is said
ROW_RULES = {
    "row_shape": "a row has no more fields than headings, and no field runs over a line's end",
    "total_row": "a row is of one organisation and month, not their total",
    "value_present": "a value is given where the contract requires one",
    "month_not_mangled": "a month is as it was typed, not as a spreadsheet turned it",
    "month_readable": "a month is written in a format the contract lists",
    "date_readable": "a date is written in a format the contract lists",
    "count_whole": "a count is a whole number",
    "decimal_exact": f"a decimal is a number with at most {PLACES} decimals",
    "count_not_negative": "a number is not negative",
    "share_within_one": "a share is not above 1, or 100%",
    "label_known": "a label is one the contract lists",
    "code_pattern": "a code has the pattern the contract gives",
    "month_in_window": "the month lies inside the edition's window",
}

# Names of rows of totals; and what spreadsheets turn a month into: a day of this year (`24-Oct`), a
# serial number (`45566`), a time, or hashes in a narrow column.
TOTAL = (
    r"(?i)^\s*((grand|overall|sub)?[- ]?totals?\b.*|sum|all (practices|icbs)|england|national)\W*$"
)
MANGLED = r"^\s*(\d{1,2}[- ][A-Za-z]{3,9}|[3-6]\d{4}(\.\d+)?|.*\d:\d\d.*|#+)\s*$"
CORRECTED = "ask the publisher for a corrected file"
MENDED = "correct the row and import the file again"
REMEDIES = {
    "total_row": "totals are calculated here; leave them out of the file",
    "month_not_mangled": "format the column as text before typing months into it",
    "label_known": "if the publisher has added a label, list it in the feed's contract",
    "month_readable": "if months are written so now, add the format to the contract",
    "date_readable": "if dates are written so now, add the format to the contract",
    "month_in_window": "check which edition the file belongs to",
    "code_pattern": "if such codes are real, widen the pattern in the contract",
    "share_within_one": "ask the publisher whether the column has fractions or percentages",
} | dict.fromkeys(
    ("row_shape", "value_present", "count_whole", "decimal_exact", "count_not_negative"), CORRECTED
)
# The author of a local return can correct it; there is no publisher to ask.
TYPED_REMEDIES = {
    "month_readable": "type it as YYYY-MM",
    "date_readable": "type it as YYYY-MM-DD",
    "code_pattern": "check the code",
    "label_known": "choose one of these",
    "month_in_window": "check the month",
}


def remedy(rule: str, contract: Contract) -> str:
    """What to do about a row that breaks a rule."""
    if not contract.local_return:
        return REMEDIES[rule]
    own = MENDED if REMEDIES[rule] == CORRECTED else REMEDIES[rule]
    return TYPED_REMEDIES.get(rule, own)


def conform(raw: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """Type and conform a file's rows by its contract.

    `raw`: one text column per published heading, `source_row` (UInt32; the header is row 1), and
    perhaps `overflow` (a field beyond the headings, or with a line break). Returns the contract's
    columns, `source_row`, `overflow`, the published values as `raw.<heading>`, and `failed_rule`
    (Int16, an index into `row_rules`; null for a valid row); of a local return also `also_failed`,
    all such indices. Same grain as the file.
    """
    published = headings_of(raw)
    source = source_columns(contract, published)
    named = raw.rename({h: f"{RAW}{h}" for h in published})
    told = OVERFLOW in raw.collect_schema().names()
    overflow = blank_to_null(OVERFLOW) if told else pl.lit(None, pl.String)
    typed = named.with_columns(
        *[typed_column(contract, name, source.get(name)).alias(name) for name in contract.columns],
        overflow.alias(OVERFLOW),
    )
    typed = typed.with_columns(_placed(contract)).with_columns(made_columns(contract))
    rules = row_rules(contract, edition, source)
    failed = pl.coalesce(
        [pl.when(rule.broken).then(pl.lit(i, pl.Int16)) for i, rule in enumerate(rules)]
    )
    typed = typed.with_columns(failed.alias(FAILED_RULE))
    if contract.local_return and not contract.persons:  # whose author corrects all at once
        every = [pl.when(rule.broken).then(pl.lit(i, pl.Int16)) for i, rule in enumerate(rules)]
        typed = typed.with_columns(pl.concat_list(every).list.drop_nulls().alias(ALSO_FAILED))
    return typed.with_columns(_within(contract))


def source_columns(contract: Contract, headings: list[str]) -> dict[str, str]:
    """Column -> column of the conformed frame with its published text."""
    return {name: f"{RAW}{heading}" for name, heading in contract.columns_in(headings).items()}


def _placed(contract: Contract) -> list[pl.Expr]:
    """The code of the reporting unit, of typed rows: of rows of no one organisation that of their
    places, so that each place has its own."""
    unit = contract.reporting_unit
    if unit is None or not contract.unassigned:
        return []
    named = [one for one in contract.organisations if one.level == unit.level]
    places = [pl.col(name) for one in named for name in one.parents.values()]
    own = pl.concat_str(pl.lit(UNASSIGNED.strip()), *places, separator=" ", ignore_nulls=True)
    code = pl.col(unit.code)
    return [
        pl.when(code.is_in(list(contract.unassigned))).then(own).otherwise(code).alias(unit.code)
    ]


def _within(contract: Contract) -> list[pl.Expr]:
    """The code of a reporting unit with that of its place, of typed rows, where the contract says
    so: a provider in two places is two members, one of each."""
    unit = contract.reporting_unit
    if unit is None or unit.within is None:
        return []
    return [pl.concat_str(unit.code, unit.within, separator=WITHIN).alias(unit.code)]


def own_code(contract: Contract, name: str) -> pl.Expr:
    """The code of a tidy column as published: that of a reporting unit without its place."""
    unit, code = contract.reporting_unit, pl.col(name)
    own = unit is not None and unit.within is not None and unit.code == name
    return code.str.split(WITHIN).list.first() if own else code


def row_rules(contract: Contract, edition: date, source: dict[str, str]) -> list[RowRule]:
    """The row rules in order: the first broken one is reported. `source`: as `source_columns`."""
    shape = "no more fields than headings, each on one line (is a quote or comma unescaped?)"
    rules = [RowRule("row_shape", OVERFLOW, OVERFLOW, pl.col(OVERFLOW).is_not_null(), shape)]
    rules += _total_rules(contract, source)
    for name, column in contract.columns.items():
        if name in source and not column.nullable:
            blank = pl.col(source[name]).is_null() | (pl.col(source[name]) == "")
            missing = pl.col(name).is_null() if column.type in ("text", "code") else blank
            rules.append(RowRule("value_present", name, source[name], missing, "a value"))
    for name in contract.columns:
        if name in source:
            rules += mistakes(contract, name, source[name]) if contract.local_return else ()
            rules += _value_rules(contract, name, source[name])
    if contract.month and contract.month in source:
        first, last = window(edition, contract.window_months)
        ends = [month for month in between(first, last) if contract.period.ends_in(month)]
        outside = ~pl.col(contract.month).is_in(ends)
        expected = f"a month {contract.period.ending}from {month_text(first)} to {month_text(last)}"
        rules.append(
            RowRule("month_in_window", contract.month, source[contract.month], outside, expected)
        )
    return rules


def _total_rules(contract: Contract, source: dict[str, str]) -> list[RowRule]:
    """Rules for rows of totals. In local returns the word may be in any column, or the row may have
    numbers without month and organisation."""
    identity = [contract.month, contract.reporting_unit.code if contract.reporting_unit else None]
    named = [name for name in identity if name in source]
    speaking = list(source) if contract.local_return else named
    expected = "a row of one organisation and month, not a total"
    rules = []
    for name in speaking:
        if name not in contract.numbers:
            text = pl.col(source[name]).cast(pl.String)
            rules.append(
                RowRule("total_row", name, source[name], text.str.contains(TOTAL), expected)
            )
    counts = [source[name] for name in contract.numbers if name in source]
    if contract.local_return and counts and len(named) == 2:
        unnamed = pl.all_horizontal(blank_to_null(source[name]).is_null() for name in named)
        given = pl.any_horizontal(blank_to_null(count).is_not_null() for count in counts)
        rules.append(RowRule("total_row", named[0], source[named[0]], unnamed & given, expected))
    return rules


def _value_rules(contract: Contract, name: str, source: str) -> list[RowRule]:
    column, value = contract.columns[name], pl.col(name)
    unreadable = value.is_null()
    if column.nullable:
        unreadable &= given(contract, name, source).is_not_null()
    match column.type:
        case "month":
            expected = f"the first of a month, like {column.example}"
            if column.financial_years:
                expected = f"a financial year, like {column.example}"
            mangled = unreadable & pl.col(source).cast(pl.String).str.contains(MANGLED)
            return [
                RowRule("month_not_mangled", name, source, mangled, expected),
                RowRule("month_readable", name, source, unreadable, expected),
            ]
        case "date":
            expected = f"a date like {date(2025, 11, 30).strftime(column.formats[0])}"
            return [RowRule("date_readable", name, source, unreadable, expected)]
        case "count":
            return [
                RowRule("count_whole", name, source, unreadable, "a whole number"),
                RowRule("count_not_negative", name, source, value < 0, "zero or more"),
            ]
        case "decimal":
            return _decimal_rules(contract, name, source, unreadable)
        case "label":
            expected = "one of " + ", ".join(contract.labels(name))
            return [RowRule("label_known", name, source, unreadable, expected)]
    return _code_rules(contract, name, source)


def _code_rules(contract: Contract, name: str, source: str) -> list[RowRule]:
    column, value = contract.columns[name], pl.col(name)
    if column.pattern is None:
        return []
    expected = f"a code like {column.pattern}"
    unit = contract.reporting_unit
    if contract.local_return:
        named = unit is not None and unit.code == name and LEVELS[unit.level].singular
        expected = f"the ODS code of a {named}" if named else "an ODS code"
    return [RowRule("code_pattern", name, source, ~value.str.contains(column.pattern), expected)]


def _decimal_rules(
    contract: Contract, name: str, source: str, unreadable: pl.Expr
) -> list[RowRule]:
    column, value = contract.columns[name], pl.col(name)
    words, least = f"a number with at most {PLACES} decimals", "zero or more"
    if column.share or column.rounded:
        words = f"a number, or a text listed under `missing:` of {name} in the contract"
        least = f"zero or more, or a code listed under `missing:` of {name} in the contract"
    rules = [
        RowRule("decimal_exact", name, source, unreadable, words),
        RowRule("count_not_negative", name, source, value < 0, least),
    ]
    if column.share:
        most = "at most 1, or 100 in a column of percentages"
        rules.append(RowRule("share_within_one", name, source, value > 1, most))
    return rules


def rules_of(contract: Contract, headings: list[str], edition: date) -> list[RowRule]:
    """The row rules, indexed by `failed_rule`, for a file with these headings."""
    return row_rules(contract, edition, source_columns(contract, headings))
