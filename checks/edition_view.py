"""The inputs of a check (one edition's files) and its evidence. Not here: any check
(`checks.suite`), which other editions a check may use (`assets.ingest`)."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from checks import patient_lists as lists
from checks.check_catalogue import check_of
from checks.check_model import Check
from warehouse.archive.source_files import SourceFile
from warehouse.base.errors import without_trace
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import Contract
from warehouse.editions.check_history import HeldMonth
from warehouse.editions.parts_and_revisions import in_order, latest_cells
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.measure import month_of


@dataclass(frozen=True)
class Evidence:
    """What one check found, for its expectation to judge.

    `frame`: what is judged, with columns of `checks.expectations.EVIDENCE_SCHEMA`. Skipped evidence
    gives the reason in `skipped` and is not judged; with `error` the check itself could not run,
    which is never a pass. `judged_by`: columns of the expectations that judge it, if not `column`.
    """

    rule: str
    column: str | None
    frame: pl.DataFrame
    expected: str
    observed: str
    failed_rows: int
    total_rows: int
    message: str = ""
    skipped: str | None = None
    error: bool = False
    judged_by: tuple[str, ...] = ()


NOTHING = pl.DataFrame()
SHOWN = 5
MEETING = 5  # rows that meet a rule, shown beside those that break it


def skipped(rule: str, why: str, column: str | None = None) -> Evidence:
    """Return evidence of a check that can't run, and the reason."""
    return Evidence(rule, column, NOTHING, "", "", 0, 0, message=why, skipped=why)


def offences(
    rule: str,
    found: Sequence[str],
    expected: str,
    observed: str,
    total: int,
    message: str = "",
    column: str | None = None,
    failed: int | None = None,
) -> Evidence:
    """Return evidence that lists each fault; without faults it passes.

    `total`: how many were checked; `failed`: rows that fail, if not one for each fault.
    """
    return Evidence(
        rule,
        column,
        pl.DataFrame({"text": found}, schema={"text": pl.String}),
        expected=expected,
        observed=observed,
        failed_rows=len(found) if failed is None else failed,
        total_rows=max(total, len(found)),
        message=message if found else "",
    )


def compared(frame: pl.DataFrame, code: str, now: str, before: str) -> pl.DataFrame:
    """Return `item, now, before` of a row per organisation (column `code`) and month."""
    month = pl.col("month").dt.strftime("%Y-%m")
    return frame.select(
        pl.concat_str(code, month, separator=" ").alias("item"),
        pl.col(now).cast(pl.Float64).alias("now"),
        pl.col(before).cast(pl.Float64).alias("before"),
    )


def listed(names: Sequence[str], shown: int = SHOWN, mark: str = ", ") -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return mark.join(names[:shown]) + more


def numbers(
    rule: str,
    pairs: Sequence[tuple[str, float, float]],
    *,
    failed: int,
    expected: str,
    observed: str,
    total: int,
    message: str,
    judged_by: tuple[str, ...] = (),
) -> Evidence:
    """Return evidence of numbers to compare: what each is of, its value now, and before."""
    schema = {"item": pl.String, "now": pl.Float64, "before": pl.Float64}
    rows = [(item, float(now), float(before)) for item, now, before in pairs]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    told = message if failed else ""
    return Evidence(rule, None, frame, expected, observed, failed, total, told, judged_by=judged_by)


Limited = tuple[str, float, float, float]
LIMITED = {"item": pl.String, "number": pl.Float64, "low": pl.Float64, "high": pl.Float64}


def limited(found: Evidence, rows: Sequence[Limited]) -> Evidence:
    """Return evidence of numbers, each with the limits within which it is expected to lie: what it
    is of, the number, the lowest and the highest."""
    return replace(found, frame=pl.DataFrame(rows, schema=LIMITED, orient="row"))


def values(
    rule: str,
    found: Sequence[tuple[str, str]],
    wanted: Sequence[str] | None = None,
    *,
    failed: int,
    expected: str,
    observed: str,
    total: int,
    message: str,
) -> Evidence:
    """Return evidence of what was found of each item, and what it should be, where that differs
    from item to item (`wanted`)."""
    frame = pl.DataFrame(found, schema={"item": pl.String, "text": pl.String}, orient="row")
    if wanted is not None:
        frame = frame.with_columns(pl.Series("expected", wanted, pl.String))
    return Evidence(rule, None, frame, expected, observed, failed, total, message if failed else "")


def about_as_many(
    rule: str,
    what: str,
    now: int,
    then: int,
    times: float,
    edition: str,
    asks: str,
    pair: tuple[float, float] | None = None,
) -> Evidence:
    """Return evidence on a count that must be within a factor of an earlier edition's. `asks`: the
    end of the message if it is not; `pair`: what is compared in place of the counts."""
    told = f"{now:,} {what}, {then:,} in {edition}"
    return numbers(
        rule,
        [(what, *(pair or (now, then)))],
        expected=f"{within(times)} the {then:,} {what} of {edition}",
        observed=f"{now:,} {what}",
        total=1,
        failed=int(now > times * then or then > times * now),
        message=f"{told}{asks}",
    )


