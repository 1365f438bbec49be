"""Evidence on figures: parts and totals, plausible shares, months that are not in the future. A
feed's `checks.yaml` names the measures. Messages on local returns name organisations, never their
counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from checks.check_catalogue import feed_words
from checks.check_evidence import (
    MEETING,
    Evidence,
    Limited,
    compared,
    limited,
    listed,
    offences,
    skipped,
)
from checks.check_model import PartOfTotal, Share, Split
from checks.edition_view import EditionView
from checks.expectations import (
    Declaration,
    Expectation,
    at_most,
    equal,
    none_found,
    within_own_limits,
)
from warehouse.archive.source_files import SourceFile
from warehouse.base.months import month_text, months_apart
from warehouse.base.number_format import percent
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.derived import read_derived
from warehouse.transform.measure import month_of

FAILING = 1_000  # organisation-months that fail and are compared one by one


def expected(rule: str) -> Declaration:
    """Declare the expectations of a rule, for each column that the feed's `checks.yaml` names."""
    return lambda contract, _check: _expectations(contract)[rule]


def _expectations(contract: Contract) -> dict[str, dict[str | None, Expectation]]:
    """Rule -> column -> expectation: on the numbers, except of local returns, which show none."""
    words, local = feed_words(contract.feed), contract.local_return
    same, less, limits = equal(), at_most(), within_own_limits()
    if local:
        same = less = limits = none_found()
    return {
        "parts_sum_to_total": {
            one.split or one.total: none_found() if one.split else same
            for one in words.parts_sum_to_total
        },
        "part_within_total": {one.part: less for one in words.part_within_total},
        "shares_plausible": {one.part: limits for one in words.shares_plausible},
    }


FIRST_YEAR = 2010  # an earlier modification date in a file is wrong


def months(view: EditionView) -> Evidence:
    """Compare months with the month in which each file was published, or else saved."""
    rule, found, failed, total = "month_not_future", list[str](), 0, 0
    limits, ahead = [], list[tuple[str, int]]()
    for file in view.files:
        until = _published(file)
        cells = read_derived(view.home, "measures", [file], ["month", "rows"])
        later = cells.filter(pl.col("month") > until)
        limits.append(until)
        total += int(cells["rows"].sum())
        failed += int(later["rows"].sum())
        newest = cells["month"].unique().sort(descending=True).head(max(MEETING, later.height))
        ahead += [(f"{month_text(m)} in {file.file_name}", months_apart(until, m)) for m in newest]
        for month in later["month"].unique().sort():
            how = "published" if file.published_on else "saved"
            found.append(f"{month_text(month)} in {file.file_name}, {how} {month_text(until)}")
    evidence = offences(
        rule,
        found,
        expected=f"no month after {month_text(max(limits))}",
        observed=listed(found, mark="; ") or "none",
        total=total,
        message="these months are after the file's own date: check the month, and the day on which "
        "the file was published (`import --published`)",
        failed=failed,
    )
    schema = {"item": pl.String, "number": pl.Float64}
    return replace(evidence, frame=pl.DataFrame(ahead, schema=schema, orient="row"))


def _published(file: SourceFile) -> date:
    """Return the month in which a file was published, if known; else saved, else imported."""
    saved = file.retrieved_at if file.retrieved_at.year >= FIRST_YEAR else file.imported_at
    return (file.published_on or saved.date()).replace(day=1)


def parts_sum(view: EditionView) -> Iterator[Evidence]:
    """Compare parts with their total, for every organisation-month that has all of them."""
    for split in feed_words(view.contract.feed).parts_sum_to_total:
        yield _labels_sum(view, split, split.split) if split.split else _measures_sum(view, split)


