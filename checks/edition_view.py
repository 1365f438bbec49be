"""The inputs of a check (one edition's files) and its evidence. Not here: any check
(`checks.suite`), which other editions a check may use (`assets.ingest`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl
import polars.selectors as cs

from checks import patient_lists as lists
from checks.check_catalogue import check_of
from checks.check_model import Check
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import Contract
from warehouse.editions.check_history import HeldMonth
from warehouse.editions.parts_and_revisions import in_order, latest_cells, place_files
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.derived import ROWS_OF, read_derived, scan_derived, scan_one
from warehouse.transform.lake import TidyFacts, quarantine_of
from warehouse.transform.measure import month_of
from warehouse.transform.unreliable import count_bearing, readable_code

FEW_ROWS = 50_000
QUARANTINED: dict[str, type[pl.DataType]] = {
    "rule": pl.String,
    "column_name": pl.String,
    "found": pl.String,
    "reason": pl.String,
    SOURCE_ROW: pl.UInt32,
    "file_name": pl.String,
}


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

    @property
    def parts(self) -> list[SourceFile]:
        """Return its files without revisions of others; all, if one can't be read."""
        if len(self.files) == 1 or len(self.facts) < len(self.files):
            return self.files
        return [one.file for one in place_files(self.home, self.files) if one.revision == 1]

    @cached_property
    def made(self) -> tuple[tuple[SourceFile, str], ...]:
        """Return its files, in order of revision, each with the version that tidied it: while these
        are equal, so is what is read from their derived files."""
        versions = {
            file.sha256: fact.version for file, fact in zip(self.files, self.facts, strict=True)
        }
        return tuple((file, versions[file.sha256]) for file in in_order(self.files))

    def scan_tidy(self) -> pl.LazyFrame:
        """Scan the accepted rows of all the edition's files. Few rows are read once for all checks,
        which takes less time than opening the files for each column of each rule."""
        return self._few_rows.lazy() if self.rows <= FEW_ROWS else self._scanned()

    def _scanned(self) -> pl.LazyFrame:
        return scan_derived(self.home, "tidy", self.files).drop(ROWS_OF)

    @cached_property
    def _few_rows(self) -> pl.DataFrame:
        return self._scanned().collect()

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """Return the quarantined rows of all its files: rule, column, found, reason, row, file."""
        found = [pl.DataFrame(schema=QUARANTINED)]
        for file in self.files:
            rows = quarantine_of(self.home, file, list(QUARANTINED)[:-1])
            if rows is not None:
                found.append(rows.with_columns(pl.lit(file.file_name).alias("file_name")))
        return pl.concat(found)

    def rows_of_any(self) -> list[str]:
        """Return the quarantined rows with a count whose organisation can't be read, so that it may
        be any: numbers as in a spreadsheet."""
        frames = [quarantine_of(self.home, file) for file in self.files]
        lost = [count_bearing(one, self.contract) for one in frames if one is not None]
        rows = [one.filter(readable_code(self.contract).is_null())[SOURCE_ROW] for one in lost]
        return [str(number) for one in rows for number in one.sort()]

    def cells(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures of every file of this feed's edition, or of another feed's same edition.

        Rows of an organisation-month that is in several files are in order of revision.
        """
        files = self.files if feed is None else self.references.get(feed, [])
        found = read_derived(self.home, "measures", in_order(files)) if files else None
        # Checks compare sizes; the digits of decimals matter to figures alone.
        return None if found is None else found.with_columns(cs.decimal().cast(pl.Float64))

    def measures(self, feed: str | None = None) -> pl.DataFrame | None:
        """Measures that count: for each organisation-month the last complete revision."""
        if feed not in self._measures:
            cells = self.cells(feed)
            self._measures[feed] = None if cells is None else latest_cells(cells)
        return self._measures[feed]

    @cached_property
    def _measures(self) -> dict[str | None, pl.DataFrame | None]:
        return {}

    def practices(self) -> pl.DataFrame:
        """Return `org_code, month, sub_icb_code`: the practices that the edition's files name."""
        return self._practices

    @cached_property
    def _practices(self) -> pl.DataFrame:
        return (
            read_derived(self.home, "organisations", in_order(self.files))
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
            scan_one(self.home, "tidy", file).select(
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
