"""Evidence of drift: an edition against the nearest earlier accepted one, on what both contain. A
missing part never holds an edition: it shows as organisations that vanished. Messages on local
returns name organisations, never their counts. Not here: what may be compared
(`checks.comparison`), labels (`checks.label_drift`), size and number of files (`checks.files`)."""

from __future__ import annotations

import math

import polars as pl

from checks.check_evidence import MEETING, SHOWN, Evidence, about_as_many, listed, numbers, skipped
from checks.check_model import Check
from checks.comparison import compare, span
from checks.edition_view import EditionView
from checks.expectations import Declared, change_within
from warehouse.base.months import month_text
from warehouse.base.number_format import percent, signed_percent
from warehouse.contract.model import Contract
from warehouse.transform.derived import read_derived

# The expectations on sums: of restated months, or of the newest month of each edition.
RESTATED, NEWEST = "restated", "newest"
SAMPLE = 50  # changes within the limit that are evidence, the largest

Change = tuple[str, str, int, int]  # measure, month (or none in particular), before, now


def rows(view: EditionView) -> Evidence:
    """Compare the rows of the organisations and months that both editions have."""
    rule, both = "rows_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    if both.cells.is_empty():
        return skipped(rule, f"no organisation-month in common with {both.before.edition}")
    check = view.check(rule)
    now, then = (int(both.cells[name].sum()) for name in ("rows", "rows_before"))
    if max(now, then) < (check.least or 0):
        return skipped(rule, f"{now} rows, {then} in {both.before.edition}: too few to compare")
    asks = (
        f", of the same organisations, over {both.span_text}: check for missing or duplicated rows"
    )
    pair = _pair(view, now, then)
    return about_as_many(rule, "rows", now, then, check.limit, both.before.edition, asks, pair)


def sums(view: EditionView) -> Evidence:
    """Compare the sum of every measure, over what both editions have."""
    rule, both = "sums_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    check = view.check(rule)
    limits = sums_expected(view.contract, check)
    kind = RESTATED if both.restated else NEWEST
    limit = limits[kind].arguments["share"]
    found = [_summed(both.cells, name, "") for name in view.contract.measures]
    return _changes(view, rule, found, limit, both.before, f"over {both.span_text}", (kind,))


def sums_expected(_: Contract, check: Check) -> Declared:
    """Return the expectations on sums: over restated months, or from one month to the next."""
    from_month = check.month_on_month or check.limit
    return {RESTATED: change_within(check.limit), NEWEST: change_within(from_month)}


def restated(view: EditionView) -> Evidence:
    """Compare every restated month, by measure."""
    rule, both = "restated_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    if not both.restated:
        return skipped(rule, f"no month of {both.before.edition} is restated")
    months = both.cells.partition_by("month", maintain_order=True)
    found = [
        _summed(cells, name, month_text(cells["month"][0]))
        for name in view.contract.measures
        for cells in months
    ]
    where = f"in each month of {span(both.cells['month'])}"
    return _changes(view, rule, found, view.check(rule).limit, both.before, where)


def halved(view: EditionView) -> Evidence:
    """Find restated organisation-months that fell to a fraction of their earlier value: scattered
    missing rows hardly change a sum."""
    rule, both = "figures_not_halved", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    if not both.restated:
        return skipped(rule, f"no month of {both.before.edition} is restated")
    check, measure = view.check(rule), next(iter(view.contract.measures))
    now, then = pl.col(measure), pl.col(f"{measure}_before")
    judged = both.cells.filter(then >= (check.least or 0)).sort("month", "org_code")
    fallen = judged.filter(now < 1 / check.limit * then)
    sound = judged.filter(now >= 1 / check.limit * then)
    rows = pl.concat([fallen, sound.head(MEETING)]).select("org_code", "month", then, now)
    compared = [
        (f"{code} {month_text(month)}", after, before) for code, month, before, after in rows.rows()
    ]
    told = [
        f"{item}: {measure} {before:,} to {after:,}"
        for item, after, before in compared[: fallen.height]
    ]
    return numbers(
        rule,
        compared,
        failed=len(told),
        expected=f"at least 1/{check.limit:g} of its value in {both.before.edition}",
        observed=f"{len(told):,} of {judged.height:,} organisation-months are below",
        total=judged.height,
        message=f"{listed(told, mark='; ')}: check for missing rows and import the file again; "
        "if the publisher explains the fall, accept the edition with that reason",
    )


def _summed(cells: pl.DataFrame, measure: str, month: str) -> Change | None:
    """Sum a measure before and now, over the cells that have it in both; None if none does."""
    now, then = pl.col(measure), pl.col(f"{measure}_before")
    given = now.is_not_null() & then.is_not_null()
    sums = (one.filter(given).sum() for one in (then, now))
    count, before, after = cells.select(given.sum().alias("given"), *sums).row(0)
    return (measure, month, before, after) if count else None