def within(times: float) -> str:
    """Describe how far apart two numbers may be: `half to double`, else `1/3 to 3 times`."""
    return "half to double" if times == 2 else f"1/{times:g} to {times:g} times"


def broken(rule: str, error: Exception) -> Evidence:
    """Return evidence that a check could not run: what it raised, and where."""
    trace = traceback.extract_tb(error.__traceback__)
    where = f", in {Path(trace[-1].filename).name} line {trace[-1].lineno}" if trace else ""
    message = f"the check itself failed{where}, so its result is not known; report this as a bug"
    told = without_trace(error)
    return Evidence(rule, None, NOTHING, "a check that runs", told, 1, 1, message, error=True)


@dataclass(eq=False)
class EditionView:
    """Everything a check may read: one edition's files, and what it compares them with.

    `references`: other feeds' files of the same edition; `lists`: files of the patient lists for
    its months; `before`: earlier accepted editions, the nearest first, as far back as new months
    are compared; `earlier`: the nearest of them, or `no_earlier`: why there is none. `held`: held
    months of an accepted edition.
    """

    home: Home
    contract: Contract
    edition: str
    files: list[SourceFile]
    facts: list[TidyFacts]
    references: dict[str, list[SourceFile]] = field(default_factory=dict)
    lists: list[SourceFile] = field(default_factory=list)
    earlier: EditionView | None = None
    no_earlier: str = "no earlier edition is available"
    before: tuple[EditionView, ...] = ()
    held: tuple[HeldMonth, ...] = ()

    def check(self, rule: str) -> Check:
        """Return a check as this feed has it, with its threshold."""
        return check_of(rule, self.contract.feed)

    @property
    def rows(self) -> int:
        """Count the rows published: accepted and quarantined."""
        return sum(fact.rows + fact.quarantined for fact in self.facts)

    @property
    def month(self) -> date:
        """Return the edition as a date."""
        return parse_month(self.edition)

    def scan_tidy(self) -> pl.LazyFrame:
        """Scan the accepted rows of all the edition's files."""
        return pl.scan_parquet([lake_paths(self.home, file).tidy for file in self.files])

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """Return the quarantined rows of all its files: rule, column, found, reason, row, file."""
        return pl.concat(
            pl.read_parquet(
                lake_paths(self.home, file).quarantine,
                columns=["rule", "column_name", "found", "reason", SOURCE_ROW],
            ).with_columns(pl.lit(file.file_name).alias("file_name"))
            for file in self.files
        )

    def cells(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures of every file of this feed's edition, or of another feed's same edition.

        Rows of an organisation-month that is in several files are in order of revision.
        """
        files = self.files if feed is None else self.references.get(feed, [])
        paths = [lake_paths(self.home, file).measures for file in in_order(files)]
        return pl.concat([pl.read_parquet(path) for path in paths]) if paths else None

    def measures(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures that count: for each organisation-month the last complete revision."""
        cells = self.cells(feed)
        return None if cells is None else latest_cells(cells)

    def practices(self) -> pl.DataFrame:
        """Return `org_code, month, sub_icb_code`: the practices that the edition's files name."""
        files = in_order(self.files)
        observed = [pl.read_parquet(lake_paths(self.home, f).organisations) for f in files]
        return (
            pl.concat(observed)
            .filter(pl.col("org_level") == "practice")
            .sort("sub_icb_code", maintain_order=True)
            .unique(["org_code", "month"], keep="last", maintain_order=True)
            .select("org_code", "month", "sub_icb_code")
        )

    def newest_rows(self, *columns: str) -> pl.DataFrame:
        """Return accepted rows of the newest revision of each organisation-month: `org_code`,
        `month`, and the columns asked for."""
        unit = self.contract.reporting_unit
        if unit is None:
            raise ValueError(f"{self.contract.feed} has no `reporting_unit:`")
        frames = [
            pl.scan_parquet(lake_paths(self.home, file).tidy).select(
                pl.col(unit.code).alias("org_code"),
                month_of(self.contract, self.month).alias("month"),
                *[pl.col(name) for name in columns if name != "month"],
                pl.lit(revision).alias("revision"),
            )
            for revision, file in enumerate(in_order(self.files))
        ]
        newest = pl.col("revision") == pl.col("revision").max().over("org_code", "month")
        return pl.concat(frames).filter(newest).drop("revision").collect()

    def previous(self) -> tuple[EditionView | None, str]:
        """Return the nearest earlier accepted edition within the feed's `looks_back`, or None and
        the reason."""
        return self.earlier, "" if self.earlier else self.no_earlier

    def population(self) -> pl.DataFrame:
        """Return `org_code, month, patients`: registered patients of this edition's organisations
        and months, where a patient list near the month has them."""
        cells, unit = self.measures(), self.contract.reporting_unit
        if cells is None or unit is None:
            return lists.NO_PATIENTS
        months = cells["month"].unique().sort().to_list()
        return lists.population(self.home, self.lists, unit.level, months)

    def known_practices(self) -> frozenset[str]:
        """Return codes of all practices on any of the patient lists."""
        return lists.practices(self.home, self.lists)
