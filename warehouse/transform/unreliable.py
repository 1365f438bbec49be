"""Unreliable organisation-months: those that lost a quarantined row with a count. When in doubt, a
month is unreliable. Not here: the row rules (`warehouse.transform.conform`), choosing editions
(`warehouse.mart`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW
from warehouse.reference.levels import PLACE_COLUMNS
from warehouse.transform.conform import RAW, own_code, source_columns
from warehouse.transform.measure import month_of


def count_bearing(rejected: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Quarantined rows whose loss makes a figure smaller: those with a count other than zero.

    Without footnotes and blank lines (no organisation and no count), and rows of totals.
    """
    if rejected.is_empty() or not contract.numbers or contract.reporting_unit is None:
        return rejected.clear()
    headings = [n.removeprefix(RAW) for n in rejected.columns if n.startswith(RAW)]
    source = source_columns(contract, headings)
    zero = pl.all_horizontal(pl.col(name).eq(0).fill_null(False) for name in contract.numbers)
    written = [
        pl.col(source[name]).str.strip_chars().ne("").fill_null(False)
        for name in contract.numbers
        if name in source
    ]
    owned = readable_code(contract).is_not_null() | pl.any_horizontal(written)
    lost = ~zero & owned & (pl.col("rule") != "total_row")
    return rejected.filter(_swallowing() | lost)


def _swallowing() -> pl.Expr:
    """Whether a field has a line break, so that it contains other rows."""
    return pl.col(OVERFLOW).str.contains("\n", literal=True).fill_null(False)


def readable_code(contract: Contract) -> pl.Expr:
    """The code of a row's organisation, null if invalid; for a feed without a reporting unit its
    key's first column."""
    name = contract.reporting_unit.code if contract.reporting_unit else contract.key[0]
    code, pattern = pl.col(name), contract.columns[name].pattern
    return pl.when(own_code(contract, name).str.contains(pattern)).then(code) if pattern else code


def unreliable_cells(
    cells: pl.DataFrame,
    observed: pl.DataFrame,
    bearing: pl.DataFrame,
    contract: Contract,
    edition: date,
) -> pl.Series:
    """Which cells (organisation-months) lost, or may have lost, a count-bearing row.

    A row without a readable month affects all months of its organisation; one without a readable
    organisation all organisations of that month (in its sub-ICB or ICB, if the row names one); a
    row that contains others, because of an unclosed quote, all cells of the file.
    """
    if contract.reporting_unit is None or bearing.is_empty():
        return pl.repeat(False, cells.height, eager=True).alias("unreliable")
    if bearing.select(_swallowing().any()).item():
        return pl.repeat(True, cells.height, eager=True).alias("unreliable")
    _, place = _place(contract)
    places = observed.filter(pl.col("org_level") == contract.reporting_unit.level).select(
        "org_code", "month", pl.col(place).alias("place")
    )
    placed = cells.join(
        places.unique(["org_code", "month"], keep="last", maintain_order=True),
        on=["org_code", "month"],
        how="left",
        maintain_order="left",
    )
    lost = _owners(bearing, set(places["place"]), contract, edition)
    touched = pl.repeat(False, cells.height, eager=True)
    for on in (["org_code", "month"], ["org_code"], ["place", "month"], ["place"], ["month"], []):
        told = [pl.col(n).is_not_null() if n in on else pl.col(n).is_null() for n in lost.columns]
        rows = lost.filter(told).select(on).unique()
        if rows.height and on:
            hits = placed.join(
                rows.with_columns(hit=True), on=on, how="left", maintain_order="left"
            )
            touched |= hits["hit"].fill_null(False)
        elif lost.filter(told).height:
            touched |= True
    return touched.alias("unreliable")


def _place(contract: Contract) -> tuple[str | None, str]:
    """The columns for the place of a row's organisation, in the row and in the observed
    organisations; of several places the smallest."""
    named = [
        o
        for o in contract.organisations
        if contract.reporting_unit and o.level == contract.reporting_unit.level
    ]
    parents = named[0].parents if named else {}
    level = next((one for one in PLACE_COLUMNS if one in parents), "sub_icb")
    return parents.get(level), PLACE_COLUMNS[level]


def _owners(
    bearing: pl.DataFrame, places: set[str], contract: Contract, edition: date
) -> pl.DataFrame:
    """The organisations of lost rows: `org_code`, else `place`, and `month`."""
    parent, _ = _place(contract)
    code = readable_code(contract)
    known = pl.col(parent).is_in(list(places)) if parent else pl.lit(False)
    place = pl.when(code.is_null() & known).then(pl.col(parent or SOURCE_ROW).cast(pl.String))
    return bearing.select(
        code.alias("org_code"), place.alias("place"), month_of(contract, edition).alias("month")
    ).unique()
