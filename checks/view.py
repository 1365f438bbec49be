"""What checks look at: one edition's files, and the form in which a check has seen something.

Belongs here: reading derived files. Does not: any one check (`checks.evidence`, `checks.places`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from assets.conform import SOURCE_ROW, parse_month
from assets.contract import Contract
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
        """Quarantined rows of all the edition's files: rule, column, found, row and file."""
        return pl.concat(
            pl.read_parquet(
                lake_paths(self.home, file).quarantine,
                columns=["rule", "column_name", "found", SOURCE_ROW],
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
