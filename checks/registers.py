"""Evidence on registers, whose rows have dates: that organisations are found at all, that those of
the edition before are still there, and that the edition is of its month."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.check_evidence import Evidence, listed, numbers, offences, skipped
from checks.edition_view import EditionView
from warehouse.base.months import add_months, days_of, month_text
from warehouse.base.number_format import percent
from warehouse.contract.entries import Organisation
from warehouse.contract.model import Contract
from warehouse.transform.measure import matching

SHOWN = 10


def found(view: EditionView) -> Evidence:
    """Count the organisations that are open in the edition's month."""
    contract, count = view.contract, len(_open(view))
    told = [
        f"{contract.columns[name].published[0]} {listed(_distinct(view, name), SHOWN)}"
        for name in _deciding(contract)
    ]
    return Evidence(
        "register_found",
        None,
        pl.DataFrame({"item": ["open organisations"], "number": [float(count)]}),
        expected="at least one organisation that is open",
        observed=f"{count:,} open, of {view.rows:,} rows",
        failed_rows=0 if count else view.rows,
        total_rows=view.rows,
        message=""
        if count
        else f"no organisation is open; found {'; '.join(told)}: if a value was respelt, add "
        "it to the contract",
    )


def still_open(view: EditionView) -> Evidence:
    """Count the previous edition's open organisations that are still open."""
    rule, (before, why) = "register_still_open", view.previous()
    if before is None:
        return skipped(rule, why)
    then, now, share = _open(before), _open(view), view.check("register_still_open").limit
    kept = len(then & now)
    return numbers(
        rule,
        [(f"open organisations of {before.edition}", kept, len(then))],
        failed=len(then) - kept if kept < share * len(then) else 0,
        expected=f"at least {percent(share, 0)} of the {len(then):,} of {before.edition}",
        observed=f"{kept:,} are still open",
        total=len(then),
        message=f"{len(then) - kept:,} of {len(then):,} open in {before.edition} are not open any "
        f"more: {_words(_gone(view, then - now))}; is the file complete, and is everything spelt "
        "as before?",
    )


def accounted_for(view: EditionView) -> Evidence:
    """Find open organisations of the previous edition that are neither open nor closed."""
    rule, (before, why) = "register_accounted_for", view.previous()
    if before is None:
        return skipped(rule, why)
    then = _open(before)
    gone = _gone(view, then - _open(view)).filter(pl.col("until").is_null())
    return offences(
        rule,
        gone["org_code"].to_list(),
        expected="a closing date of each organisation that is no longer open",
        observed=f"{gone.height:,} of {len(then):,} without",
        total=len(then),
        message=f"open in {before.edition}, not open now and without a closing date: "
        f"{_words(gone)}; they are not counted from this edition on",
    )


def reaches(view: EditionView) -> Evidence:
    """Find out whether the newest dates are of the edition's month or shortly before."""
    rule, contract = "register_dates", view.contract
    units = (_unit(contract), *contract.organisations)
    since = pl.max_horizontal(one.since for one in units if one.since)
    counted = pl.any_horizontal(matching(one) for one in contract.measures.values())
    dates = view.scan_tidy().select(since.max().alias("of_all"), since.filter(counted).max())
    newest: date | None
    newest, latest = dates.collect().row(0)
    if newest is None:
        return skipped(rule, "no row has a date")
    lag = int(view.check(rule).limit)
    early, late = add_months(view.month, -lag), days_of(view.month)[-1]
    is_later = latest is not None and latest > late
    fault = f"the newest date is {latest if is_later else newest:%d/%m/%Y}"
    return offences(
        rule,
        [fault] if newest < early or is_later else [],
        expected=f"a newest date from {month_text(early)} to {month_text(view.month)}",
        observed=fault,
        total=view.rows,
        message=f"{fault}: is {view.edition} the month in which the file was made, and is it "
        "whole? If not, withdraw it and import it with the right --edition",
    )


def _unit(contract: Contract) -> Organisation:
    if contract.reporting_unit is None:
        raise ValueError(f"{contract.feed} has no `reporting_unit:`")
    return contract.reporting_unit


def _deciding(contract: Contract) -> list[str]:
    """Return the columns that decide whether a row counts."""
    measures = contract.measures.values()
    return list(dict.fromkeys(name for one in measures for name in (*one.where, *one.matches)))


def _distinct(view: EditionView, name: str) -> list[str]:
    texts = view.scan_tidy().select(pl.col(name).cast(pl.String)).unique().sort(name).collect()
    return [text or "nothing" for text in texts[name]]


def _open(view: EditionView) -> frozenset[str]:
    """Return codes of the organisations that are open in the edition's month."""
    cells = view.measures()
    return frozenset() if cells is None else frozenset(cells.filter(month=view.month)["org_code"])


def _gone(view: EditionView, codes: frozenset[str]) -> pl.DataFrame:
    """Return what the edition now says of organisations: `org_code`, `name`, `until` and `told`,
    nulls where it does not list them."""
    unit, said = _unit(view.contract), _deciding(view.contract)
    named = [one.name for one in view.contract.organisations if one.code == unit.code and one.name]
    text = [pl.col(name).cast(pl.String) for name in said] or [pl.lit("listed")]
    rows = view.newest_rows(unit.since or "", unit.until or "", *named, *said)
    last = (
        rows.sort(unit.since or "")
        .unique("org_code", keep="last")
        .select(
            "org_code",
            (pl.col(named[0]) if named else pl.lit("")).alias("name"),
            pl.col(unit.until or "").alias("until"),
            pl.concat_str(text, separator=", ").alias("told"),
        )
    )
    wanted = pl.DataFrame({"org_code": sorted(codes)}, schema={"org_code": pl.String})
    return wanted.join(last, on="org_code", how="left", maintain_order="left")


def _words(gone: pl.DataFrame) -> str:
    said = []
    for one in gone.iter_rows(named=True):
        closed = f"closed {one['until']:%d/%m/%Y}" if one["until"] else one["told"]
        name = f" {one['name']}" if one["name"] else ""
        said.append(f"{one['org_code']}{name} ({closed or 'not in the file'})")
    return listed(said, SHOWN)
