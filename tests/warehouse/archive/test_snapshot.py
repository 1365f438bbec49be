"""One reading of the archive per run, and what this process changes is seen at once."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assets.ingest import pending_editions, take_in
from checks import runner
from tests.checks.support_gx import met
from tests.support import imported, write_regional
from tests.warehouse.support_mart import RUN
from warehouse.archive import source_files as archive
from warehouse.archive.snapshot import one_snapshot, outdated
from warehouse.archive.source_files import Archive
from warehouse.archive.withdrawals import restore, withdraw
from warehouse.base.home import Home
from warehouse.editions.status import all_statuses
from warehouse.publication.build import mart_fingerprint
from warehouse.store import Store

FEED = "gp_appointments_sub_icb"
MONTHS = ("JUN", "JUL", "AUG", "SEP", "OCT", "NOV")
WHY = ("mistaken", "A. Person")


def brought(home: Home, folder: Path, months: int) -> None:
    for month in MONTHS[:months]:
        imported(
            home, write_regional(folder / f"{month}.csv", {"APPOINTMENT_MONTH": f"{month}2025"})
        )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The records that were read."""
    keys: list[str] = []
    real: Callable[[Store, str], archive.SourceFile] = archive._parsed

    def noting(store: Store, key: str) -> archive.SourceFile:
        keys.append(key)
        return real(store, key)

    monkeypatch.setattr(archive, "_parsed", noting)
    return keys


@pytest.mark.parametrize("months", [2, 6])
def test_a_run_reads_each_record_once(
    home: Home, tmp_path: Path, read: list[str], months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging an edition asks for the files of all; so does each verdict, and the mart."""
    monkeypatch.setattr(runner, "evaluate", met)  # what it is judged by reads no archive
    brought(home, tmp_path, months)
    read.clear()
    with one_snapshot():
        for edition in pending_editions(home, FEED):
            take_in(home, FEED, edition, RUN)
        assert len(all_statuses(home)) == months
        mart_fingerprint(home)
    assert len(read) == months


@pytest.mark.parametrize("months", [2, 6])
def test_an_import_of_many_files_reads_no_record_again(
    home: Home, tmp_path: Path, read: list[str], months: int
) -> None:
    with one_snapshot():
        brought(home, tmp_path, months)
        within = Archive(home).files()
    assert len(read) <= 2 * months
    assert within == Archive(home).files() and len(within) == months


def test_what_this_process_changes_is_seen_at_once(home: Home, tmp_path: Path) -> None:
    brought(home, tmp_path, 1)
    with one_snapshot():
        [file] = Archive(home).active_files()
        withdraw(home, file.sha256, *WHY)
        assert Archive(home).active_files() == [] and Archive(home).files() == [file]
        restore(home, file.sha256, *WHY)
        assert Archive(home).active_files(FEED) == [file]
        Archive(home).restate(file, date(2025, 11, 1))
        [restated] = Archive(home).files()
        assert restated.published_on == date(2025, 11, 1)
        brought(home, tmp_path, 2)
        assert len(Archive(home).files(FEED)) == 2
        Archive(home).forget(FEED, file.edition, file.sha256)
        assert len(Archive(home).files()) == 1


def test_what_another_process_does_is_seen_by_the_next_run_or_when_it_is_asked_for(
    home: Home, tmp_path: Path
) -> None:
    brought(home, tmp_path, 1)
    with one_snapshot():
        [file] = Archive(home).active_files()
        key = Archive(home).record_key(file)
        kept = home.store.read(key)
        home.store.delete(key)
        with one_snapshot():
            assert Archive(home).files() == [file], "one snapshot, also within itself"
        outdated(home)
        assert Archive(home).files() == []
        home.store.replace(key, kept)
    assert Archive(home).files() == [file]