def _relative(change: Change) -> float:
    _, _, then, now = change
    return (now - then) / then if then else float(now != 0) * float("inf")


def _changes(
    view: EditionView,
    rule: str,
    found: list[Change | None],
    limit: float,
    before: EditionView,
    where: str,
    judged_by: tuple[str, ...] = (),
) -> Evidence:
    """Return changes of more than the limit, the largest first."""
    known = [change for change in found if change]
    if not known:
        return skipped(rule, f"no figure in common with {before.edition}")
    ranked = sorted(known, key=lambda change: -abs(_relative(change)))
    beyond = [_in_words(view, one) for one in ranked if abs(_relative(one)) > limit]
    largest = _in_words(view, ranked[0]) if _relative(ranked[0]) else "no change"
    return numbers(
        rule,
        [_figures(view, one) for one in ranked[: len(beyond) + SAMPLE]],
        failed=len(beyond),
        judged_by=judged_by,
        expected=f"changes of at most {percent(limit, 0)} from {before.edition}, {where}",
        observed=largest if not beyond else f"{len(beyond)} of {len(known)} change by more",
        total=len(known),
        message=f"{listed(beyond, mark='; ')}. No action if the publisher explains the "
        "change; otherwise query it",
    )


def _figures(view: EditionView, change: Change) -> tuple[str, float, float]:
    measure, month, then, now = change
    return (f"{measure} {month}".strip(), *_pair(view, now, then))


def _pair(view: EditionView, now: int, then: int) -> tuple[float, float]:
    """Return two counts to compare; of local returns the ratio, rounded towards 1, and 1."""
    if not view.contract.local_return:
        return now, then
    if not then:
        return 1, float(not now)
    return math.nextafter(now / then, 1), 1


def _in_words(view: EditionView, change: Change) -> str:
    """Describe a change: `appointments 2025-10: 254,381 to 254,739 (+0.1%)`; local returns without
    the counts."""
    measure, month, then, now = change
    by = signed_percent(_relative(change)) if then else "from zero"
    name = f"{measure} {month}".strip()
    return f"{name}: {by}" if view.contract.local_return else f"{name}: {then:,} to {now:,} ({by})"


def organisations(view: EditionView) -> Evidence:
    """Find organisations that appeared or vanished between the newest months of both editions."""
    rule, both = "organisations_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    appeared, vanished = sorted(both.now - both.then), sorted(both.then - both.now)
    limit = view.check(rule).limit * len(both.then)
    beyond = max(len(appeared), len(vanished)) > limit
    told = [
        f"{len(codes):,} {word}: {_named(one, codes)}"
        for word, codes, one in (
            ("appeared", appeared, view),
            ("vanished", vanished, both.before),
        )
        if codes and beyond
    ]
    return numbers(
        rule,
        [
            ("appeared", len(appeared), len(both.then)),
            ("vanished", len(vanished), len(both.then)),
        ],
        failed=len(appeared) + len(vanished) if beyond else 0,
        expected=f"about the {len(both.then):,} organisations of {both.before.edition}",
        observed=f"{len(appeared):,} appeared, {len(vanished):,} vanished",
        total=len(both.now | both.then),
        message=f"{'; '.join(told)}. Import any missing part; no action for merged or closed "
        "organisations",
    )


def comes_whole(contract: Contract) -> bool:
    """Whether a publisher issues the feed in one piece, so that no part can follow later. Local
    returns are not checked by who sent one."""
    return contract.reporting_unit is not None and not (
        contract.completeness.expected_feed or contract.local_return
    )


def remaining(view: EditionView) -> Evidence:
    """Compare organisations with the edition before, for a feed issued in one piece: a truncated
    file has valid rows, but fewer organisations."""
    rule, both = "organisations_remain", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    check = view.check(rule)
    if len(both.then) < (check.least or 0):
        return skipped(rule, f"{len(both.then)} in {both.before.edition}: too few to compare")
    kept = len(both.then & both.now)
    told = f"{kept:,} of the {len(both.then):,} organisations of {both.before.edition} are present"
    return numbers(
        rule,
        [("organisations present", kept, len(both.then))],
        failed=len(both.then) - kept if kept < check.limit * len(both.then) else 0,
        expected=f"at least {percent(check.limit, 0)} of them",
        observed=told,
        total=len(both.then),
        message="the file may be cut short: import it again; if the publisher changed its scope, "
        "accept the edition with that reason",
    )


def _named(view: EditionView, codes: list[str]) -> str:
    """Return the first codes with their names in the edition's files."""
    wanted = codes[:SHOWN]
    level = view.contract.reporting_unit.level if view.contract.reporting_unit else ""
    seen = read_derived(
        view.home, "organisations", view.files, ["org_level", "org_code", "org_name"]
    ).filter(pl.col("org_code").is_in(wanted), org_level=level)
    names = dict(seen.drop_nulls().select("org_code", "org_name").iter_rows())
    shown = [f"{code} ({names[code]})" if code in names else code for code in codes]
    return listed(shown)
