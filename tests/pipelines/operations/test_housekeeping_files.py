"""What is removed: nothing of the archive, nothing in use, only what can be rebuilt."""

from pathlib import Path

import pytest

from pipelines.operations.housekeeping_files import find_waste, remove
from tests.support import kept_in, write, write_regional, write_text
from tests.warehouse.support_mart import bring
from warehouse.archive.source_files import Archive
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.editions.check_history import record
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

FEED = "gp_appointments_sub_icb"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two editions in use."""
    made = Home(tmp_path / "home")
    for month in ("OCT", "NOV"):
        path = write_regional(tmp_path / f"{month}.csv", {"APPOINTMENT_MONTH": f"{month}2025"})
        bring(made, path)
    for file in Archive(made).files():
        tidy(made, file)
        record(made, FEED, file.edition, "fingerprint", [], "run")
    return made


def waste_of(home: Home) -> dict[str, str]:
    return {one.key: one.why for one in find_waste(home)}


def test_what_is_in_use_stays(home: Home) -> None:
    write(home.root / f"lake/tidy/{FEED}/2025-12/abc.parquet.1234.part", b"in the making")
    assert waste_of(home) == {}


def test_files_that_no_archived_file_needs_are_removed(home: Home) -> None:
    place = f"{FEED}/2019-01"
    stray = [
        f"lake/editions/{FEED}/2019-01.json",
        "lake/lineage/0ld.parquet",
        "lake/lineage/20250101T000000-1234.parquet",
        f"lake/measures/{place}/abc.parquet",
        f"lake/tidy/{place}/abc.json",
        f"quarantine/{place}/abc.parquet",
    ]
    for name in stray:
        write(home.root / name, b"12345")
    write(home.root / "lake/lineage/20250102T000000-0123.parquet", b"in use")
    before = kept_in(home)
    waste = find_waste(home)
    assert [one.key for one in waste] == stray
    assert {one.bytes for one in waste} == {5}
    remove(home, waste)
    assert kept_in(home) == [name for name in before if name not in stray]
    assert not (home.root / "quarantine" / place).exists(), "nor an empty folder"
    assert find_waste(home) == []


def test_a_withdrawn_file_keeps_its_rows_until_they_are_out_of_date(home: Home) -> None:
    [file, _] = Archive(home).files()
    withdraw(home, file.sha256, "it is wrong", "A. Person")
    assert waste_of(home) == {}
    older = tidy(home, file).model_copy(update={"version": "older"})
    write_text(lake_paths(home, file).facts, older.model_dump_json())
    gone = waste_of(home)
    assert set(gone.values()) == {"made from files that are not in use"}
    assert all(file.short in path for path in gone) and len(gone) >= 3


def test_sample_data_among_real_ones_go(home: Home) -> None:
    archive = Archive(home)
    [real, sample] = archive.files()
    as_sample = sample.model_copy(update={"synthetic": True})
    home.store.replace(archive.record_key(sample), as_sample.model_dump_json())
    assert all(sample.short in path for path in waste_of(home)) and waste_of(home)
    assert not any(real.short in path for path in waste_of(home))