def _measures_sum(view: EditionView, split: Split) -> Evidence:
    """Compare measures with the one they add up to, where all of them are known."""
    added = pl.sum_horizontal(list(split.parts), ignore_nulls=False).alias("parts")
    cells = _cells(view).select("org_code", "month", added, pl.col(split.total).alias("total"))
    cells, wrong = cells.drop_nulls(), pl.col("parts") != pl.col("total")
    told = "parts add up to {}, the total is {}"
    places = _places(view, cells.filter(wrong), told, "parts", "total")
    return _numbers(view, _parts(split, places, cells.height), cells, wrong, "parts", "total")


def _labels_sum(view: EditionView, split: Split, column: str) -> Evidence:
    """Find rows under labels that are no part, so that the parts fall short of the total."""
    unit, counts = view.contract.reporting_unit, view.contract.measures[split.total].column
    if unit is None or counts is None:
        raise ValueError(f"{view.contract.feed}: labels can't split `{split.total}`")
    others = (
        view.scan_tidy()
        .filter(~pl.col(column).is_in(list(split.parts)) & (pl.col(counts) > 0))
        .group_by(
            pl.col(unit.code).alias("org_code"), month_of(view.contract, view.month).alias("month")
        )
        .agg(pl.col(counts).sum(), pl.col(column).cast(pl.String).unique().sort().alias("labels"))
        .with_columns(pl.col("labels").list.join(", "))
        .collect(engine="streaming")
    )
    places = _places(view, others, "{} under {}, which is not a part", counts, "labels")
    return _parts(split, places, _cells(view).height)


def _parts(split: Split, places: list[str], total: int) -> Evidence:
    """Return evidence of one split: the places whose parts differ from the total."""
    rule, parts = "parts_sum_to_total", " + ".join(split.parts)
    if not total:
        why = f"no organisation-month has both {parts} and {split.total}"
        return skipped(rule, why, split.split)
    return offences(
        rule,
        places,
        expected=f"{parts} = {split.total}",
        observed=f"{len(places):,} of {total:,} organisation-months differ",
        total=total,
        message=f"{listed(places, mark='; ')}. Check for a part that is missing in the "
        "file, or in parts_sum_to_total of the feed's checks.yaml",
        column=split.split or split.total,
    )


def part_within(view: EditionView) -> Iterator[Evidence]:
    """Find parts that are larger than their total, by organisation and month."""
    rule, every = "part_within_total", _cells(view)
    for pair in feed_words(view.contract.feed).part_within_total:
        cells = every.select("org_code", "month", pair.part, pair.total).drop_nulls()
        if cells.is_empty():
            why = f"no organisation-month has both {pair.part} and {pair.total}"
            yield skipped(rule, why, pair.part)
            continue
        more = pl.col(pair.part) > pl.col(pair.total)
        told = "{}, but only {} in all"
        places = _places(view, cells.filter(more), told, pair.part, pair.total)
        found = offences(
            rule,
            places,
            expected=f"{pair.part} <= {pair.total}",
            observed=f"{len(places):,} of {cells.height:,} organisation-months have more",
            total=cells.height,
            message=f"{listed(places, mark='; ')}. {_rows_with_more(view, pair)}Check for swapped "
            "columns"
            if places
            else "",
            column=pair.part,
        )
        yield _numbers(view, found, cells, more, pair.part, pair.total)


def _rows_with_more(view: EditionView, pair: PartOfTotal) -> str:
    """Name the rows whose part is larger than its total, by their headings, where a row has both
    and a file is one of an edition."""
    contract, several = view.contract, len(view.files) > 1
    part, total = contract.measures[pair.part].sum, contract.measures[pair.total].sum
    if part is None or total is None or part == total or (several and not contract.local_return):
        return ""
    rows = view.scan_tidy().filter(pl.col(part) > pl.col(total)).select(SOURCE_ROW)
    found = [f"{row}" for row in rows.collect().to_series().sort()]
    if not found:
        return ""
    more, less = (_heading(contract, name) for name in (part, total))
    return f"{more} is above {less} in row {listed(found)}. "


def _heading(contract: Contract, name: str) -> str:
    """Return a column's heading as published; a column that is made of others has its own name."""
    return (contract.columns[name].published or (name,))[0]


