"""Evidence: the compact frames in which each check of an edition can be seen to hold or not.

Belongs here: small polars queries over an edition's tidy, quarantine and measure files. A frame
of distinct labels says as much as three million rows, and is judged in milliseconds.
Does not: row by row rules (`checks.rows`), comparing with other feeds (`checks.places`,
`checks.population`), one feed's own rules (`checks.feed_rules`), verdicts (`checks.runner`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from assets.conform import SOURCE_ROW, month_text, source_columns
from assets.contract import Contract
from checks import places, population, rows
from checks.feed_rules import feed_checks, gather_feed
from checks.view import EditionView, Evidence, Expectation
from warehouse.tidy import lake_paths

__all__ = ["EditionView", "Evidence", "Expectation", "gather", "rules_gathered"]


def gather(view: EditionView) -> Iterator[Evidence]:
    """All the evidence on an edition, check by check. One failure never hides another."""
    yield _readable(view)
    yield _columns_present(view)
    yield _columns_expected(view)
    yield from rows.row_rules(view)
    yield _rows_accepted(view)
    yield _keys(view)
    yield _basis(view)
    if view.contract.measures:
        yield places.cells_whole(view)
    rule = view.contract.completeness
    if rule.expected_feed:
        yield places.coverage_present(view, rule.expected_feed)
        yield places.parts(view, rule.expected_feed, rule.expected_column)
    if rule.reconcile_feed:
        yield places.sums(view, rule.reconcile_feed)
    if population.people_are_judged(view.contract):
        yield from population.people(view)
    if population.practices_are_judged(view.contract):
        yield population.practices(view)
    yield from gather_feed(view)


def rules_gathered(contract: Contract) -> list[str]:
    """The checks that `gather` yields evidence for on this feed, in order, before any run."""
    rule = contract.completeness
    found = ["file_readable", "columns_present", "columns_expected"]
    found += rows.row_rules_gathered(contract)
    found += ["rows_accepted", "keys_unique", "edition_from_content"]
    found += ["cells_whole"] if contract.measures else []
    found += ["coverage_present", "parts_complete"] if rule.expected_feed else []
    found += ["sums_reconcile"] if rule.reconcile_feed else []
    found += ["people_within_population"] if population.people_are_judged(contract) else []
    found += ["practices_known"] if population.practices_are_judged(contract) else []
    return found + [check.rule for check in feed_checks(contract.feed)]


def _readable(view: EditionView) -> Evidence:
    """Rows read against rows imported, file by file."""
    read = pl.DataFrame(
        {
            "file_name": [file.file_name for file in view.files],
            "imported": [file.rows for file in view.files],
            "read": [fact.read for fact in view.facts],
        }
    )
    short = read.filter(pl.col("imported") != pl.col("read"))
    return Evidence(
        "file_readable",
        None,
        read,
        Expectation(
            "ExpectColumnPairValuesToBeEqual", {"column_A": "imported", "column_B": "read"}
        ),
        expected=f"{read['imported'].sum():,} rows, as imported",
        observed=f"{read['read'].sum():,} rows in {read.height} file(s)",
        failed_rows=int((short["imported"] - short["read"]).abs().sum()),
        total_rows=int(read["imported"].sum()),
        message=f"rows differ in {', '.join(short['file_name'])}: import the file again"
        if short.height
        else "",
    )


def _columns_present(view: EditionView) -> Evidence:
    """Columns that the files must have, older shapes fewer than today's; each once."""
    contract = view.contract
    doubled, missing = set[str](), set[str]()
    for file in view.files:
        source = source_columns(contract, list(file.headings))
        named = [contract.column_of(h) for h in file.headings]
        doubled |= {name for name in source if named.count(name) > 1}
        missing |= set(contract.required(file.headings)) - set(source)
    needed = {name for file in view.files for name in contract.required(file.headings)}
    required = [name for name in contract.columns if name in needed]
    present = needed - missing
    faults = [f"missing: {', '.join(sorted(missing))}"] if missing else []
    faults += [f"under two headings: {', '.join(sorted(doubled))}"] if doubled else []
    return Evidence(
        "columns_present",
        None,
        pl.DataFrame(schema=dict.fromkeys(sorted(present - doubled), pl.String)),
        Expectation(
            "ExpectTableColumnsToMatchSet",
            {"column_set": [*required, *sorted(doubled - set(required))], "exact_match": False},
        ),
        expected=f"{len(required)} columns, each once",
        observed="; ".join(faults) or "all there",
        failed_rows=len(missing | doubled),
        total_rows=len(required),
        message="if the publisher renamed a column, add the heading to the contract"
        if missing
        else "",
    )


