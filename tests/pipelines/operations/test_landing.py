"""The landing folder: what the sensor decides, and what an import leaves alone."""

import os
import time

import pytest

from pipelines.operations.landing import (
    EACH_FILE,
    LandingDecision,
    SeenFolder,
    look_at,
    lying,
    take_landing,
)
from tests.support import write_regional, write_text
from warehouse.base.home import Home

STILL = 20.0


def looked(home: Home, seen: SeenFolder, now: float, *refused: str) -> LandingDecision:
    return look_at(lying(home), seen, refused, STILL, now)


def settled(home: Home, seen: SeenFolder, now: float, *refused: str) -> LandingDecision:
    """Two evaluations, far enough apart."""
    return looked(home, looked(home, seen, now, *refused).seen, now + STILL, *refused)


def test_a_refresh_is_requested_once_a_file_has_stopped_growing(home: Home) -> None:
    path = home.landing / "november.csv"
    write_text(path, "half")
    first = looked(home, SeenFolder(), 0)
    assert first.run_key is None and "finish copying" in first.why
    assert looked(home, first.seen, STILL - 1).run_key is None
    write_text(path, "half and half")
    grown = looked(home, first.seen, STILL)
    assert grown.run_key is None
    asked = looked(home, grown.seen, 2 * STILL)
    assert asked.run_key
    assert looked(home, asked.seen, 3 * STILL).run_key is None


def test_a_refused_file_requests_no_refresh_until_it_changes(home: Home) -> None:
    path = home.landing / "letter.zip"
    write_text(path, "<html>")
    asked = settled(home, SeenFolder(), 0)
    day = 86_400
    stays = looked(home, asked.seen, day, "letter.zip")
    assert (stays.run_key, stays.why) == (
        None,
        "letter.zip refused: replace or remove",
    )
    write_text(home.landing / "october.csv", "A")
    beside = settled(home, stays.seen, day, "letter.zip")
    assert beside.run_key and beside.why == "october.csv to be imported"
    (home.landing / "october.csv").unlink()
    assert settled(home, beside.seen, 2 * day, "letter.zip").run_key is None
    write_text(path, "PK something else")
    assert settled(home, beside.seen, 3 * day, "letter.zip").run_key


def test_files_of_an_interrupted_import_are_retried_after_an_hour(home: Home) -> None:
    write_text(home.landing / "november.csv", "A")
    asked = settled(home, SeenFolder(), 0)
    assert looked(home, asked.seen, 3000).run_key is None
    again = looked(home, asked.seen, 3700)
    assert again.run_key not in (None, asked.run_key)


def test_the_same_file_put_there_again_requests_another_refresh(home: Home) -> None:
    path = home.landing / "november.csv"
    write_text(path, "A")
    os.utime(path, (1, 1))
    asked = settled(home, SeenFolder(), 0)
    path.unlink()
    gone = looked(home, asked.seen, 100)
    assert gone.why == "The landing folder is empty"
    write_text(path, "A")
    os.utime(path, (1, 1))
    again = settled(home, gone.seen, 200)
    assert again.run_key not in (None, asked.run_key)


@pytest.mark.parametrize(
    "name", ["a.csv.part", "a.zip.crdownload", "~$list.xlsx", ".a.csv.swp", "a.xlsx.partial"]
)
def test_what_a_program_is_writing_to_is_left_alone(home: Home, name: str) -> None:
    write_text(home.landing / name, "half")
    assert lying(home) == []


def test_an_import_leaves_what_was_written_to_just_now(home: Home) -> None:
    old = write_regional(home.landing / "november.csv", {"APPOINTMENT_MONTH": "NOV2025"})
    os.utime(old, (time.time() - 60,) * 2)
    write_regional(home.landing / "october.csv", {"APPOINTMENT_MONTH": "OCT2025"})
    told: list[str] = []
    [outcome] = take_landing(home, told.append, still_for=STILL)
    assert outcome.path == old
    assert told == ["1 file in the landing folder", f"{EACH_FILE}november.csv"]
    assert [path.name for path in home.landing.iterdir()] == ["october.csv"]


def test_a_file_that_grew_while_it_was_read_stays(home: Home) -> None:
    path = write_regional(home.landing / "november.csv", {"APPOINTMENT_MONTH": "NOV2025"})
    for _ in take_landing(home, print):
        with path.open("ab") as more:
            more.write(b"\r\n")
    assert path.exists()
