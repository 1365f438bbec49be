"""Which checks a feed has and in which order they run; the checks of columns, keys and accepted
rows. They evaluate a compact frame of distinct values, in milliseconds, rather than three million
rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial

import polars as pl

from checks import (
    completeness as places,
)
from checks import (
    corrections_found as corrected,
)
from checks import (
    drift,
    files,
    new_months,
    plausible,
    population,
    rows,
)
from checks import (
    parents as hierarchy,
)
from checks.check_catalogue import MART, check_of, feed_words, mart_checks
from checks.edition_view import EditionView, Evidence, broken
from checks.expectations import (
    Expected,
    always,
    at_least,
    between,
    equal,
    in_set,
    none_found,
    unique,
)
from checks.feed_rules import Rule, feed_rules
from warehouse.base.months import month_text
from warehouse.contract.model import Contract, contracts
from warehouse.readers.matching import nearest_heading
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import source_columns
from warehouse.transform.corrections import corrections
from warehouse.transform.lake import lake_paths

KEYS = 1_000  # so many repeated keys of a file are listed row by row


def gather(view: EditionView, only: Collection[str] | None = None) -> Iterator[Evidence]:
    """Gather all the evidence on an edition, check by check (`only`: of these checks).

    A check that raises is reported as broken, and the next one runs.
    """
    for rule, one in _rules(view.contract).items():
        if only is None or rule in only:
            try:
                found = one.gather(view)
                yield from [found] if isinstance(found, Evidence) else found
            except Exception as error:  # the other checks still run
                yield broken(rule, error)


def rules_gathered(contract: Contract) -> list[str]:
    """Return the ids of a feed's checks, in the order in which they run."""
    return list(_rules(contract))


def suite_of(feed: str) -> tuple[Expected, ...]:
    """Return the expectations of a feed, or of the mart, in the order of their checks."""
    if feed == MART:
        return tuple(Expected(MART, one.rule, None, none_found()) for one in mart_checks())
    contract = contracts()[feed]
    return tuple(
        Expected(feed, rule, column, expectation)
        for rule, one in _rules(contract).items()
        for column, expectation in one.expects(contract, check_of(rule, feed)).items()
    )


def _rules(contract: Contract) -> dict[str, Rule]:
    """Check id -> how it is made, of every check that applies to a feed."""
    found: dict[str, Rule] = {
        "file_readable": Rule(files.readable, always(equal())),
        "file_type": Rule(files.type_of),
        "file_size": Rule(files.size),
        "members_as_before": Rule(files.members),
        "encoding_expected": Rule(files.encoding),
        "edition_from_content": Rule(files.basis, always(in_set(files.FROM_CONTENT))),
        "edition_month_there": Rule(files.own_month),
        "columns_present": Rule(_columns_present, always(between(1, 1))),
        "columns_expected": Rule(_columns_expected),
    }
    if contract.edition.title_date:
        found["title_date_plausible"] = Rule(files.title_date)
    if contract.discovery:
        found["download_whole"] = Rule(files.download)
    for rule in rows.row_rules_gathered(contract):
        found[rule] = Rule(partial(rows.row_rule, rule=rule), rows.expects)
    found["rows_accepted"] = Rule(_rows_accepted, always(between(1)))
    found["keys_unique"] = Rule(_keys, always(unique()))
    found["month_not_future"] = Rule(plausible.months)
    if corrections(contract.feed):
        found["corrections_found"] = Rule(corrected.found)
        found["corrections_expired"] = Rule(corrected.expired)
    if contract.measures:
        found["cells_whole"] = Rule(places.cells_whole, always(between(high=0)))
    found |= _rules_of_feed(contract)
    if hierarchy.columns_of(contract):
        found["icb_of_sub_icb"] = Rule(hierarchy.icbs)
    if hierarchy.board_column(contract):
        found["boards_known"] = Rule(hierarchy.boards)
    others = contract.completeness
    if others.expected_feed:
        found["coverage_present"] = Rule(places.coverage_present, always(between(1)))
        found["parts_complete"] = Rule(places.parts, always(at_least()))
    if others.reconcile_feed:
        found["sums_reconcile"] = Rule(places.sums, always(equal()))
    if population.people_are_judged(contract):
        found["people_within_population"] = Rule(population.people, population.people_expected)
    if population.practices_are_judged(contract):
        found["practices_known"] = Rule(population.practices, always(between(1)))
    return found | _against_before(contract) | feed_rules(contract.feed)


