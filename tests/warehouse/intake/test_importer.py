"""Repeated imports, and reading back what was archived."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support import (
    coverage,
    crosstab,
    gzipped,
    imported,
    kept_in,
    list_map,
    mapping,
    regional,
    write,
    write_mapping,
    write_regional,
    zipped,
)
from tests.warehouse.intake.support_intake import RELEASE, kept
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

LATER = 4_000_000_000  # a copy saved after all others: what came first tells where it is from


def test_feed_argument_refuses_what_is_another_feed(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    (outcome,) = imported(home, path, feed="registered_patients")
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert imported(home, path, feed="gp_appointments_sub_icb")[0].verdict == "imported"


def test_importing_the_same_bytes_again_changes_nothing(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "release.zip", RELEASE)
    imported(home, path)
    before = {name: (home.root / name).read_bytes() for name in kept_in(home)}
    renamed = Path(shutil.copy(path, tmp_path / "another name.zip"))
    os.utime(renamed, (LATER, LATER))
    for again in (path, renamed):
        outcomes = imported(home, again)
        assert {one.verdict for one in outcomes} == {"known"} and len(outcomes) == 5
        assert outcomes and all("already archived" in one.message for one in outcomes)
        assert all("nothing to do" in one.message for one in outcomes)
    assert {name: (home.root / name).read_bytes() for name in kept_in(home)} == before


def test_the_same_member_in_another_zip_is_known(home: Home, tmp_path: Path) -> None:
    imported(home, zipped(tmp_path / "one.zip", {"a.csv": regional()}))
    again = write_regional(tmp_path / "a.csv")
    os.utime(again, (LATER, LATER))
    (outcome,) = imported(home, again)
    assert outcome.verdict == "known" and len(kept(home)) == 1 and len(kept_in(home)) == 2


def test_refused_members_are_imported_again(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "r.zip", {"a.csv": coverage(), "Mapping.csv": mapping()})
    imported(home, path)
    outcomes = imported(home, path, edition="2025-10")
    assert {one.name: one.verdict for one in outcomes} == {
        "r.zip: a.csv": "known",
        "r.zip: Mapping.csv": "imported",
    }


def test_one_mapping_for_two_editions_is_two_records(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    for edition in ("2025-08", "2025-10"):
        assert imported(home, path, edition=edition)[0].verdict == "imported"
    named = write_mapping(tmp_path / "Mapping_Nov_25.csv")
    assert imported(home, named)[0].verdict == "imported"
    assert [file.edition for file in kept(home)] == ["2025-08", "2025-10", "2025-11"]
    assert len({file.sha256 for file in kept(home)}) == 1
    assert len(list((home.archive / "objects").rglob("*/*"))) == 1
    again = imported(home, path, edition="2025-10")
    assert [(one.verdict, one.message) for one in again] == [
        ("known", "already archived as gp_appointments_mapping 2025-10; nothing to do")
    ]


def test_lost_bytes_are_restored_by_importing_again(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    imported(home, path)
    (file,) = kept(home)
    Archive(home).object_path(file.container_sha256).unlink()
    with (
        pytest.raises(FileNotFoundError, match=r"f\.csv: its bytes are missing.*import the"),
        Archive(home).open(file),
    ):
        pass
    assert imported(home, path)[0].verdict == "known"
    with Archive(home).open(file) as stream:
        assert stream.read() == regional()


def test_archived_bytes_are_those_published(home: Home, tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbf" + regional({"REGION_NAME": "Ynys Môn"})
    imported(home, write(tmp_path / "bare.csv", marked))
    imported(home, gzipped(tmp_path / "packed.csv.gz", crosstab()))
    imported(home, zipped(tmp_path / "r.zip", {"in/a.csv": coverage(), "b.csv": list_map()}))
    wanted = {"bare.csv": marked, "packed.csv": crosstab(), "a.csv": coverage()}
    wanted["b.csv"] = list_map()
    archive = Archive(home)
    assert {file.file_name for file in archive.files()} == wanted.keys()
    for file in archive.files():
        with archive.open(file) as stream:
            assert stream.read() == wanted[file.file_name]
        assert file.bytes == len(wanted[file.file_name])
    assert {file.file_name for file in archive.files("registered_patients_map")} == {"b.csv"}
