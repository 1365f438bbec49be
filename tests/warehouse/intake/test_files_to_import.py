"""Which paths are imported, and which are refused."""

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
    mapping,
    write,
    write_list,
    write_list_map,
    write_regional,
    zipped,
)
from tests.warehouse.intake.support_intake import kept
from warehouse.base.home import Home


def test_names_do_not_matter_and_folders_are_walked(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    write_regional(folder / "one.csv")
    gzipped(folder / "deep" / "er" / "two.CSV.GZ", crosstab())
    zipped(folder / "deep" / "three.ZIP", {"x.csv": coverage(), "Mapping_Oct_25.csv": mapping()})
    write_list(folder / "Mapping.csv")
    write_list_map(folder / "no suffix")
    write(folder / ".hidden.csv", b"nothing")
    write(folder / ".git" / "x.csv", b"nothing")
    write(folder / "README.md", b"# Files")
    write(folder / "Thumbs.db", b"\xd0\xcf\x11\xe0")
    outcomes = imported(home, folder)
    assert {one.verdict for one in outcomes} == {"imported"}
    assert {(file.file_name, file.feed) for file in kept(home)} == {
        ("one.csv", "gp_appointments_sub_icb"),
        ("two.CSV", "gp_appointments_practice"),
        ("x.csv", "gp_appointments_coverage"),
        ("Mapping_Oct_25.csv", "gp_appointments_mapping"),
        ("Mapping.csv", "registered_patients"),
        ("no suffix", "registered_patients_map"),
    }


def test_a_path_that_is_not_there_does_not_stop_the_others(home: Home, tmp_path: Path) -> None:
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    sound = write_regional(tmp_path / "sound.csv")
    outcomes = imported(home, tmp_path / "no.csv", tmp_path / "dangling.csv", sound)
    assert [one.verdict for one in outcomes] == ["refused", "refused", "imported"]
    assert outcomes[0].message == "There is no such file." and outcomes[0].remedy


def test_what_is_no_regular_file_is_refused(home: Home, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "pipe.csv")
    (outcome,) = imported(home, tmp_path / "pipe.csv")
    assert outcome.verdict == "refused" and "not a regular file" in outcome.message


def test_a_file_that_may_not_be_read_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = write_regional(tmp_path / "locked.csv")

    def deny(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("warehouse.intake.importer.hash_file", deny)  # root may read everything
    (outcome,) = imported(home, locked)
    assert outcome.verdict == "refused" and outcome.remedy == "Check its permissions."
    assert str(locked) in outcome.message


def test_a_home_inside_the_folder_is_not_imported_back(home: Home, tmp_path: Path) -> None:
    write_regional(tmp_path / "f.csv")
    assert len(imported(home, tmp_path)) == 1
    write_list(home.landing / "g.csv")
    write(home.root / "lake" / "x.csv", b"rows")
    names = [one.name for one in imported(home, tmp_path)]
    assert names == ["f.csv", "g.csv"]


def test_a_file_still_being_written_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_regional(tmp_path / "f.csv")
    copy = shutil.copyfile

    def grown(source: Path, target: Path) -> None:
        copy(source, target)
        with Path(target).open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr("warehouse.store.shutil.copyfile", grown)
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and "changed while it was being read" in outcome.message
    assert "download" in outcome.remedy and kept_in(home) == []


def test_a_full_disk_leaves_nothing_half_written(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.store.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        imported(home, write_regional(tmp_path / "f.csv"))
    assert kept_in(home) == []
