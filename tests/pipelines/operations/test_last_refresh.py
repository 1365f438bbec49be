"""What is remembered of the last refresh."""

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.operations.last_refresh import last_refresh, remember
from pipelines.operations.refresh import remembered
from pipelines.operations.refresh_report import RefreshReport
from tests.support import write_text
from warehouse.base.home import Home

NOW = datetime(2025, 11, 27, 9, 40, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BAD = ("notes.csv", "notes.csv", "It is no feed that is known.", "Remove it.")
WORSE = ("more.csv", "more.csv", "It is empty.", "Download it again.")


def test_a_row_of_failures_and_a_refused_file_count_from_the_first(home: Home) -> None:
    assert last_refresh(home) is None
    remember(home, ["mart: the disk is full"], [BAD], False, NOW)
    remember(home, ["mart: the disk is full"], [BAD, WORSE], False, LATER)
    last = last_refresh(home)
    assert last is not None
    assert (last.at, last.failing_since) == (LATER, NOW)
    assert [(one.name, one.since) for one in last.refused] == [
        ("notes.csv", NOW),
        ("more.csv", LATER),
    ]
    remember(home, [], [], True, LATER)
    last = last_refresh(home)
    assert last is not None and (last.failing_since, last.refused) == (None, ())


def test_an_interrupted_refresh_is_recorded(home: Home) -> None:
    with (
        pytest.raises(OSError, match="No space"),
        remembered(home, RefreshReport(failures=["one"])),
    ):
        raise OSError("No space left on device")
    last = last_refresh(home)
    assert last is not None and last.failures == ("one", "No space left on device")


def test_an_unwritable_or_unreadable_note_stops_no_refresh(home: Home) -> None:
    write_text(home.root / "state", "a file where the folder should be")
    remember(home, [], [], True)
    home.state.unlink()
    write_text(home.state / "refresh.json", "half a")
    assert last_refresh(home) is None