def _rules_of_feed(contract: Contract) -> dict[str, Rule]:
    """Return the generic business rules for which the feed's `checks.yaml` names measures."""
    words = feed_words(contract.feed)
    said = {
        "parts_sum_to_total": (words.parts_sum_to_total, plausible.parts_sum),
        "part_within_total": (words.part_within_total, plausible.part_within),
        "shares_plausible": (words.shares_plausible, plausible.shares),
    }
    of_columns = plausible.expected
    return {rule: Rule(look, of_columns(rule)) for rule, (named, look) in said.items() if named}


def _against_before(contract: Contract) -> dict[str, Rule]:
    found: dict[str, Rule] = {"rows_as_before": Rule(drift.rows)}
    if contract.measures:
        found["sums_as_before"] = Rule(drift.sums)
    found["organisations_as_before"] = Rule(drift.organisations)
    if drift.comes_whole(contract):
        found["organisations_remain"] = Rule(drift.remaining)
    if drift.label_columns(contract):
        found["labels_as_before"] = Rule(drift.labels)
    if contract.measures and contract.month:
        found["restated_as_before"] = Rule(drift.restated)
        if not contract.local_return:
            found["figures_not_halved"] = Rule(drift.halved)
    return found | new_months.rules(contract)


def _columns_present(view: EditionView) -> Evidence:
    """Check that each required column is present once; older layouts require fewer."""
    contract = view.contract
    headed: list[tuple[str, str, int]] = []  # file, column, headings
    for file in view.files:
        named = [contract.column_of(heading) for heading in file.headings]
        source = source_columns(contract, list(file.headings))
        wanted = [name for name in contract.columns if name in contract.required(file.headings)]
        headed += [(file.file_name, n, named.count(n) if n in source else 0) for n in wanted]
        headed += [(file.file_name, n, named.count(n)) for n in source if n not in wanted]
    missing = {name for _, name, headings in headed if headings == 0}
    doubled = {name for _, name, headings in headed if headings > 1}
    required = {name for file in view.files for name in contract.required(file.headings)}
    faults = [f"missing: {', '.join(sorted(missing))}"] if missing else []
    faults += [f"under two headings: {', '.join(sorted(doubled))}"] if doubled else []
    return Evidence(
        "columns_present",
        None,
        pl.DataFrame(
            {"item": [n for _, n, _ in headed], "number": [float(n) for *_, n in headed]}
        ).unique(maintain_order=True),
        expected=f"{len(required)} columns, each once",
        observed="; ".join(faults) or "all there",
        failed_rows=len(missing | doubled),
        total_rows=len(required),
        message=_renamed(view, missing) if missing else "",
    )


def _new_headings(view: EditionView) -> list[str]:
    """Return headings that are neither columns of the contract nor ignored columns."""
    known, headings = view.contract.is_known, {h for f in view.files for h in f.headings}
    return sorted(heading for heading in headings if heading.strip() and not known(heading))


def _renamed(view: EditionView, missing: set[str]) -> str:
    """Return the likely replacement of each missing column, by the words of its heading."""
    new, told = _new_headings(view), []
    for name in sorted(missing):
        wanted = view.contract.columns[name].published
        near = nearest_heading(wanted, new)
        told.append(f"`{wanted[0]}`" + (f" (is it now `{near}`?)" if near else ""))
    where = f"assets/feeds/{view.contract.feed}/contract.yaml"
    return (
        f"{', '.join(told)} not found; if the publisher renamed a column, add the heading to "
        f"{where}, otherwise download the file again"
    )