def _numbers(
    view: EditionView, found: Evidence, cells: pl.DataFrame, wrong: pl.Expr, now: str, before: str
) -> Evidence:
    """Return evidence with the numbers that are compared: the organisation-months that fail, and a
    few that do not. Of local returns it keeps the faults in words, without numbers."""
    if view.contract.local_return or found.skipped:
        return found
    ordered = cells.sort("month", "org_code")
    shown = [ordered.filter(wrong).head(FAILING), ordered.filter(~wrong).head(MEETING)]
    return replace(found, frame=compared(pl.concat(shown), "org_code", now, before))


def shares(view: EditionView) -> Iterator[Evidence]:
    """Compare shares of the whole edition and of each organisation-month with their limits."""
    for share in feed_words(view.contract.feed).shares_plausible:
        cells = _cells(view).select("org_code", "month", share.part, share.total).drop_nulls()
        whole = cells.select(pl.sum(share.total, share.part))
        if whole[share.total][0] < share.each_from:
            why = f"fewer than {share.each_from:,} {share.total}: too few to check a share"
            yield skipped("shares_plausible", why, share.part)
        else:
            yield _share(view, share, cells, whole[share.part][0] / whole[share.total][0])


def _share(view: EditionView, share: Share, cells: pl.DataFrame, whole: float) -> Evidence:
    of_each = cells.filter(pl.col(share.total) >= share.each_from).with_columns(
        share=pl.col(share.part) / pl.col(share.total)
    )
    odd = of_each.filter(~pl.col("share").is_between(*share.each)).with_columns(
        told=pl.format("{}%", (pl.col("share") * 100).round(1))
    )
    least, most = share.whole
    outside = [] if least <= whole <= most else [f"the whole edition: {percent(whole)}"]
    places = outside + _places(view, odd, "{}", "told")
    each = " to ".join(percent(bound, 0) for bound in share.each)
    evidence = offences(
        "shares_plausible",
        places,
        expected=f"{percent(least, 0)} to {percent(most, 0)} of all {share.total}, {each} of each "
        f"organisation-month of {share.each_from:,} or more",
        observed=f"{percent(whole)} of all; {odd.height:,} of {of_each.height:,} "
        "organisation-months outside",
        total=of_each.height + 1,
        message=f"{share.part}: {listed(places, mark='; ')}. Check for a change in recording, or "
        "missing rows",
        column=share.part,
    )
    if view.contract.local_return:
        return evidence
    return limited(evidence, [("the whole edition", whole, least, most), *_each(share, of_each)])


def _each(share: Share, of_each: pl.DataFrame) -> list[Limited]:
    """Return the share of the organisation-months that lie outside the limits, and of a few that do
    not, each with the limits."""
    odd = ~pl.col("share").is_between(*share.each)
    ordered = of_each.sort("month", "org_code")
    shown = pl.concat([ordered.filter(odd).head(FAILING), ordered.filter(~odd).head(MEETING)])
    rows = shown.select("org_code", "month", "share").iter_rows()
    return [(f"{code} {month_text(month)}", found, *share.each) for code, month, found in rows]


def _cells(view: EditionView) -> pl.DataFrame:
    """Return the measures in force of organisation-months that lost no rows to quarantine."""
    cells = view.measures()
    if cells is None:
        raise ValueError(f"{view.contract.feed} {view.edition} has no measures")
    return cells.filter(~pl.col("unreliable"))


def _places(view: EditionView, wrong: pl.DataFrame, words: str, *columns: str) -> list[str]:
    """Describe places: `C82001 2025-10: 12, but only 10 in all`; no counts of local returns."""
    told = []
    for code, month, *values in (
        wrong.sort("month", "org_code").select("org_code", "month", *columns).iter_rows()
    ):
        numbers = [f"{one:,}" if isinstance(one, int) else one for one in values]
        counts = "" if view.contract.local_return else ": " + words.format(*numbers)
        told.append(f"{code} {month_text(month)}{counts}")
    return told
