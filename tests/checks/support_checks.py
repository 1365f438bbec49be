"""Hand-made files taken in: imported, tidied, judged; and what became of them.

`tidied` and `judged` import each content as a file of its own, in the order given.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from assets.ingest import TakenIn, take_in
from tests.support import BUILDERS, imported, write
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.editions.check_history import CheckResult
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.readers.years_apart import with_years
from warehouse.transform.conform import conform
from warehouse.transform.lake import LakePaths, TidyFacts, lake_paths
from warehouse.transform.reshape import headings_of
from warehouse.transform.tidy import tidy

SUB_ICB, PRACTICE, COVERAGE, MAPPING, LIST, MAP = (
    "gp_appointments_sub_icb",
    "gp_appointments_practice",
    "gp_appointments_coverage",
    "gp_appointments_mapping",
    "registered_patients",
    "registered_patients_map",
)
CLAIMS, PHARMACIES, REFERRALS, APP, APP_PRACTICE = (
    "pharmacy_first",
    "pharmacy_list",
    "pharmacy_first_referrals",
    "nhs_app",
    "nhs_app_practice",
)


FEEDS = tuple(BUILDERS)
NO_MONTH = tuple(feed for feed, one in contracts().items() if one.edition.content is None)
OCT = "2025-10"
Results = list[CheckResult]
Case = Callable[[Home], Results]


def published(content: bytes, feed: str | None = None) -> pl.LazyFrame:
    """A file's rows as text under its own headings, numbered as a spreadsheet numbers them. `feed`:
    its feed, if that comes without headings."""
    named = list(contracts()[feed].unheaded) if feed else []
    frame = pl.read_csv(
        content,
        has_header=not named,
        new_columns=named or None,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    return frame.lazy().with_row_index(SOURCE_ROW, offset=1 if named else 2)


def conformed(feed: str, content: bytes, edition: str = OCT) -> pl.DataFrame:
    """A file's rows, conformed by its feed's contract."""
    rows, contract = published(content, feed), contracts()[feed]
    rows = with_years(rows, contract, headings_of(rows))
    return conform(rows, contract, parse_month(edition)).collect()


def brought(home: Home, *contents: bytes, **said: object) -> list[SourceFile]:
    """Import each content, newest last, and return their records, in that order; of a file with
    the tables of several feeds that of its own feed."""
    files = []
    folder = home.root.parent / "incoming"
    for content in contents:
        number = len(list(folder.glob("file*"))) + 1
        suffix = "xlsx" if content.startswith(b"PK") else "csv"
        path = write(folder / f"file{number}.{suffix}", content)
        os.utime(path, (1_790_000_000 + number * 60,) * 2)
        outcome, *_ = imported(home, path, **said)
        assert outcome.file is not None, outcome.message
        files.append(outcome.file)
    return files


def tidied(home: Home, content: bytes, **said: object) -> tuple[TidyFacts, LakePaths]:
    """One file's facts, and where its derived files lie."""
    (file,) = brought(home, content, **said)
    return tidy(home, file), lake_paths(home, file)


def judged(home: Home, feed: str, edition: str = OCT) -> TakenIn:
    """An edition taken in."""
    taken = take_in(home, feed, edition, "run")
    assert taken is not None
    return taken


def one(taken: TakenIn, rule: str, column: str | None = None) -> CheckResult:
    """The one verdict of a rule, on a column where there are several."""
    (found,) = [
        r for r in taken.results if r.rule == rule and (column is None or r.column_name == column)
    ]
    return found


def worst(taken: TakenIn, rule: str) -> str:
    """The gravest verdict of a rule."""
    ranked = ("pass", "skipped", "warn", "fail")
    verdicts = [r.verdict for r in taken.results if r.rule == rule]
    assert verdicts, f"{rule} was not judged"
    return max(verdicts, key=ranked.index)


def real_file(real_feeds: Path, pattern: str) -> Path:
    """The one real publication of this pattern."""
    (found,) = real_feeds.glob(pattern)
    return found


def real_taken(home: Home, real_feeds: Path, *patterns: str) -> Iterator[SourceFile]:
    """Import real publications and return their records."""
    for pattern in patterns:
        (outcome,) = imported(home, real_file(real_feeds, pattern))
        assert outcome.file is not None, outcome.message
        yield outcome.file


def active(home: Home) -> list[SourceFile]:
    """All active files of a home."""
    return Archive(home).active_files()


def of(feed: str, *rows: dict[str, object]) -> Case:
    """The verdicts on a file of these rows."""

    def case(home: Home) -> Results:
        brought(home, BUILDERS[feed](*rows))
        return judged(home, feed).results

    return case


def of_content(feed: str, *contents: bytes, **said: object) -> Case:
    """The verdicts on a feed once all these contents are imported."""

    def case(home: Home) -> Results:
        brought(home, *contents, **said)
        return judged(home, feed).results

    return case


def after(edition: str, feed: str, *contents: bytes) -> Case:
    """The verdicts on an edition of a feed, once these contents are imported and its editions
    judged, the earliest first."""

    def case(home: Home) -> Results:
        brought(home, *contents)
        editions = sorted({file.edition for file in active(home) if file.feed == feed})
        return [judged(home, feed, one).results for one in editions if one <= edition][-1]

    return case


def all_cases() -> dict[str, tuple[Case, str, Case]]:
    """Rule -> an input that breaks it, the verdict, an input that keeps it: of every `cases_*`
    module here, so that a feed with rules of its own brings its cases, and no list is touched."""
    found: dict[str, tuple[Case, str, Case]] = {}
    for path in sorted(Path(__file__).parent.glob("cases_*.py")):
        found |= importlib.import_module(f"tests.checks.{path.stem}").CASES
    return found
