"""Hand-made files taken in: imported, tidied, judged; and what became of them.

`tidied` and `judged` import each content as a file of its own, in the order given.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from assets.conform import SOURCE_ROW, parse_month
from assets.contract import contracts, parser
from checks.editions import TakenIn, take_in
from tests.support import (
    coverage,
    crosstab,
    imported,
    list_map,
    mapping,
    patient_list,
    regional,
    write,
)
from warehouse.archive import Archive, SourceFile
from warehouse.history import CheckResult
from warehouse.home import Home
from warehouse.tidy import LakePaths, TidyFacts, lake_paths, tidy

SUB_ICB, PRACTICE, COVERAGE, MAPPING, LIST, MAP = FEEDS = (
    "gp_appointments_sub_icb",
    "gp_appointments_practice",
    "gp_appointments_coverage",
    "gp_appointments_mapping",
    "registered_patients",
    "registered_patients_map",
)
BUILDERS = dict(
    zip(FEEDS, (regional, crosstab, coverage, mapping, patient_list, list_map), strict=True)
)
OCT = "2025-10"


def published(content: bytes) -> pl.LazyFrame:
    """A file's rows as text under its own headings, numbered as a spreadsheet numbers them."""
    frame = pl.read_csv(content, infer_schema=False, truncate_ragged_lines=True)
    return frame.lazy().with_row_index(SOURCE_ROW, offset=2)


def conformed(feed: str, content: bytes, edition: str = OCT) -> pl.DataFrame:
    """A file's rows through its feed's parser."""
    return parser(feed).parse(published(content), contracts()[feed], parse_month(edition)).collect()


def brought(home: Home, *contents: bytes, **said: object) -> list[SourceFile]:
    """Import each content, newest last, and return their records, in that order."""
    files = []
    folder = home.root.parent / "incoming"
    for content in contents:
        number = len(list(folder.glob("*.csv"))) + 1
        path = write(folder / f"file{number}.csv", content)
        os.utime(path, (1_760_000_000 + number * 60,) * 2)
        (outcome,) = imported(home, path, **said)
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
