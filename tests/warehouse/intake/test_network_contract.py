"""Files of the Network Contract DES: what is read of them, and what is refused."""

import zipfile
from pathlib import Path

import polars as pl

from assets.feeds.gp_pharmacy_referrals.testing import build, since_april
from assets.feeds.iif.testing import build as annual
from tests.checks.support_checks import judged, one, tidied
from tests.support import imported, write
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

FEED = "gp_pharmacy_referrals"


def zipped(path: Path, content: bytes, flip: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{path.stem}.csv", content)
    if flip:
        path.write_bytes(path.read_bytes().replace(b"C82001", b"C82009", 1))
    return path


def test_only_referrals_are_read_whatever_their_code_that_year(home: Home) -> None:
    content = build(
        {"IND_CODE": "NCD113", "VALUE": 5},
        {"IND_CODE": "ACC09", "VALUE": "*", "PRACTICE_CODE": "C82002"},
        {"IND_CODE": "ACC15", "VALUE": 1, "PRACTICE_CODE": "C82002"},
        {"IND_CODE": "NCD003", "MEASURE": "Denominator", "VALUE": 900},
        {"IND_CODE": "NCD003", "MEASURE": "Numerator", "VALUE": 300},
    )
    facts, paths = tidied(home, b"\xef\xbb\xbf" + content)
    rows = pl.read_parquet(paths.tidy).select("practice_code", "indicator", "value")
    assert (facts.rows, facts.quarantined) == (3, 0)
    assert [tuple(map(str, row)) for row in rows.rows()] == [
        ("C82001", "Referrals", "5"),
        ("C82002", "Referrals", "None"),
        ("C82002", "Declined", "1"),
    ]


def test_two_kinds_of_values_of_an_indicator_are_never_added(home: Home) -> None:
    tidied(home, build({"MEASURE": "Numerator"}, {"MEASURE": "Denominator", "VALUE": 200}))
    taken = judged(home, FEED)
    assert taken.state.verdict == "held"
    assert one(taken, "keys_unique").verdict == "fail"


def test_a_file_without_the_indicators_is_refused(home: Home, tmp_path: Path) -> None:
    """There is none of referrals from April 2025."""
    path = write(tmp_path / "NCDesApril25.csv", build({"IND_CODE": "NCD003"}))
    [outcome] = imported(home, path)
    assert outcome.verdict == "refused", outcome
    assert "has none of its rows (`IND_CODE` matches" in outcome.message


def test_a_zip_whose_checksum_is_wrong_is_refused_and_the_reissue_read(
    home: Home, tmp_path: Path
) -> None:
    content = since_april("30/04/2023", code="NCD113", C82001=10)
    [outcome] = imported(home, zipped(tmp_path / "NCDesApril23.zip", content, flip=True))
    assert (outcome.verdict, "damaged or incomplete" in outcome.message) == ("refused", True)
    first, again = tmp_path / "NCDesApril23.zip", tmp_path / "NCDesApril23 v3.0.zip"
    imported(home, zipped(first, content))
    imported(home, zipped(again, since_april("30/04/2023", code="NCD113", C82001=11)))
    files = [file for file in Archive(home).files() if file.feed == FEED]
    assert [(file.edition, file.edition_basis) for file in files] == [("2023-04", "content")] * 2


def test_the_annual_file_of_the_publication_is_another_feed(home: Home, tmp_path: Path) -> None:
    imported(home, write(tmp_path / "a.csv", annual()), write(tmp_path / "b.csv", build()))
    assert sorted(file.feed for file in Archive(home).files()) == [FEED, "iif"]
