"""Old marts: the last few stay, as long as all that they show may still be seen."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.support import write_text
from tests.warehouse.support_mart import choose
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.editions.rulings import hold
from warehouse.publication.build import Built
from warehouse.publication.previous_marts import previous_marts
from warehouse.publication.publish import publish, take_down

BEGAN = datetime(2025, 11, 27, 9, 45)


class Publisher:
    """Publishes copies of one mart, each an hour later than the last."""

    def __init__(self, home: Home, path: Path) -> None:
        self.home, self.path, self.times = home, path, 0

    def __call__(self, times: int = 1) -> list[str]:
        """The names of the old marts after publishing so many times more."""
        for _ in range(times):
            part = self.home.mart.with_name("building.duckdb.part")
            shutil.copyfile(self.path, part)
            with duckdb.connect(str(part)) as db:
                at = BEGAN + timedelta(hours=self.times)
                db.execute("UPDATE governance.publication SET published_at = ?", [at])
            self.times += 1
            publish(
                self.home,
                Built(path=part, fingerprint="", publication={}, synthetic=False, figures=1),
            )
        return [Path(key).stem[-15:] for key in previous_marts(self.home)]

    @property
    def file(self) -> SourceFile:
        return Archive(self.home).active_files()[0]


@pytest.fixture
def again(llr_home: Home, tmp_path: Path) -> Publisher:
    """Publishes the mart of a world in a home of its own, where none is published yet."""
    home = Home(tmp_path / "home")
    shutil.copytree(llr_home.root, home.root)
    return Publisher(home, Path(shutil.move(home.mart, tmp_path / "mart.duckdb")))


def test_the_last_two_stay_and_take_no_room_of_their_own(again: Publisher) -> None:
    assert again() == [], "there was none before"
    was = again.home.mart.stat().st_ino
    assert again() == ["20251127T094500"]
    assert again.home.store.local_copy(previous_marts(again.home)[0]).stat().st_ino == was
    assert again(3) == ["20251127T124500", "20251127T114500"]


@pytest.mark.parametrize("left", ["withdrawn", "held", "purged", "disclosure", "unreadable"])
def test_previous_marts_with_excluded_data_are_removed(again: Publisher, left: str) -> None:
    assert again(2) != []
    home, file = again.home, again.file
    if left == "withdrawn":
        withdraw(home, file.sha256, "it is wrong", "A. Person")
    elif left == "held":
        hold(home, file.feed, file.edition, "it is wrong", "A. Person")
    elif left == "purged":
        Archive(home).forget(file.feed, file.edition, file.sha256)
    elif left == "disclosure":
        choose(home, practice_level=True, threshold=10)
    else:
        home.store.replace(previous_marts(home)[0], b"no database")
    assert again() == (["20251127T104500"] if left == "unreadable" else [])


def test_a_mart_that_is_taken_down_takes_the_old_ones_with_it(again: Publisher) -> None:
    again(3)
    assert take_down(again.home) and previous_marts(again.home) == []


def test_previous_marts_are_copied_without_links_and_may_be_switched_off(
    again: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", unknown)
    assert again(2) == ["20251127T094500"]
    write_text(again.home.settings, "keep_marts: 0\n")
    assert again() == []
