"""A mart of the synthetic sample for the documents' queries, made once, without Dagster.

Beside the sample it holds what governance asks about: a list re-issued with one changed and one
broken row (revision 2, quarantine), and a list whose rows are mostly broken (held back, which a
person has confirmed).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.contract import contracts
from assets.sample.writer import write_samples
from checks.editions import take_in
from checks.mart import add_results, judge_mart
from checks.register import check_table
from warehouse.archive import Archive
from warehouse.home import Home
from warehouse.intake.importer import Request, import_paths
from warehouse.mart.build import build_mart
from warehouse.mart.publish import publish
from warehouse.mart.reading import attach
from warehouse.standing import hold

RUN = "documents"
NEWEST_LIST = "gp-reg-pat-prac-all-mar-25.csv"
SPOILT = "2025-04"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published mart."""
    place = tmp_path_factory.mktemp("documents")
    samples = place / "samples"
    write_samples(samples, months=14)
    _reissue(samples / NEWEST_LIST, samples / "reissued.csv")
    _spoil(samples / NEWEST_LIST, samples / "spoilt.csv")
    home = Home(place / "home")
    take_and_publish(home, samples)
    return home


@pytest.fixture(scope="session")
def mart(published: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published mart, attached as analysts attach it."""
    with duckdb.connect() as db:
        attach(db, published.mart)
        db.execute("USE mart")
        yield db


def take_and_publish(home: Home, folder: Path) -> None:
    """Import a folder, take in every edition of it, and publish the mart."""
    outcomes = list(import_paths(home, [folder], Request()))
    assert [one.message for one in outcomes if one.verdict == "refused"] == []
    for feed in contracts():
        for edition in sorted({file.edition for file in Archive(home).active_files(feed)}):
            assert take_in(home, feed, edition, RUN)
    hold(home, "registered_patients", SPOILT, "The publisher will issue it again", "A. Patel")
    built = build_mart(home, RUN, check_table())
    results = judge_mart(built.path, RUN)
    assert [result.rule for result in results if result.verdict != "pass"] == []
    add_results(built.path, results)
    publish(home, built)


def _reissue(source: Path, target: Path) -> None:
    """The same list, saved a day later, with one row broken and one patient fewer in another."""
    header, first, second, *rest = source.read_text().splitlines()
    broken, (start, _, patients) = first + "x", second.rpartition(",")
    changed = f"{start},{int(patients) - 1}"
    target.write_text("\n".join([header, broken, changed, *rest, ""]), newline="\n")
    _saved_after(source, target)


def _spoil(source: Path, target: Path) -> None:
    """The list of the month after, in which every count has lost its digits."""
    header, *rows = source.read_text().replace("2025-03-01", f"{SPOILT}-01").splitlines()
    spoilt = [row.rpartition(",")[0] + ",n/a" for row in rows[1:]]
    target.write_text("\n".join([header, rows[0], *spoilt, ""]), newline="\n")
    _saved_after(source, target)


def _saved_after(source: Path, target: Path) -> None:
    later = source.stat().st_mtime + 86_400
    os.utime(target, (later, later))
