"""Text in every encoding and packing gives the same table, or is refused."""

from pathlib import Path

import pytest

from tests.support import gzipped, imported, regional, write, zipped
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home

TEXTS = {
    "ascii": (regional(), "ascii"),
    "utf-8": (regional({"REGION_NAME": "Ynys Môn"}), "utf-8"),
    "utf-8 with BOM": (b"\xef\xbb\xbf" + regional(), "utf-8"),
    "cp1252": (regional({"REGION_NAME": "a\N{EN DASH}b"}).decode().encode("cp1252"), "cp1252"),
    "utf-16": (regional({"REGION_NAME": "Ynys Môn"}).decode().encode("utf-16"), "utf-16"),
    "LF": (regional(end="\n"), "ascii"),
}


@pytest.mark.parametrize("case", TEXTS)
@pytest.mark.parametrize("packing", ["bare", "gzip", "zip"])
def test_encodings_and_packings_give_the_same_table(
    case: str, packing: str, home: Home, tmp_path: Path
) -> None:
    content, encoding = TEXTS[case]
    if packing == "zip":
        path = zipped(tmp_path / "f.zip", {"f.csv": content})
    elif packing == "gzip":
        path = gzipped(tmp_path / "f.csv.gz", content)
    else:
        path = write(tmp_path / "f.csv", content)
    (outcome,) = imported(home, path)
    file = outcome.file
    assert file is not None, outcome.message
    assert (file.feed, file.edition, file.rows) == ("gp_appointments_sub_icb", "2025-10", 1)
    assert (file.encoding, file.bytes, file.file_name) == (encoding, len(content), "f.csv")
    assert file.headings[0] == "SUB_ICB_LOCATION_CODE"
    with Archive(home).open(file) as stream:
        assert stream.read() == content


def test_utf16_cut_in_a_letter_is_refused(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", regional().decode().encode("utf-16")[:-1])
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused"
    assert "encoding is not known" in outcome.message and "UTF-8" in outcome.remedy


def test_utf16_without_its_mark_is_refused(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", regional().decode().encode("utf-16-le"))
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and "binary data" in outcome.message
