"""Recognising sample data, and keeping it apart from real data."""

import json
from pathlib import Path

import pytest

from tests.support import (
    coverage,
    crosstab,
    imported,
    kept_in,
    write,
    write_coverage,
    write_crosstab,
    write_regional,
    zipped,
)
from tests.warehouse.intake.support_intake import kept
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

COMMENT = b"SYNTHETIC DATA - invented figures, not NHS statistics"


def test_a_zips_comment_marks_all_that_is_in_it(home: Home, tmp_path: Path) -> None:
    (outcome,) = imported(home, zipped(tmp_path / "f.zip", {"c.csv": coverage()}, COMMENT))
    assert outcome.file is not None and outcome.file.synthetic
    assert "[SYNTHETIC]" in outcome.message


def test_one_marked_member_marks_the_others(home: Home, tmp_path: Path) -> None:
    invented = crosstab({"GP_CODE": "Z00001"})
    imported(home, zipped(tmp_path / "f.zip", {"c.csv": coverage(), "p.csv": invented}))
    assert [file.synthetic for file in kept(home)] == [True, True]


@pytest.mark.parametrize("place", ["beside", "unpacked beside", "unpacked in a folder"])
def test_the_manifest_marks_files_and_their_members(place: str, home: Home, tmp_path: Path) -> None:
    from assets.sample.writer import fingerprint

    out = tmp_path / "sample"
    path = zipped(out / "f.zip", {"c.csv": coverage()})
    manifest = {"files": {"f.zip": fingerprint(path)}}
    write(out / "SYNTHETIC.json", json.dumps(manifest).encode())
    if place == "unpacked beside":
        path = write_coverage(out / "c.csv")
    elif place == "unpacked in a folder":
        path = write_coverage(out / "f" / "c.csv")
    imported(home, path)
    assert [file.synthetic for file in kept(home)] == [True]
    other = write_coverage(out / "other.csv", {"Open Practices": 7})
    imported(Home(tmp_path / "other home"), other)
    assert [file.synthetic for file in kept(Home(tmp_path / "other home"))] == [False]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": {"a": 1}}', b"\xff"])
def test_an_invalid_manifest_is_reported(content: bytes, home: Home, tmp_path: Path) -> None:
    write(tmp_path / "SYNTHETIC.json", content)
    (outcome,) = imported(home, write_coverage(tmp_path / "c.csv"))
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert "SYNTHETIC.json" in outcome.message and "Delete" in outcome.remedy


def test_sample_data_are_refused_among_real_ones(home: Home, tmp_path: Path) -> None:
    imported(home, write_regional(tmp_path / "real.csv"))
    before = kept_in(home)
    path = write_regional(tmp_path / "s.csv", {"SUB_ICB_LOCATION_NAME": "NHS A (SYNTHETIC)"})
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and kept_in(home) == before
    assert "synthetic" in outcome.message and "ACCESS_RECOVERY_HOME" in outcome.remedy


def test_the_first_real_import_reports_that_it_retires_the_sample(
    home: Home, tmp_path: Path
) -> None:
    imported(home, write_crosstab(tmp_path / "s.csv", {"GP_CODE": "Z00001"}))
    assert [file.synthetic for file in Archive(home).active_files()] == [True]
    first, second = (
        imported(home, write_crosstab(tmp_path / f"{n}.csv", {"GP_CODE": f"C8200{n}"}))[0]
        for n in (1, 2)
    )
    assert "once it is accepted it replaces the SYNTHETIC sample" in first.message
    assert "older" not in first.message, "the sample is no revision of it"
    assert "replaces" not in second.message
    assert [file.synthetic for file in Archive(home).active_files()] == [False, False]
    assert len(kept(home)) == 3 and Archive(home).has_real()
