"""Evidence of drift: an edition against the nearest earlier accepted one, on what both contain. A
missing part never holds an edition: it shows as organisations that vanished. Messages on local
returns name organisations, never their counts. Not here: what may be compared
(`checks.comparison`), size and number of files (`checks.files`)."""

from __future__ import annotations

import polars as pl

from checks.comparison import Compared, compare, span
from checks.edition_view import (
    SHOWN,
    EditionView,
    Evidence,
    about_as_many,
    listed,
    offences,
    skipped,
)
from warehouse.base.months import month_text
from warehouse.base.number_format import percent, signed_percent
from warehouse.contract.model import Contract
from warehouse.transform.lake import lake_paths

Change = tuple[str, str, int, int]  # measure, month (or none in particular), before, now


def label_columns(contract: Contract) -> list[str]:
    """Return columns with a closed list of several labels."""
    columns = contract.columns.items()
    return [n for n, c in columns if c.type == "label" and len(contract.labels(n)) > 1]


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
    return about_as_many(rule, "rows", now, then, check.limit, both.before.edition, asks)


def sums(view: EditionView) -> Evidence:
    """Compare the sum of every measure, over what both editions have."""
    rule, both = "sums_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    check = view.check(rule)
    limit = check.limit if both.restated else check.month_on_month or check.limit
    found = [_summed(both.cells, name, "") for name in view.contract.measures]
    return _changes(view, rule, found, limit, both.before, f"over {both.span_text}")


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
    judged = both.cells.filter(then >= (check.least or 0))
    fallen = judged.filter(now * check.limit < then).sort("month", "org_code")
    told = [
        f"{code} {month_text(month)}: {measure} {before:,} to {after:,}"
        for code, month, before, after in fallen.select("org_code", "month", then, now).iter_rows()
    ]
    return offences(
        rule,
        told,
        expected=f"at least 1/{check.limit:g} of its value in {both.before.edition}",
        observed=f"{len(told):,} of {judged.height:,} organisation-months are below",
        total=judged.height,
        message=f"{listed(told, mark='; ')}: check for missing rows and import the file again; "
        "if the publisher explains the fall, accept the edition with that reason",
    )


def _summed(cells: pl.DataFrame, measure: str, month: str) -> Change | None:
    """Sum a measure before and now, over the cells that have it in both; None if none does."""
    given = cells.select(pl.col(measure).alias("now"), pl.col(f"{measure}_before").alias("then"))
    given = given.drop_nulls()
    if given.is_empty():
        return None
    return measure, month, int(given["then"].sum()), int(given["now"].sum())


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
) -> Evidence:
    """Return changes of more than the limit, the largest first."""
    known = [change for change in found if change]
    if not known:
        return skipped(rule, f"no figure in common with {before.edition}")
    ranked = sorted(known, key=lambda change: -abs(_relative(change)))
    beyond = [_in_words(view, one) for one in ranked if abs(_relative(one)) > limit]
    largest = _in_words(view, ranked[0]) if _relative(ranked[0]) else "no change"
    return offences(
        rule,
        beyond,
        expected=f"changes of at most {percent(limit, 0)} from {before.edition}, {where}",
        observed=largest if not beyond else f"{len(beyond)} of {len(known)} change by more",
        total=len(known),
        message=f"{listed(beyond, mark='; ')}. No action if the publisher explains the "
        "change; otherwise query it",
    )


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
    return offences(
        rule,
        [*appeared, *vanished] if beyond else [],
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
    return offences(
        rule,
        [told] if kept < check.limit * len(both.then) else [],
        expected=f"at least {percent(check.limit, 0)} of them",
        observed=told,
        total=len(both.then),
        message="the file may be cut short: import it again; if the publisher changed its scope, "
        "accept the edition with that reason",
        failed=len(both.then) - kept if kept < check.limit * len(both.then) else 0,
    )


def _named(view: EditionView, codes: list[str]) -> str:
    """Return the first codes with their names in the edition's files."""
    wanted = codes[:SHOWN]
    level = view.contract.reporting_unit.level if view.contract.reporting_unit else ""
    frames = [
        pl.read_parquet(
            lake_paths(view.home, file).organisations,
            columns=["org_level", "org_code", "org_name"],
        ).filter(pl.col("org_code").is_in(wanted), org_level=level)
        for file in view.files
    ]
    names = dict(pl.concat(frames).drop_nulls().select("org_code", "org_name").iter_rows())
    shown = [f"{code} ({names[code]})" if code in names else code for code in codes]
    return listed(shown)


def labels(view: EditionView) -> Evidence:
    """Find labels that appeared or vanished among the organisations that both editions have."""
    rule, both = "labels_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    share, columns = view.check(rule).limit, label_columns(view.contract)
    found: list[str] = []
    seen = _rows_by_label(view, both), _rows_by_label(both.before, both)
    for column in columns:
        now, then = (one[column] for one in seen)
        found += _missed(column, "appeared", now, then, share)
        found += _missed(column, "vanished", then, now, share)
    return offences(
        rule,
        found,
        expected=f"the labels of {both.before.edition}",
        observed=listed(found, mark="; ") or "the same labels",
        total=sum(len(seen[0][column] | seen[1][column]) for column in columns),
        message=f"{listed(found, mark='; ')} since {both.before.edition}: check for a renamed "
        "label or missing rows",
    )


def _missed(
    column: str, word: str, here: dict[str, int], there: dict[str, int], share: float
) -> list[str]:
    """Return labels of one edition that the other has no row of, unless they are rare."""
    least = share * sum(here.values())
    gone = sorted(label for label, n in here.items() if label not in there and n >= least)
    return [f"`{label}` of {column} {word}" for label in gone]


def _rows_by_label(view: EditionView, both: Compared) -> dict[str, dict[str, int]]:
    """Count rows by label column and label, of the organisations that both editions have."""
    contract, common = view.contract, both.now & both.then
    tidy = view.scan_tidy()
    if contract.reporting_unit and (both.then if view is both.before else both.now) - common:
        tidy = tidy.filter(pl.col(contract.reporting_unit.code).is_in(list(common)))
    every = [(name, one) for name in label_columns(contract) for one in contract.labels(name)]
    masks = [(pl.col(name) == one).sum().alias(str(i)) for i, (name, one) in enumerate(every)]
    counts = tidy.select(masks).collect(engine="streaming").row(0)
    found: dict[str, dict[str, int]] = {name: {} for name, _ in every}
    for (name, one), rows in zip(every, counts, strict=True):
        if rows:
            found[name][one] = int(rows)
    return found
