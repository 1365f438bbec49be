"""From typed rows to measures per organisation and month, and the organisations a file names. Pure
polars. Not here: roll-ups, rates, choosing between editions (`warehouse.mart`)."""

from __future__ import annotations

from calendar import month_name
from datetime import date

import polars as pl

from warehouse.base.decimals import KIND
from warehouse.base.months import parse_month
from warehouse.contract.entries import Measure, Organisation
from warehouse.contract.model import Contract
from warehouse.reference.levels import KEY_COLUMNS, UNASSIGNED
from warehouse.transform.dated import by_months, statements

TEXT = pl.String()


def month_of(contract: Contract, edition: date) -> pl.Expr:
    """The month of a row; for a feed without months its edition's."""
    return pl.col(contract.month) if contract.month else pl.lit(edition, pl.Date)


def measure(tidy: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """The measures of one source file.

    `tidy`: accepted rows from `conform`. Returns one row per reporting unit and month: `org_code`,
    `month`, a column per measure (Int64, `decimals.KIND` for one of decimals), `rows` (UInt32), and
    `digest` (UInt64), equal for equal content in any order. Repeated keys are added up. A measure
    whose labels have no rows in an existing organisation-month is 0; one outside its own months is
    NULL, and so is one of an organisation that did not report (`reported_if`).
    """
    if contract.reporting_unit is None:
        raise ValueError(f"{contract.feed} names no organisation to measure by (`reporting_unit:`)")
    rows = tidy.with_columns(
        _content(contract).alias("content"), month_of(contract, edition).alias("month")
    )
    if contract.is_dated:
        counted = pl.any_horizontal(matching(one) for one in contract.measures.values())
        rows = by_months(rows.filter(counted), contract, edition, contract.reporting_unit)
    return (
        rows.group_by(pl.col(contract.reporting_unit.code).alias("org_code"), "month")
        .agg(
            *[_figure(contract, name).alias(name) for name in contract.measures],
            pl.len().cast(pl.UInt32).alias("rows"),
            pl.col("content").sum().alias("digest"),
        )
        .with_columns(
            pl.when(pl.col(wanted.reported_if) > 0).then(name).alias(name)
            for name, wanted in contract.measures.items()
            if wanted.reported_if
        )
        .with_columns(
            _existing(wanted, name)
            for name, wanted in contract.measures.items()
            if wanted.first_month or wanted.last_month
        )
        .sort("org_code", "month")
    )


def _content(contract: Contract) -> pl.Expr:
    """Hash of a row's key, counts and the columns of measures. Labels hash by their number, which
    the contract fixes; texts as strings, because a file's dictionary has no fixed order."""
    columns = contract.columns
    measures = contract.measures.values()
    looked_at = [name for one in measures for name in (*one.where, *one.matches)]
    return pl.struct(
        pl.col(name).cast(pl.String) if columns[name].type == "text" else pl.col(name)
        for name in dict.fromkeys((*contract.key, *contract.numbers, *looked_at))
    ).hash(0)


def matching(wanted: Measure) -> pl.Expr:
    """Whether a measure counts a tidy row."""
    told = [pl.col(column).is_in(list(some)) for column, some in wanted.where.items()]
    told += [
        pl.col(column).cast(pl.String).str.contains(pattern).fill_null(False)
        for column, pattern in wanted.matches.items()
    ]
    for column, (least, below) in wanted.between.items():
        told += [pl.col(column) >= least] if least is not None else []
        told += [pl.col(column) < below] if below is not None else []
    return pl.all_horizontal(told) if told else pl.lit(True)


def definition(contract: Contract, measure_id: str) -> str:
    """What a measure counts, in words, by the publisher's headings."""
    wanted, heading = contract.measures[measure_id], contract.heading
    told = [f"{heading(name)} is {' or '.join(some)}" for name, some in wanted.where.items()]
    told += [f"{heading(name)} matches {pattern}" for name, pattern in wanted.matches.items()]
    for name, (least, below) in wanted.between.items():
        told += [f"{heading(name)} is {least} or more"] if least is not None else []
        told += [f"{heading(name)} is below {below}"] if below is not None else []
    where = f" where {' and '.join(told)}" if told else ""
    where += "; in sums multiplied by the denominator" if wanted.weighted else ""
    if wanted.cumulative_from:
        where += f", less that of the month before, save in {month_name[wanted.cumulative_from]}"
    if wanted.column is None:
        return f"1 for each organisation that is named{where}"
    if wanted.sum:
        return f"{heading(wanted.column)} added up{where}"
    if wanted.largest:
        return f"the largest {heading(wanted.column)}{where}"
    if wanted.given:
        return f"1 for each organisation with a number of {heading(wanted.column)}{where}"
    return f"1 for each organisation whose {heading(wanted.column)} adds up to more than 0{where}"


def _figure(contract: Contract, measure_id: str) -> pl.Expr:
    """One measure of an organisation-month; NULL if any of its counts is unknown."""
    wanted = contract.measures[measure_id]
    rows = matching(wanted)
    if wanted.unit == "organisations" and contract.unassigned and contract.reporting_unit:
        rows &= ~pl.col(contract.reporting_unit.code).str.starts_with(UNASSIGNED)
    if wanted.column is None:
        return rows.any().cast(pl.Int64)
    if wanted.given:
        return counted_as(wanted, pl.col(wanted.given).filter(rows))
    given, some = pl.col(wanted.column), bool(wanted.where or contract.unassigned)
    total = counted_as(wanted, _of_rows(contract, measure_id, given, rows) if some else given)
    if not contract.columns[wanted.column].nullable:
        return total
    unknown = given.is_null() & rows if some else given.is_null()
    return pl.when(~unknown.any()).then(total)


def _of_rows(contract: Contract, measure_id: str, given: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """The numbers of some rows, and zero of the others."""
    if contract.is_decimal(measure_id):
        return pl.when(rows).then(given).otherwise(pl.lit(0, KIND))
    # Counts are zero or more, so a product may stand for a filter; it takes a third of the time.
    return given * rows


def counted_as(wanted: Measure, counts: pl.Expr) -> pl.Expr:
    """The figure that a measure makes of an organisation's counts."""
    if wanted.largest:
        return counts.max().fill_null(0)
    if wanted.given:
        return counts.is_not_null().any().cast(pl.Int64)
    return counts.sum() if wanted.sum else (counts.sum() > 0).cast(pl.Int64)


def _existing(wanted: Measure, name: str) -> pl.Expr:
    """A measure within its first and last month; NULL before and after."""
    first = parse_month(wanted.first_month) if wanted.first_month else date.min
    last = parse_month(wanted.last_month) if wanted.last_month else date.max
    return pl.when(pl.col("month").is_between(first, last)).then(name).alias(name)


def observe_organisations(tidy: pl.LazyFrame, contract: Contract, edition: date) -> pl.LazyFrame:
    """The organisations that a source file names.

    One row per organisation, month and distinct set of parents: `org_level`, `org_code`,
    `org_name`, `ons_code`, the `KEY_COLUMNS` of its parents (all String, codes as published: ODS or
    ONS), `opened_on`, `closed_on` and `month` (Date).
    """
    observed = [_observe(tidy, contract, edition, one) for one in contract.organisations]
    return pl.concat(observed, how="vertical").filter(pl.col("org_code").is_not_null())


def _observe(
    tidy: pl.LazyFrame, contract: Contract, edition: date, organisation: Organisation
) -> pl.LazyFrame:
    def column(name: str | None, alias: str, kind: pl.DataType = TEXT) -> pl.Expr:
        found = pl.lit(None, kind) if name is None else pl.col(name).cast(kind)
        return found.alias(alias)

    named = [organisation.code, organisation.name, organisation.ons_code, contract.month]
    named += [organisation.parents.get(parent) for parent in KEY_COLUMNS]
    named += [organisation.opened, organisation.closed]
    month = month_of(contract, edition)
    if organisation.since:
        tidy, month = statements(tidy, contract, edition, organisation), pl.col("month")
        named.append("month")
    # Few rows are left when texts are turned from dictionaries into strings.
    distinct = tidy.select(*dict.fromkeys(name for name in named if name)).unique()
    return distinct.select(
        pl.lit(organisation.level).alias("org_level"),
        column(organisation.code, "org_code"),
        column(organisation.name, "org_name"),
        column(organisation.ons_code, "ons_code"),
        *[column(organisation.parents.get(parent), key) for parent, key in KEY_COLUMNS.items()],
        column(organisation.opened, "opened_on", pl.Date()),
        column(organisation.closed, "closed_on", pl.Date()),
        month.alias("month"),
    )
