"""Evidence: the compact frames in which each check of an edition can be seen to hold or not.

Belongs here: small polars queries over an edition's tidy, quarantine and measure files. A frame
of distinct labels says as much as three million rows, and is judged in milliseconds.
Does not: verdicts (`checks.runner`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from assets.conform import ROW_RULES, SOURCE_ROW, fold, month_text, parse_month, window
from assets.contract import Contract, contracts
from assets.reference.organisations import members_at
from warehouse.archive import SourceFile
from warehouse.home import Home
from warehouse.tidy import TidyFacts, lake_paths


@dataclass(frozen=True)
class Expectation:
    """A Great Expectations expectation by name, so that the library is loaded only to judge."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What one check saw. Skipped evidence says why in `skipped` and has no expectation."""

    rule: str
    column: str | None
    frame: pl.DataFrame
    expectation: Expectation | None
    expected: str
    observed: str
    failed_rows: int
    total_rows: int
    message: str = ""
    skipped: str | None = None


NOTHING = pl.DataFrame()
DOMAIN_RULES = {"count_not_negative", "label_known", "month_in_window"}


@dataclass
class EditionView:
    """Everything a check may look at: one edition's files, and other feeds' same edition."""

    home: Home
    contract: Contract
    edition: str
    files: list[SourceFile]
    facts: list[TidyFacts]
    references: dict[str, list[SourceFile]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows published: accepted and quarantined."""
        return sum(fact.rows + fact.quarantined for fact in self.facts)

    @property
    def month(self) -> date:
        """The edition as a date."""
        return parse_month(self.edition)

    def scan_tidy(self) -> pl.LazyFrame:
        """Accepted rows of all the edition's files."""
        return pl.scan_parquet([lake_paths(self.home, file).tidy for file in self.files])

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """Quarantined rows of all the edition's files: rule, column, found, typed month."""
        frames = [pl.read_parquet(lake_paths(self.home, file).quarantine) for file in self.files]
        wanted = ["rule", "column_name", "found", SOURCE_ROW]
        return pl.concat([frame.select(wanted) for frame in frames])

    def measures(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures per cell of this feed's edition, or of another feed's same edition."""
        files = self.files if feed is None else self.references.get(feed, [])
        paths = [lake_paths(self.home, file).measures for file in files]
        held = [path for path in paths if path.exists()]
        return pl.concat([pl.read_parquet(path) for path in held]) if held else None


def gather(view: EditionView) -> Iterator[Evidence]:
    """All the evidence on an edition, check by check. One failure never hides another."""
    yield from _columns(view)
    yield from _row_rules(view)
    yield _rows_accepted(view)
    yield _keys(view)
    yield _basis(view)
    if view.contract.measures:
        yield _cells_whole(view)
    rule = view.contract.completeness
    if rule.expected_feed:
        yield _coverage_present(view, rule.expected_feed)
        yield _parts(view, rule.expected_feed, rule.expected_column)
    if rule.reconcile_feed:
        yield _sums(view, rule.reconcile_feed)


def rules_gathered(contract: Contract) -> list[str]:
    """The checks that `gather` yields evidence for on this feed, in order, before any run."""
    types = {column.type for column in contract.columns.values()}
    rules = ["file_readable", "columns_present", "columns_expected", "value_present"]
    rules += ["month_readable"] if "month" in types else []
    rules += ["count_whole", "count_not_negative"] if "count" in types else []
    rules += ["label_known"] if "label" in types else []
    rules += ["code_pattern"] if any(c.pattern for c in contract.columns.values()) else []
    rules += ["month_in_window"] if contract.month else []
    rules += ["rows_accepted", "keys_unique", "edition_from_content"]
    rules += ["cells_whole"] if contract.measures else []
    if contract.completeness.expected_feed:
        rules += ["coverage_present", "parts_complete"]
    return rules + (["sums_reconcile"] if contract.completeness.reconcile_feed else [])


def _columns(view: EditionView) -> Iterator[Evidence]:
    contract = view.contract
    present = set(contract.columns)
    for file in view.files:
        present &= {
            contract.headings[fold(h)] for h in file.headings if fold(h) in contract.headings
        }
    required = [name for name, column in contract.columns.items() if column.required]
    missing = sorted(set(required) - present)
    yield Evidence(
        "columns_present",
        None,
        pl.DataFrame(schema=dict.fromkeys(sorted(present), pl.String)),
        Expectation("ExpectTableColumnsToMatchSet", {"column_set": required, "exact_match": False}),
        expected=f"{len(required)} columns",
        observed=f"missing: {', '.join(missing)}" if missing else "all there",
        failed_rows=len(missing),
        total_rows=len(required),
    )
    extra = sorted({h for fact in view.facts for h in fact.extra_headings})
    yield Evidence(
        "columns_expected",
        None,
        pl.DataFrame({"heading": extra}, schema={"heading": pl.String}),
        Expectation("ExpectTableRowCountToEqual", {"value": 0}),
        expected="no other column",
        observed=f"new: {', '.join(extra)}" if extra else "none",
        failed_rows=len(extra),
        total_rows=len(contract.columns) + len(extra),
        message="New columns are not read; add them to the contract if they matter."
        if extra
        else "",
    )


def _row_rules(view: EditionView) -> Iterator[Evidence]:
    """Row by row rules. Those that only bad rows can show are one piece of evidence while none is
    bad; those with a domain to compare (labels, months, counts) are one per column."""
    columns = view.contract.columns.items()
    month = view.contract.month
    by_rule = {
        "value_present": [name for name, c in columns if not c.nullable],
        "month_readable": [name for name, c in columns if c.type == "month"],
        "count_whole": [name for name, c in columns if c.type == "count"],
        "code_pattern": [name for name, c in columns if c.pattern],
        "count_not_negative": [name for name, c in columns if c.type == "count"],
        "label_known": [name for name, c in columns if c.type == "label"],
        "month_in_window": [month] if month else [],
    }
    for rule, names in by_rule.items():
        broken = set(view.quarantine.filter(pl.col("rule") == rule)["column_name"])
        if rule in DOMAIN_RULES or broken:
            yield from (_row_rule(view, rule, name) for name in names)
        elif names:
            whole = _row_rule(view, rule, names[0])
            yield replace(whole, column=", ".join(names), observed="no row breaks it")


def _row_rule(view: EditionView, rule: str, name: str) -> Evidence:
    """Distinct values that were accepted, and those that were not, against the rule itself."""
    broken = view.quarantine.filter((pl.col("rule") == rule) & (pl.col("column_name") == name))
    found = broken["found"].unique(maintain_order=True).head(5).to_list()
    first = broken[SOURCE_ROW].min()
    seen, expectation, expected = _domain(view, rule, name, broken)
    shown = ", ".join("nothing" if text is None else f"`{text}`" for text in found)
    return Evidence(
        rule,
        name,
        seen,
        expectation,
        expected,
        observed=shown if found else f"{seen.height} distinct values, all as expected",
        failed_rows=broken.height,
        total_rows=view.rows,
        message=f"{broken.height} row(s) quarantined, the first is row {first}"
        if broken.height
        else "",
    )


def _domain(
    view: EditionView, rule: str, name: str, broken: pl.DataFrame
) -> tuple[pl.DataFrame, Expectation, str]:
    column, contract = view.contract.columns[name], view.contract
    failing = broken.select(pl.col("found").alias("value")).unique()
    if rule == "label_known":
        labels = list(contract.labels(name))
        seen = _distinct(view, name).with_columns(pl.col("value").cast(pl.String))
        expectation = Expectation("ExpectColumnValuesToBeInSet", {"value_set": labels})
        return pl.concat([seen, failing]), expectation, f"one of {len(labels)} labels"
    if rule == "month_in_window":
        first, last = window(contract, view.month)
        seen = _distinct(view, name).with_columns(pl.col("value").dt.strftime("%Y-%m"))
        expected = f"{month_text(first)} to {month_text(last)}"
        allowed = pl.date_range(first, last, "1mo", eager=True).dt.strftime("%Y-%m").to_list()
        expectation = Expectation("ExpectColumnValuesToBeInSet", {"value_set": allowed})
        return pl.concat([seen, failing]), expectation, expected
    if rule == "count_not_negative":
        least = view.scan_tidy().select(pl.col(name).min().alias("value")).collect()
        worst = failing.with_columns(pl.col("value").cast(pl.Int64))
        expectation = Expectation("ExpectColumnValuesToBeBetween", {"min_value": 0})
        return pl.concat([least, worst]), expectation, "zero or more"
    if rule == "value_present":
        return failing, Expectation("ExpectColumnValuesToNotBeNull", {}), "a value in every row"
    regex = {
        "count_whole": r"^\s*[+-]?[0-9]+\s*$",
        "code_pattern": column.pattern,
        "month_readable": r"^(?!)",
    }[rule]
    return (
        failing,
        Expectation("ExpectColumnValuesToMatchRegex", {"regex": regex}),
        ROW_RULES[rule],
    )


def _distinct(view: EditionView, name: str) -> pl.DataFrame:
    return view.scan_tidy().select(pl.col(name).alias("value")).unique().collect(engine="streaming")


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
    )


def _keys(view: EditionView) -> Evidence:
    """Keys that stand twice in one file. Where the contract adds them up, none is an error."""
    repeated, examples = 0, ""
    key = list(view.contract.key)
    for file in view.files:
        rows = pl.scan_parquet(lake_paths(view.home, file).tidy)
        counted = rows.select(
            pl.len().alias("rows"), pl.struct(key).hash(0).n_unique().alias("keys")
        ).collect(engine="streaming")
        if counted["rows"][0] == counted["keys"][0]:
            continue
        groups = rows.group_by(key).len().filter(pl.col("len") > 1).collect(engine="streaming")
        repeated += groups.height
        if groups.height and not examples:
            examples = " | ".join(str(value) for value in groups.sort(key).row(0)[:-1])
    summed = view.contract.repeated_keys == "sum"
    note = "repeated keys are added up, as the contract says" if summed else f"first: {examples}"
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


def _cells_whole(view: EditionView) -> Evidence:
    cells = view.measures()
    tainted = cells.filter("tainted") if cells is not None else NOTHING
    shown = (
        ", ".join(
            f"{code} {month_text(month)}"
            for code, month in tainted.select("org_code", "month").head(5).iter_rows()
        )
        if tainted.height
        else ""
    )
    return Evidence(
        "cells_whole",
        None,
        pl.DataFrame({"tainted": [tainted.height]}),
        Expectation("ExpectColumnMaxToBeBetween", {"column": "tainted", "max_value": 0}),
        expected="none",
        observed=f"{tainted.height:,} organisation-months" + (f": {shown}" if shown else ""),
        failed_rows=tainted.height,
        total_rows=0 if cells is None else cells.height,
        message="these keep their last good figure, if an earlier edition gave one"
        if tainted.height
        else "",
    )


def _coverage_present(view: EditionView, feed: str) -> Evidence:
    held = view.references.get(feed, [])
    return Evidence(
        "coverage_present",
        None,
        pl.DataFrame({"file": [f.file_name for f in held]}, schema={"file": pl.String}),
        Expectation("ExpectTableRowCountToBeBetween", {"min_value": 1}),
        expected=f"{feed} {view.edition}",
        observed=", ".join(f.file_name for f in held) or "not held",
        failed_rows=0 if held else 1,
        total_rows=1,
        message="" if held else f"import the coverage file of {view.edition} to judge completeness",
    )


def _parts(view: EditionView, feed: str, column: str | None) -> Evidence:
    """Members present against members expected, per place and month."""
    counted = present_and_expected(view, feed, column)
    if counted is None:
        why = f"no {feed} of {view.edition}: nothing says how many practices there should be"
        return _skipped("parts_complete", why)
    short = counted.filter(pl.col("present") < pl.col("expected"))
    places = short["sub_icb_code"].n_unique()
    of = counted["sub_icb_code"].n_unique()
    return Evidence(
        "parts_complete",
        None,
        counted,
        Expectation(
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_A": "present", "column_B": "expected", "or_equal": True},
        ),
        expected=f"every member of {of} sub-ICBs",
        observed=f"{of - places} of {of} sub-ICBs whole",
        failed_rows=short.height,
        total_rows=counted.height,
        message="roll-ups over the missing places stay incomplete until their files are imported"
        if places
        else "",
    )


def present_and_expected(view: EditionView, feed: str, column: str | None) -> pl.DataFrame | None:
    """`sub_icb_code, month, present, expected` of an edition; None if nothing tells the latter.

    With `column` members are practices, expected as the coverage feed says; without, the
    sub-ICBs themselves, expected as coverage lists them, else as the dated reference does.
    """
    cells, coverage = view.measures(), view.measures(feed)
    if cells is None:
        return None
    months = cells.select("month").unique()
    if column is not None:
        if coverage is None:
            return None
        expected = coverage.select(
            pl.col("org_code").alias("sub_icb_code"), "month", pl.col(column).alias("expected")
        ).join(months, on="month", how="semi")
        present = practices_by_sub_icb(view)
    else:
        expected = _expected_sub_icbs(coverage, months)
        present = cells.select(
            pl.col("org_code").alias("sub_icb_code"), "month", pl.lit(1).alias("present")
        ).unique()
    return expected.join(present, on=["sub_icb_code", "month"], how="left").with_columns(
        pl.col("present").fill_null(0).cast(pl.Int64), pl.col("expected").cast(pl.Int64)
    )


def _expected_sub_icbs(coverage: pl.DataFrame | None, months: pl.DataFrame) -> pl.DataFrame:
    if coverage is not None:
        listed = coverage.select(pl.col("org_code").alias("sub_icb_code"), "month")
    else:
        listed = pl.concat(
            [
                pl.DataFrame(
                    {"sub_icb_code": members_at("england", "E92000001", month)}
                ).with_columns(pl.lit(month).alias("month"))
                for month in months["month"]
            ]
        )
    return listed.join(months, on="month", how="semi").unique().with_columns(expected=pl.lit(1))


def practices_by_sub_icb(view: EditionView) -> pl.DataFrame:
    """`sub_icb_code, month, present`: practices with any row, per sub-ICB and month."""
    observed = pl.concat(
        [pl.read_parquet(lake_paths(view.home, file).organisations) for file in view.files]
    )
    return (
        observed.filter(pl.col("org_level") == "practice")
        .group_by("sub_icb_code", "month")
        .agg(pl.col("org_code").n_unique().cast(pl.Int64).alias("present"))
    )


def _sums(view: EditionView, feed: str) -> Evidence:
    """Sum of practices against the sub-ICB feed, where coverage says that both are whole."""
    other, contract = view.measures(feed), view.contract
    coverage = contract.completeness.expected_feed or ""
    counted = present_and_expected(view, coverage, contract.completeness.expected_column)
    if other is None:
        return _skipped("sums_reconcile", f"{feed} {view.edition} is not held")
    if counted is None:
        why = f"no {coverage} of {view.edition}, so no place is known to be whole"
        return _skipped("sums_reconcile", why)
    whole = counted.filter(pl.col("present") == pl.col("expected"))
    measure = next(iter(contracts()[feed].measures))
    theirs = other.filter(~pl.col("tainted")).select(
        pl.col("org_code").alias("sub_icb_code"), "month", pl.col(measure).alias("sub_icb_sum")
    )
    ours = _practice_sums(view, measure)
    both = ours.join(theirs, on=["sub_icb_code", "month"]).join(
        whole, on=["sub_icb_code", "month"], how="semi"
    )
    if both.is_empty():
        return _skipped("sums_reconcile", "no place is whole in both feeds for the same month")
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
        both,
        Expectation(
            "ExpectColumnPairValuesToBeEqual",
            {"column_A": "practice_sum", "column_B": "sub_icb_sum"},
        ),
        expected="equal sums",
        observed=f"{differing.height} of {both.height} sub-ICB-months differ",
        failed_rows=differing.height,
        total_rows=both.height,
        message=shown,
    )


def _practice_sums(view: EditionView, measure: str) -> pl.DataFrame:
    observed = pl.concat(
        [pl.read_parquet(lake_paths(view.home, file).organisations) for file in view.files]
    )
    places = (
        observed.filter(pl.col("org_level") == "practice")
        .select("org_code", "month", "sub_icb_code")
        .unique(["org_code", "month"])
    )
    cells = view.measures()
    if cells is None:
        return NOTHING
    return (
        cells.filter(~pl.col("tainted"))
        .join(places, on=["org_code", "month"])
        .group_by("sub_icb_code", "month")
        .agg(pl.col(measure).sum().alias("practice_sum"))
    )


def _skipped(rule: str, why: str) -> Evidence:
    return Evidence(rule, None, NOTHING, None, "", "", 0, 0, message=why, skipped=why)
