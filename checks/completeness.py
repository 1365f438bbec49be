"""Evidence from other feeds' same edition: which places are complete, and whether practices add up
to their sub-ICB."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import NOTHING, SHOWN, Evidence, compared, listed, skipped
from checks.edition_view import EditionView
from checks.missing_members import absent, as_before
from checks.patient_lists import places_of
from warehouse.base.months import month_text
from warehouse.contract.model import contracts
from warehouse.reference.organisations import ENGLAND, members_at, valid_at

NO_CELLS = pl.DataFrame(schema={"org_code": pl.String, "month": pl.Date})


def cells_whole(view: EditionView) -> Evidence:
    """Find organisation-months whose newest revision lost count-bearing rows to quarantine."""
    cells = view.cells()
    if cells is not None:
        cells = cells.unique(["org_code", "month"], keep="last", maintain_order=True)
    unreliable = cells.filter("unreliable") if cells is not None else NO_CELLS
    first = unreliable.select("org_code", "month").head(SHOWN).iter_rows()
    shown = ", ".join(f"{code} {month_text(month)}" for code, month in first)
    return Evidence(
        "cells_whole",
        None,
        pl.DataFrame({"item": ["unreliable"], "number": [float(unreliable.height)]}),
        expected="none",
        observed=f"{unreliable.height:,} organisation-months" + (f": {shown}" if shown else ""),
        failed_rows=unreliable.height,
        total_rows=0 if cells is None else cells.height,
        message=_what_becomes(view, cells, unreliable) if cells is not None else "",
    )


def _what_becomes(view: EditionView, cells: pl.DataFrame, unreliable: pl.DataFrame) -> str:
    """Say what is published of unreliable organisation-months, and of months without others."""
    if unreliable.is_empty():
        return ""
    whole = cells.group_by("month").agg(pl.col("unreliable").all()).filter("unreliable")
    months = [month_text(month) for month in whole["month"].sort()]
    kept = "these keep their last good figure, if an earlier edition has one"
    rows = view.rows_of_any()
    if not months or not rows:
        return kept
    are = f"row {rows[0]} is" if len(rows) == 1 else f"rows {listed(rows)} are"
    return (
        f"nothing of {listed(months)} is published from this edition until {are} corrected, "
        f"because the organisation may be any; {kept}"
    )


def coverage_present(view: EditionView) -> Evidence:
    """Check that the coverage feed, which counts the members, has the same edition."""
    feed = view.contract.completeness.expected_feed or ""
    held = view.references.get(feed, [])
    return Evidence(
        "coverage_present",
        None,
        pl.DataFrame({"item": [f"files of {feed}"], "number": [float(len(held))]}),
        expected=f"{feed} {view.edition}",
        observed=", ".join(f.file_name for f in held) or "not available",
        failed_rows=0 if held else 1,
        total_rows=1,
        message="" if held else f"import the coverage file of {view.edition} to check completeness",
    )


def parts(view: EditionView) -> Evidence:
    """Compare members present with those expected, by place and month, and list the missing."""
    rule = view.contract.completeness
    feed, column = rule.expected_feed or "", rule.expected_column
    counted = present_and_expected(view, feed, column)
    if counted is None:
        why = (
            f"no {feed} of {view.edition}, and {view.no_earlier}: the expected number of practices "
            "is not known"
        )
        return skipped("parts_complete", why)
    if counted.is_empty():
        why = "no row was accepted for a month with known members"
        if view.contract.local_return:
            why += f", of a practice that a list of {rule.population_feed} places in an ICB"
        return skipped("parts_complete", why)
    short = counted.filter(pl.col("present") < pl.col("expected")).sort("month", "sub_icb_code")
    first = short.filter(pl.col("present") > 0).head(1).to_dicts()
    partly = (
        f"; {first[0]['sub_icb_code']} {month_text(first[0]['month'])} has "
        f"{first[0]['present']} of {first[0]['expected']}"
        if first
        else ""
    )
    places, of = (frame["sub_icb_code"].n_unique() for frame in (short, counted))
    before = column and view.measures(feed) is None and view.earlier
    return Evidence(
        "parts_complete",
        None,
        compared(counted, "sub_icb_code", "present", "expected"),
        expected=f"every member of {of} sub-ICBs" + (f", as in {before.edition}" if before else ""),
        observed=f"{of - places} of {of} sub-ICBs complete{partly}",
        failed_rows=short.height,
        total_rows=counted.height,
        message=f"missing: {absent(view, short, column is not None)}. Roll-ups of these places "
        "are incomplete until the missing files are imported"
        if places
        else "",
    )


def present_and_expected(view: EditionView, feed: str, column: str | None) -> pl.DataFrame | None:
    """Return `sub_icb_code, month, present, expected` of an edition, for every month from its first
    to its last, because a gap is incomplete; None if the number expected is not known.

    With `column` members are practices, expected as in the coverage feed, else as in the last
    accepted edition; without, the sub-ICBs themselves, expected as in coverage, else as in the
    dated reference. Of a local return those of its own ICBs alone: others return their own.
    """
    cells, coverage = view.measures(), view.measures(feed)
    if cells is None:
        return None
    months = _span(cells["month"])
    if column is not None:
        if coverage is None:
            return as_before(view, months)
        expected = coverage.select(
            pl.col("org_code").alias("sub_icb_code"), "month", pl.col(column).alias("expected")
        ).join(months, on="month", how="semi")
        present = practices_by_sub_icb(view)
        if view.contract.local_return:
            own = _sub_icbs_of_its_icbs(view, present)
            expected = expected.filter(pl.col("sub_icb_code").is_in(own))
    else:
        expected = _expected_sub_icbs(coverage, months)
        present = cells.select(
            pl.col("org_code").alias("sub_icb_code"), "month", pl.lit(1).alias("present")
        ).unique()
    # In order, so that the evidence kept of the same files is the same each time.
    return (
        expected.join(present, on=["sub_icb_code", "month"], how="left")
        .with_columns(
            pl.col("present").fill_null(0).cast(pl.Int64), pl.col("expected").cast(pl.Int64)
        )
        .sort("month", "sub_icb_code")
    )


def _span(months: pl.Series) -> pl.DataFrame:
    """Return `month`: every month from the first to the last."""
    frame = pl.DataFrame({"month": months.drop_nulls()}, schema={"month": pl.Date})
    if frame.is_empty():
        return frame
    first, last = frame["month"].sort()[0], frame["month"].sort()[-1]
    return pl.date_range(first, last, "1mo", eager=True).alias("month").to_frame()


def _expected_sub_icbs(coverage: pl.DataFrame | None, months: pl.DataFrame) -> pl.DataFrame:
    if coverage is not None:
        listed = coverage.select(pl.col("org_code").alias("sub_icb_code"), "month")
    else:
        members = [members_at("england", ENGLAND, month) for month in months["month"]]
        kept = months.with_columns(
            pl.Series("sub_icb_code", members, pl.List(pl.String), strict=False)
        )
        listed = kept.explode("sub_icb_code").select("sub_icb_code", "month")
    return listed.join(months, on="month", how="semi").unique().with_columns(expected=pl.lit(1))


def practices_by_sub_icb(view: EditionView) -> pl.DataFrame:
    """Return `sub_icb_code, month, present`: practices with any row, per sub-ICB and month. Where
    the file does not say in which sub-ICB a practice is, by the newest patient list that does."""
    named = view.practices()
    if view.contract.local_return and (listed := places_of(view.home, view.lists)):
        placed = pl.col("org_code").replace_strict(listed, default=None, return_dtype=pl.String)
        named = named.with_columns(pl.col("sub_icb_code").fill_null(placed))
    return named.group_by("sub_icb_code", "month").agg(pl.len().cast(pl.Int64).alias("present"))


def _sub_icbs_of_its_icbs(view: EditionView, present: pl.DataFrame) -> list[str]:
    """Return the sub-ICBs of every ICB of which a return has a practice."""
    every = valid_at(view.month).filter(org_level="sub_icb")
    named = every.filter(pl.col("org_code").is_in(present["sub_icb_code"].drop_nulls().implode()))
    return every.join(named, on="parent_code", how="semi")["org_code"].to_list()


def sums(view: EditionView) -> Evidence:
    """Compare sums of practices with the sub-ICB feed, where by coverage both are complete."""
    contract = view.contract
    feed = contract.completeness.reconcile_feed or ""
    other = view.measures(feed)
    coverage = contract.completeness.expected_feed or ""
    counted = present_and_expected(view, coverage, contract.completeness.expected_column)
    if other is None:
        return skipped("sums_reconcile", f"{feed} {view.edition} is not available")
    if counted is None or view.measures(coverage) is None:
        why = f"no {coverage} of {view.edition}, so no place is known to be complete"
        return skipped("sums_reconcile", why)
    whole = counted.filter(pl.col("present") == pl.col("expected"))
    measure = next(iter(contracts()[feed].measures))
    theirs = other.filter(~pl.col("unreliable")).select(
        pl.col("org_code").alias("sub_icb_code"), "month", pl.col(measure).alias("sub_icb_sum")
    )
    ours = _practice_sums(view, measure)
    both = ours.join(theirs, on=["sub_icb_code", "month"]).join(
        whole, on=["sub_icb_code", "month"], how="semi"
    )
    if both.is_empty():
        return skipped("sums_reconcile", "no place is complete in both feeds for the same month")
    differing = both.filter(pl.col("practice_sum") != pl.col("sub_icb_sum"))
    first = differing.sort("month", "sub_icb_code").head(1).to_dicts()
    shown = (
        f"{first[0]['sub_icb_code']} {month_text(first[0]['month'])}: practices "
        f"{first[0]['practice_sum']:,}, sub-ICB {first[0]['sub_icb_sum']:,}"
        if first
        else ""
    )
    return Evidence(
        "sums_reconcile",
        measure,
        compared(both, "sub_icb_code", "practice_sum", "sub_icb_sum"),
        expected="equal sums",
        observed=f"{differing.height} of {both.height} sub-ICB-months differ",
        failed_rows=differing.height,
        total_rows=both.height,
        message=shown,
    )


def _practice_sums(view: EditionView, measure: str) -> pl.DataFrame:
    """Return sums of sub-ICB-months in which no practice lost rows to quarantine."""
    cells = view.measures()
    if cells is None:
        return NOTHING
    return (
        cells.join(view.practices(), on=["org_code", "month"])
        .group_by("sub_icb_code", "month")
        .agg(pl.col(measure).sum().alias("practice_sum"), pl.col("unreliable").any())
        .filter(~pl.col("unreliable"))
        .drop("unreliable")
    )
