"""A mart of the synthetic sample for the documents' queries: the sample's home, and a refresh.

Beside the sample it holds what governance asks about: a list re-issued with one changed and one
broken row (revision 2, quarantine), and a list whose rows are mostly broken (held back, which a
person has confirmed).
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.ingest import take_in
from checks.check_register import check_table
from checks.mart_checks import add_results, judge_mart
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.editions.rulings import hold
from warehouse.intake.importer import Request, import_paths
from warehouse.publication.build import build_mart
from warehouse.publication.publish import publish

RUN = "documents"
NEWEST, SPOILT = "2025-03", "2025-04"


@pytest.fixture(scope="session")
def published(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published mart."""
    place = tmp_path_factory.mktemp("documents")
    home = Home(place / "home")
    shutil.copytree(sample_home.root, home.root, ignore=shutil.ignore_patterns("dagster"))
    newest = _newest_list(home)
    _publish_with(home, _reissued(newest, place), _spoilt(newest, place))
    return home


@pytest.fixture(scope="session")
def mart(published: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published mart, attached as analysts attach it."""
    with duckdb.connect() as db:
        attach(db, published.mart)
        db.execute("USE mart")
        yield db


def _publish_with(home: Home, reissued: Path, spoilt: Path) -> None:
    """Process two lists, of which the second is held, and publish the mart again."""
    outcomes = list(import_paths(home, [reissued, spoilt], Request()))
    assert [one.message for one in outcomes if one.verdict == "refused"] == []
    for edition in (NEWEST, SPOILT):
        assert take_in(home, "registered_patients", edition, RUN)
    hold(home, "registered_patients", SPOILT, "The publisher will issue it again", "A. Patel")
    built = build_mart(home, RUN, check_table())
    results = judge_mart(built.path, RUN)
    assert [result.rule for result in results if result.verdict != "pass"] == []
    add_results(built.path, results)
    publish(home, built)


def _newest_list(home: Home) -> str:
    """The newest list of practices' patients, as it was published."""
    files = Archive(home).active_files("registered_patients")
    [newest] = [file for file in files if file.edition == NEWEST]
    with Archive(home).open(newest) as stream:
        return stream.read().decode()


def _reissued(newest: str, folder: Path) -> Path:
    """The same list, saved a day later, with one row broken and one patient fewer in another."""
    header, first, second, *rest = newest.splitlines()
    broken, (start, _, patients) = first + "x", second.rpartition(",")
    changed = f"{start},{int(patients) - 1}"
    return _tomorrow(folder / "reissued.csv", [header, broken, changed, *rest])


def _spoilt(newest: str, folder: Path) -> Path:
    """The list of the month after, in which every count has lost its digits."""
    header, *rows = newest.replace(f"{NEWEST}-01", f"{SPOILT}-01").splitlines()
    spoilt = [row.rpartition(",")[0] + ",n/a" for row in rows[1:]]
    return _tomorrow(folder / "spoilt.csv", [header, rows[0], *spoilt])


def _tomorrow(path: Path, lines: list[str]) -> Path:
    """Write a file that was saved after those of the sample."""
    path.write_text("\n".join([*lines, ""]), newline="\n")
    later = time.time() + 86_400
    os.utime(path, (later, later))
    return path
