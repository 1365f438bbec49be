"""What checks look at: one edition's files, and the form in which a check has seen something.

Belongs here: reading derived files. Does not: any one check (`checks.evidence`, `checks.places`),
nor choosing which other editions a check may look at (`checks.editions`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from assets.conform import SOURCE_ROW, parse_month
from assets.contract import Contract
from assets.measure import month_of
from checks import lists
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


def skipped(rule: str, why: str, column: str | None = None) -> Evidence:
    """Evidence of a check that can't be made, and why not."""
    return Evidence(rule, column, NOTHING, None, "", "", 0, 0, message=why, skipped=why)


@dataclass
class EditionView:
    """Everything a check may look at: one edition's files, and what they are compared with.

    `references`: other feeds' files of the same edition; `lists`: of the patient lists that tell
    about its months; `earlier`: the nearest earlier accepted edition, or `no_earlier`: why none.
    """

    home: Home
    contract: Contract
    edition: str
    files: list[SourceFile]
    facts: list[TidyFacts]
    references: dict[str, list[SourceFile]] = field(default_factory=dict)
    lists: list[SourceFile] = field(default_factory=list)
    earlier: EditionView | None = None
    no_earlier: str = "no earlier edition is held"

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
        """Quarantined rows of all the edition's files: rule, column, found, reason, row, file."""
        return pl.concat(
            pl.read_parquet(
                lake_paths(self.home, file).quarantine,
                columns=["rule", "column_name", "found", "reason", SOURCE_ROW],
            ).with_columns(pl.lit(file.file_name).alias("file_name"))
            for file in self.files
        )

    def cells(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures of every file of this feed's edition, or of another feed's same edition.

        Of an organisation-month that several files give, the rows stand in order of revision.
        """
        files = self.files if feed is None else self.references.get(feed, [])
        paths = [
            lake_paths(self.home, file).measures for file in sorted(files, key=lambda f: f.order)
        ]
        return pl.concat([pl.read_parquet(path) for path in paths]) if paths else None

    def measures(self, feed: str | None = None) -> pl.DataFrame | None:
        """The measures that count: of each organisation-month the last revision that is whole."""
        cells = self.cells(feed)
        if cells is None:
            return None
        return cells.sort(~pl.col("tainted"), maintain_order=True).unique(
            ["org_code", "month"], keep="last", maintain_order=True
        )

    def practices(self) -> pl.DataFrame:
        """`org_code, month, sub_icb_code`: the practices that the edition's files name."""
        files = sorted(self.files, key=lambda file: file.order)
        observed = [pl.read_parquet(lake_paths(self.home, f).organisations) for f in files]
        return (
            pl.concat(observed)
            .filter(pl.col("org_level") == "practice")
            .sort("sub_icb_code", maintain_order=True)
            .unique(["org_code", "month"], keep="last", maintain_order=True)
            .select("org_code", "month", "sub_icb_code")
        )

    def newest_rows(self, *columns: str) -> pl.DataFrame:
        """Accepted rows of the newest revision of each organisation-month: `org_code`, `month`,
        and the columns asked for."""
        cell = self.contract.cell
        if cell is None:
            raise ValueError(f"{self.contract.feed} names no organisation (`cell:`)")
        frames = [
            pl.scan_parquet(lake_paths(self.home, file).tidy).select(
                pl.col(cell.code).alias("org_code"),
                month_of(self.contract, self.month).alias("month"),
                *[pl.col(name) for name in columns if name != "month"],
                pl.lit(revision).alias("revision"),
            )
            for revision, file in enumerate(sorted(self.files, key=lambda f: f.order))
        ]
        newest = pl.col("revision") == pl.col("revision").max().over("org_code", "month")
        return pl.concat(frames).filter(newest).drop("revision").collect()

    def previous(self) -> tuple[EditionView | None, str]:
        """The nearest earlier accepted edition within the reach of the feed's rules
        (`LOOKS_BACK`), or None and why there is none."""
        return self.earlier, "" if self.earlier else self.no_earlier

    def population(self) -> pl.DataFrame:
        """`org_code, month, patients`: registered patients of the organisations and months of this
        edition, where a patient list near the month tells them."""
        cells, cell = self.measures(), self.contract.cell
        if cells is None or cell is None:
            return lists.NO_PATIENTS
        months = cells["month"].unique().sort().to_list()
        return lists.population(self.home, self.lists, cell.level, months)

    def known_practices(self) -> frozenset[str]:
        """Every practice that is on any of the patient lists."""
        return lists.practices(self.home, self.lists)