def _columns_expected(view: EditionView) -> Evidence:
    """List unexpected headings, and which missing column each may be."""
    contract, extra = view.contract, _new_headings(view)
    present = {contract.column_of(h) for file in view.files for h in file.headings}
    lost = [n for n in contract.columns if n not in present] if extra else []
    told = []
    for heading in extra:
        named = {h: name for name in lost for h in contract.columns[name].published}
        near = nearest_heading([heading], list(named))
        told.append(f"`{heading}` may be `{near}`, which is missing" if near else "")
    renamed = "; ".join(filter(None, told))
    return Evidence(
        "columns_expected",
        None,
        pl.DataFrame({"text": extra}, schema={"text": pl.String}),
        expected="no other column",
        observed=f"new: {', '.join(extra)}" if extra else "none",
        failed_rows=len(extra),
        total_rows=len(contract.columns) + len(extra),
        message=(f"{renamed}. " if renamed else "")
        + f"New columns are not read; add them to assets/feeds/{contract.feed}/contract.yaml if "
        "they matter."
        if extra
        else "",
    )


def _rows_accepted(view: EditionView) -> Evidence:
    accepted = sum(fact.rows for fact in view.facts)
    return Evidence(
        "rows_accepted",
        None,
        pl.DataFrame({"item": ["rows accepted"], "number": [float(accepted)]}),
        expected="at least one row",
        observed=f"{accepted:,} of {view.rows:,}",
        failed_rows=view.rows - accepted if accepted == 0 else 0,
        total_rows=view.rows,
        message="" if accepted else "no row meets the contract: check whether it is the right file",
    )


def _keys(view: EditionView) -> Evidence:
    """Find keys that occur twice in one file: an error, unless the contract adds them up."""
    repeated, example, rows = 0, "", list[tuple[str, str]]()
    key = list(view.contract.key)
    for file in view.files:
        tidy = pl.scan_parquet(lake_paths(view.home, file).tidy)
        counted = tidy.select(
            pl.len().alias("rows"), pl.struct(key).hash(0).n_unique().alias("keys")
        ).collect(engine="streaming")
        if counted["rows"][0] == counted["keys"][0]:
            continue
        grouped = tidy.group_by(key).agg(pl.col(SOURCE_ROW).sort())
        twice = pl.col(SOURCE_ROW).list.len() > 1
        groups = grouped.filter(twice).collect(engine="streaming")
        repeated += groups.height
        rows += _rows_of_keys(groups.head(KEYS), file.file_name)
        example = example or _repeated_keys(groups, key, file.file_name)
    summed = view.contract.repeated_keys == "sum"
    note = "repeated keys are added up, as the contract requires" if summed else example
    return Evidence(
        "keys_unique",
        ", ".join(key),
        pl.DataFrame([] if summed else rows, schema=["item", "text"], orient="row"),
        expected="each key once" if not summed else "repeated keys, if any, are added up",
        observed=f"{repeated:,} repeated keys",
        failed_rows=0 if summed else repeated,
        total_rows=view.rows,
        message=note if repeated else "",
    )


def _rows_of_keys(groups: pl.DataFrame, file_name: str) -> list[tuple[str, str]]:
    """Return rows of repeated keys, and the key of each."""
    return [
        (f"row {number} of {file_name}", " | ".join([file_name, *map(str, values)]))
        for *values, numbers in groups.iter_rows()
        for number in numbers
    ]


def _repeated_keys(groups: pl.DataFrame, key: list[str], file_name: str) -> str:
    """Describe the first repeated keys and their rows."""
    told = []
    for *values, numbers in groups.sort(pl.col(SOURCE_ROW).list.first()).head(3).iter_rows():
        shown = " | ".join(
            month_text(value) if isinstance(value, date) else str(value) for value in values
        )
        told.append(f"rows {_rows_listed(numbers)} have the same {', '.join(key)} ({shown})")
    return f"in {file_name} {'; '.join(told)}" if told else ""


def _rows_listed(numbers: list[int]) -> str:
    """Describe rows: `5 and 9`, `5, 9 and 12`; the first five of many."""
    shown = [str(number) for number in numbers[:5]]
    if len(numbers) > len(shown):
        return f"{', '.join(shown)} and {len(numbers) - len(shown):,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