def _columns_expected(view: EditionView) -> Evidence:
    """Headings that stand for no column of the contract."""
    extra = sorted({h for fact in view.facts for h in fact.extra_headings})
    return Evidence(
        "columns_expected",
        None,
        pl.DataFrame({"heading": extra}, schema={"heading": pl.String}),
        Expectation("ExpectTableRowCountToEqual", {"value": 0}),
        expected="no other column",
        observed=f"new: {', '.join(extra)}" if extra else "none",
        failed_rows=len(extra),
        total_rows=len(view.contract.columns) + len(extra),
        message="New columns are not read; add them to the contract if they matter."
        if extra
        else "",
    )


def _rows_accepted(view: EditionView) -> Evidence:
    accepted = sum(fact.rows for fact in view.facts)
    return Evidence(
        "rows_accepted",
        None,
        pl.DataFrame({"rows": [accepted]}),
        Expectation("ExpectColumnMinToBeBetween", {"column": "rows", "min_value": 1}),
        expected="at least one row",
        observed=f"{accepted:,} of {view.rows:,}",
        failed_rows=view.rows - accepted if accepted == 0 else 0,
        total_rows=view.rows,
        message="" if accepted else "no row agrees with the contract: is it the right file?",
    )


def _keys(view: EditionView) -> Evidence:
    """Keys that stand twice in one file. Where the contract adds them up, none is an error."""
    repeated, example = 0, ""
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
        example = example or _repeated_keys(groups, key, file.file_name)
    summed = view.contract.repeated_keys == "sum"
    note = "repeated keys are added up, as the contract says" if summed else example
    return Evidence(
        "keys_unique",
        ", ".join(key),
        pl.DataFrame({"repeated": [0 if summed else repeated]}),
        Expectation("ExpectColumnMaxToBeBetween", {"column": "repeated", "max_value": 0}),
        expected="each key once" if not summed else "repeated keys may stand, and are added up",
        observed=f"{repeated:,} repeated keys",
        failed_rows=0 if summed else repeated,
        total_rows=view.rows,
        message=note if repeated else "",
    )


def _repeated_keys(groups: pl.DataFrame, key: list[str], file_name: str) -> str:
    """The first keys that stand twice, by the rows that a reader of the file must compare."""
    told = []
    for *values, numbers in groups.sort(pl.col(SOURCE_ROW).list.first()).head(3).iter_rows():
        shown = " | ".join(
            month_text(value) if isinstance(value, date) else str(value) for value in values
        )
        told.append(f"rows {_listed(numbers)} have the same {', '.join(key)} ({shown})")
    return f"in {file_name} {'; '.join(told)}" if told else ""


def _listed(numbers: list[int]) -> str:
    """`5 and 9`, `5, 9 and 12`; of many the first five."""
    shown = [str(number) for number in numbers[:5]]
    if len(numbers) > len(shown):
        return f"{', '.join(shown)} and {len(numbers) - len(shown):,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _basis(view: EditionView) -> Evidence:
    stated = [file for file in view.files if file.edition_basis in ("file_name", "argument")]
    names = ", ".join(sorted(file.file_name for file in stated))
    return Evidence(
        "edition_from_content",
        None,
        pl.DataFrame({"value": [file.edition_basis for file in view.files]}),
        Expectation("ExpectColumnValuesToBeInSet", {"value_set": ["content", "sibling"]}),
        expected="content, or a sibling in the same zip",
        observed=", ".join(sorted({file.edition_basis for file in view.files})),
        failed_rows=len(stated),
        total_rows=len(view.files),
        message=f"edition taken from the name or the command, not from the data: {names}"
        if stated
        else "",
    )
