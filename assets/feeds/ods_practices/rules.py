"""Business rules of the register of practices: that practices are found at all, that those of the
edition before are still there, and that the edition is of its month."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.check_evidence import Evidence, listed, numbers, offences, skipped
from checks.edition_view import EditionView
from checks.expectations import between, by_threshold, not_below
from checks.feed_rules import Rule
from checks.parents import parent_at
from warehouse.base.months import add_months, days_of, month_text
from warehouse.base.number_format import percent
from warehouse.transform.measure import matching

OPEN = "open_practices"
SHOWN = 10
LAG = 2  # months before the edition's in which its newest date may lie
COLUMNS = (
    *("practice_name", "opened_on", "closed_on", "status", "role"),
    *("commissioner_code", "icb_code"),
)


def found(view: EditionView) -> Evidence:
    """Count the practices that are open in the edition's month."""
    rows = _rows(view)
    count = rows["is_open"].sum()
    roles = [role or "none" for role in rows["role"].unique().sort().to_list()]
    return Evidence(
        "practices_found",
        OPEN,
        pl.DataFrame({"item": ["open practices"], "number": [float(count)]}),
        expected="at least one open practice",
        observed=f"{count:,} of {rows.height:,} organisations",
        failed_rows=0 if count else rows.height,
        total_rows=rows.height,
        message=""
        if count
        else "no organisation is an open GP practice; the roles in the file are "
        f"{listed(roles, SHOWN)}: if roles or states were respelt, add them to the contract",
    )


def still_open(view: EditionView) -> Evidence:
    """Count the previous edition's open practices that are still open."""
    rule, (before, why) = "practices_still_open", view.previous()
    if before is None:
        return skipped(rule, why)
    then, now = _open(before), _rows(view)
    kept = then.join(now.filter("is_open"), on="org_code", how="semi").height
    share = view.check(rule).limit
    return numbers(
        rule,
        [(f"open practices of {before.edition}", kept, then.height)],
        failed=then.height - kept if kept < share * then.height else 0,
        expected=f"at least {percent(share, 0)} of the {then.height:,} of {before.edition}",
        observed=f"{kept:,} are still open",
        total=then.height,
        message=f"{then.height - kept:,} of {then.height:,} practices open in {before.edition} are "
        f"not open any more: {_words(_gone(then, now))}; is the file complete, and are its roles "
        "and states as before?",
    )


def accounted_for(view: EditionView) -> Evidence:
    """Find open practices of the previous edition that are neither open nor closed."""
    rule, (before, why) = "practices_accounted_for", view.previous()
    if before is None:
        return skipped(rule, why)
    then = _open(before)
    gone = _gone(then, _rows(view)).filter(pl.col("closed_on").is_null())
    return offences(
        rule,
        gone["org_code"].to_list(),
        expected="a closing date of each practice that is no longer open",
        observed=f"{gone.height:,} of {then.height:,} practices without",
        total=then.height,
        message=f"open in {before.edition}, not open now and without a closing date: "
        f"{_words(gone)}; they are not counted from this edition on",
    )


def reaches(view: EditionView) -> Evidence:
    """Find out whether the newest dates are of the edition's month or shortly before."""
    rule = "dates_reach_edition"
    dates = view.scan_tidy().filter(pl.col("status") != "Proposed")
    newest = dates.select(pl.max_horizontal("opened_on", "commissioner_since").max()).collect()
    last: date | None = newest.item()
    if last is None:
        return skipped(rule, "no row has a date")
    early, late = add_months(view.month, -LAG), days_of(view.month)[-1]
    fault = f"the newest date of opening or joining is {last:%d/%m/%Y}"
    wrong = [] if early <= last <= late else [fault]
    return offences(
        rule,
        wrong,
        expected=f"a newest date from {month_text(early)} to {month_text(view.month)}",
        observed=fault,
        total=view.rows,
        message=f"{fault}: is {view.edition} the month in which the file was made, and is it "
        "whole? If not, withdraw it and import it with the right --edition",
    )


def icbs(view: EditionView) -> Evidence:
    """Compare the ICB of each open practice with that of its commissioner."""
    places = _rows(view).filter("is_open").drop_nulls(["commissioner_code", "icb_code"])
    icb = [parent_at(code, view.month) for code in places["commissioner_code"]]
    judged = places.with_columns(pl.Series("wanted", icb, pl.String)).drop_nulls("wanted")
    wrong = judged.filter(pl.col("icb_code") != pl.col("wanted"))
    told = [
        f"{one['org_code']} {one['practice_name']} has ICB {one['icb_code']}, its commissioner "
        f"{one['commissioner_code']} is in {one['wanted']}"
        for one in wrong.iter_rows(named=True)
    ]
    return offences(
        "icb_of_commissioner",
        told,
        expected="the ICB of the commissioner by the dated reference",
        observed=f"{wrong.height:,} of {judged.height:,} open practices disagree",
        total=judged.height,
        message=f"{listed(told, SHOWN, '; ')}; figures use the commissioner",
    )


def _rows(view: EditionView) -> pl.DataFrame:
    """Return `org_code`, COLUMNS, and whether it `is_open`, in the edition's month."""
    rows = view.newest_rows(*COLUMNS)
    last = days_of(view.month)[-1]
    held = (pl.col("opened_on") <= last) & (pl.col("closed_on") >= view.month).fill_null(True)
    counted = matching(view.contract.measures[OPEN])
    return rows.with_columns((held & counted).alias("is_open")).sort("org_code")


def _open(view: EditionView) -> pl.DataFrame:
    return _rows(view).filter("is_open").select("org_code", "practice_name")


def _gone(then: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return practices that are not open, with what is now said of them (`is_listed`)."""
    told = now.select("org_code", "is_open", "closed_on", "status", "role", is_listed=True)
    gone = then.join(told, on="org_code", how="left", maintain_order="left")
    return gone.filter(~pl.col("is_open").fill_null(False))


def _words(gone: pl.DataFrame) -> str:
    said = []
    for one in gone.iter_rows(named=True):
        now = f"{one['status']}, role {one['role']}" if one["is_listed"] else "not in the file"
        closed = f"closed {one['closed_on']:%d/%m/%Y}" if one["closed_on"] else now
        said.append(f"{one['org_code']} {one['practice_name']} ({closed})")
    return listed(said, SHOWN)


RULES = {
    "practices_found": Rule(found, lambda _contract, _check: {OPEN: between(1)}),
    "practices_still_open": Rule(still_open, by_threshold(not_below)),
    "practices_accounted_for": Rule(accounted_for),
    "dates_reach_edition": Rule(reaches),
    "icb_of_commissioner": Rule(icbs),
}
