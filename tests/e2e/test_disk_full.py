"""A full disk at each step that writes: nothing is lost or half visible, and it is reported.

The system refuses to let a file grow past a limit; that fails where a full disk fails.
"""

import errno
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from checks import runner
from pipelines.cli.unforeseen import error_words
from tests.checks.support_gx import met
from tests.e2e.killed import take_all
from tests.support import write_regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.intake.importer import Request, import_paths
from warehouse.publication.publish import is_current
from warehouse.publication.remembered import forget
from warehouse.store import Store

resource = pytest.importorskip("resource", reason="limits on file sizes are of POSIX systems")


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """No file may grow past so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    # Judging is not what is tested here, and loading the judge takes seconds.
    monkeypatch.setattr(runner, "evaluate", met)
    return Home(tmp_path / "home")


def land(home: Home, month: str) -> Path:
    path = home.landing / f"{month}.csv"
    write_regional(path, *[{"APPOINTMENT_MONTH": month}])
    return path


def kept(home: Home) -> dict[str, str]:
    """Every file of the home but of the landing folder and locks, with its hash."""
    files = (path for path in home.root.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.is_relative_to(home.landing)
    }


def test_a_full_disk_while_archiving_keeps_nothing_and_the_next_import_succeeds(
    home: Home,
) -> None:
    path = land(home, "OCT2025")
    with (
        no_file_over(path.stat().st_size - 1),
        pytest.raises(OSError, match=r"(?i)too large") as error,
    ):
        list(import_paths(home, [path], Request()))
    assert error.value.errno == errno.EFBIG
    assert kept(home) == {}
    assert "Nothing is lost" in error_words(error.value, home)[1]
    [outcome] = import_paths(home, [path], Request())
    assert outcome.verdict == "imported"


def test_while_writing_parquet_the_edition_stays_pending(home: Home) -> None:
    land(home, "OCT2025")
    with no_file_over(0), pytest.raises(OSError, match=r"(?i)too large"):
        take_all(home)
    assert kept(home) == {}
    list(import_paths(home, [home.landing], Request()))
    before = kept(home)
    with no_file_over(1000), pytest.raises(Exception, match=r"(?i)file too large"):
        take_all(home)
    assert {name: kept(home)[name] for name in before} == before
    assert not list(home.root.rglob("*.part"))
    assert not home.mart.exists()


@pytest.mark.parametrize(
    ("full", "raised"),
    [
        (False, OSError),
        pytest.param(True, duckdb.Error, marks=pytest.mark.acceptance),
    ],
)
def test_while_building_the_mart_the_last_one_stays(
    home: Home, full: bool, raised: type[Exception]
) -> None:
    """Whether it is a copy of the published one, or made anew."""
    land(home, "OCT2025")
    take_all(home)
    published = kept(home)["mart/access_recovery.duckdb"]
    land(home, "NOV2025")
    if full:
        forget(home)
    with no_file_over(home.mart.stat().st_size // 2), pytest.raises(raised) as error:
        take_all(home)
    assert error_words(error.value, home)[0].startswith("The disk is full")
    assert kept(home)["mart/access_recovery.duckdb"] == published
    assert {path.suffix for path in home.mart.parent.iterdir() if path.is_file()} <= {
        ".duckdb",
        ".lock",
    }
    assert not (home.mart.parent / "spill").exists()
    assert len(Archive(home).files()) == 2
    take_all(home)
    assert is_current(home)
    assert kept(home)["mart/access_recovery.duckdb"] != published


@pytest.mark.parametrize(("left", "told_so"), [(4096, True), (10**12, False)])
def test_a_disk_that_can_not_be_written_is_full_if_nothing_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch, left: int, told_so: bool
) -> None:
    monkeypatch.setattr(Store, "free_space", lambda _: left)
    reason, _ = error_words(sqlite3.OperationalError("disk I/O error"), home)
    assert reason.startswith("The disk is full") is told_so
