"""Business rules of Pharmacy First claims: a plausible month may still lack claims."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from checks.check_evidence import Evidence, listed, offences, skipped, within
from checks.edition_view import EditionView
from checks.expectations import between, not_below, within_factor
from checks.feed_rules import Rule
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.base.number_format import percent

TOTAL, BEFORE_IT = "consultations", "CPCS"
BOARD, SHOWN = "local_authority_name", 20


def _began(view: EditionView) -> date:
    """Return the first month of Pharmacy First from the contract."""
    return parse_month(view.contract.measures[TOTAL].first_month or "")


def services(view: EditionView) -> Evidence:
    """Check that the month has every service: without one, a total is too small but plausible."""
    pharmacy_first = view.contract.measures[TOTAL].where["service"]
    wanted = [BEFORE_IT] if view.month < _began(view) else list(pharmacy_first)
    seen = view.newest_rows("service")["service"].cast(pl.String).unique()
    missing = [service for service in wanted if service not in set(seen)]
    return _all_there(
        "pharmacy_services_present",
        "service",
        seen,
        wanted,
        expected=f"{len(wanted)} service(s)",
        observed=f"{len(wanted) - len(missing)} of {len(wanted)} present",
        message=f"missing: {', '.join(missing)}; totals without them would be too small; if the "
        f"publisher renamed a service, add the new name to the contract; {_named_in(view)}"
        if missing
        else "",
    )


def _named_in(view: EditionView) -> str:
    """Describe the headings under which each file names its services."""
    contract, told = view.contract, list[str]()
    for file in view.files:
        column = contract.columns_in(file.headings).get("service")
        named = [column] if column else [h for h in file.headings if contract.is_label(h)]
        headings = listed([f"`{heading}`" for heading in named], SHOWN)
        told.append(f"{file.file_name} names services under {headings or 'no heading'}")
    return "; ".join(told)


def _all_there(
    rule: str,
    column: str,
    seen: pl.Series,
    wanted: list[str],
    expected: str,
    observed: str,
    message: str,
) -> Evidence:
    """Return evidence that every expected value is among those found."""
    return Evidence(
        rule,
        column,
        pl.DataFrame(
            {"item": wanted, "number": [float(one in set(seen)) for one in wanted]},
            schema={"item": pl.String, "number": pl.Float64},
        ),
        expected=expected,
        observed=observed,
        failed_rows=len(set(wanted) - set(seen)),
        total_rows=len(wanted),
        message=message,
    )


def claimants(view: EditionView) -> Iterator[Evidence]:
    """Compare the pharmacies and ICBs that claim with those of the edition before."""
    rule = "claims_month_complete"
    before, why = view.previous()
    if before is None:
        yield skipped(rule, why)
        return
    ours, theirs = _claiming(view), _claiming(before)
    now, then = (of["org_code"].n_unique() for of in (ours, theirs))
    yield _pharmacies(rule, now, then, view.check(rule).limit, before)
    icbs, wanted = ours["icb_code"].unique(), sorted(theirs["icb_code"].unique())
    gone = sorted(set(wanted) - set(icbs))
    yield _all_there(
        rule,
        "icb_code",
        icbs,
        wanted,
        expected=f"the {len(wanted)} ICBs of {before.edition}",
        observed=f"{len(gone)} of them missing" if gone else "all present",
        message=f"no claim in {', '.join(gone)}: they may have merged, or the month may have been "
        "published before all claims were in"
        if gone
        else "",
    )


def _claiming(view: EditionView) -> pl.DataFrame:
    """Return `org_code, icb_code` of pharmacies that claimed; a file may list others with 0."""
    rows = view.newest_rows("icb_code", "consultations").filter(pl.col("consultations") > 0)
    return rows.select("org_code", "icb_code").unique()


def _pharmacies(rule: str, now: int, then: int, share: float, before: EditionView) -> Evidence:
    least = share * then
    short = now < least
    return Evidence(
        rule,
        "pharmacy_code",
        pl.DataFrame({"item": ["pharmacies with a claim"], "now": [now], "before": [then]}),
        expected=f"at least {percent(share, 0)} of the {then:,} pharmacies of {before.edition}",
        observed=f"{now:,} pharmacies",
        failed_rows=then - now if short else 0,
        total_rows=then,
        message=f"{now:,} pharmacies claimed, {then:,} in {before.edition}: the month may have "
        "been published before all claims were in; expect a re-issue"
        if short
        else "",
    )


def boards(view: EditionView) -> Evidence:
    """List contractors that claim and have no board. They count for their ICB and England, and for
    the local authority that an earlier file or list has; files of the wide era have no boards."""
    rule = "claims_have_a_board"
    if not any("local_authority_name" in view.contract.columns_in(f.headings) for f in view.files):
        return skipped(rule, "files of the wide era have no health and wellbeing boards")
    rows = view.newest_rows("icb_code", BOARD, "consultations")
    claiming = rows.filter(pl.col("consultations") > 0)
    every = claiming["org_code"].n_unique()
    board = pl.col(BOARD).cast(pl.String).str.strip_chars()
    lacking = claiming.filter(board.fill_null("") == "")
    without = lacking.group_by("org_code").agg(
        pl.col("icb_code").first(), pl.col("consultations").sum()
    )
    named = [
        f"{code} ({icb}, {count:,} consultations)"
        for code, icb, count in without.sort("org_code").iter_rows()
    ]
    return offences(
        rule,
        named,
        expected="a board for each contractor that claims",
        observed=f"{len(named)} of {every:,} without one" if named else "all have one",
        total=every,
        message=f"{listed(named, SHOWN)}: they count for their ICB and England, and for the "
        "local authority in which the latest earlier file or pharmaceutical list has them, if any",
    )


def total(view: EditionView) -> Evidence:
    """Compare the total of Pharmacy First consultations with the edition before."""
    rule, second = "claims_total_in_bounds", add_months(_began(view), 1)
    if view.month < second:
        why = f"Pharmacy First began the month before {month_text(second)}: nothing to compare with"
        return skipped(rule, why)
    before, why = view.previous()
    if before is None:
        return skipped(rule, why)
    now, then = _consultations(view), _consultations(before)
    if then == 0:
        return skipped(rule, f"{before.edition} has no Pharmacy First consultation")
    times = view.check(rule).limit
    met = then <= now * times and now <= then * times
    return Evidence(
        rule,
        TOTAL,
        pl.DataFrame({"item": [TOTAL], "now": [now], "before": [then]}),
        expected=f"{within(times)} the {then:,} of {before.edition}",
        observed=f"{now:,} consultations",
        failed_rows=0 if met else 1,
        total_rows=1,
        message=""
        if met
        else f"{now:,} consultations in {view.edition}, {then:,} in {before.edition}: check "
        "for a missing part, or rows counted twice",
    )


def _consultations(view: EditionView) -> int:
    cells = view.measures()
    return 0 if cells is None else int(cells[TOTAL].sum())


RULES = {
    "pharmacy_services_present": Rule(services, lambda *_: {"service": between(1)}),
    "claims_month_complete": Rule(
        claimants,
        lambda _, check: {"pharmacy_code": not_below(check.limit), "icb_code": between(1)},
    ),
    "claims_have_a_board": Rule(boards),
    "claims_total_in_bounds": Rule(total, lambda _, check: {TOTAL: within_factor(check.limit)}),
}
