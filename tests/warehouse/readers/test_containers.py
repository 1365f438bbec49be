"""Damaged and hostile files: each is refused with its reason, and leaves no trace in the home."""

import gzip
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import (
    coverage,
    crosstab,
    gzipped,
    imported,
    kept_in,
    mapping,
    regional,
    write,
    write_regional,
    zipped,
)
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.readers.containers import Content, contents, count_members, sniff, to_utf8
from warehouse.readers.refused import Refused, shown
from warehouse.readers.zip_safety import MAX_MEMBERS

PAGE = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head></html>"
MANY = {f"{n}.csv": b"x" for n in range(MAX_MEMBERS + 1)}


def zip_bytes(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return out.getvalue()


def zip_of(info: zipfile.ZipInfo, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr(info, content)
    return out.getvalue()


def patched(content: bytes, offset: int, form: str, value: int) -> bytes:
    """The zip with a field of its first central directory entry overwritten."""
    place = content.index(b"PK\x01\x02") + offset
    return content[:place] + struct.pack(form, value) + content[place + struct.calcsize(form) :]


def symlink() -> bytes:
    info = zipfile.ZipInfo("regional.csv")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return zip_of(info, b"/etc/passwd")


def twins() -> bytes:
    both = zip_bytes({"a.csv": regional(), "b.csv": crosstab()})
    return both.replace(b"b.csv", b"a.csv")


def spreadsheet() -> bytes:
    return zip_bytes({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def bomb() -> bytes:
    return zip_bytes({"regional.csv": regional() + b"A" * (20 << 20)})


def gzip_bomb() -> bytes:
    return gzip.compress(regional() + b"0,Same Day\r\n" * (2 << 20))


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


NOISE = bytes(range(256)) * 40
ROWS = regional(*[{"COUNT_OF_APPOINTMENTS": n * 7919 % 100_003} for n in range(400)])
OUTSIDE = "path traversal"
AGAIN = "Download it again"
DAMAGED: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "page as zip": ("feed.zip", lambda: PAGE, "web page", AGAIN),
    "page as csv": ("feed.csv", lambda: PAGE, "web page", AGAIN),
    "page after a BOM": ("feed.csv", lambda: b"\xef\xbb\xbf\r\n" + PAGE, "web page", AGAIN),
    "script of a log-in": ("feed.csv", lambda: b"<script>1</script>", "web page", AGAIN),
    "page in gzip": ("feed.csv.gz", lambda: gzip.compress(PAGE), "web page", AGAIN),
    "page in zip": ("feed.zip", lambda: zip_bytes({"a.csv": PAGE}), "web page", AGAIN),
    "csv as zip": ("feed.zip", regional, "content is not zip", AGAIN),
    "csv as gz": ("feed.csv.gz", regional, "content is not gz", AGAIN),
    "cut zip": ("feed.zip", lambda: cut(zip_bytes({"a.csv": ROWS})), "or incomplete", "finish"),
    "cut gzip": ("feed.csv.gz", lambda: cut(gzip.compress(ROWS)), "or incomplete", "finish"),
    "zip with a flipped byte": (
        "feed.zip",
        lambda: zip_bytes({"a.csv": ROWS}, zipfile.ZIP_STORED).replace(b"Midlands", b"midlands", 1),
        "or incomplete",
        "finish",
    ),
    "only a zip's end": ("feed.zip", lambda: zip_bytes({}), "has no files", AGAIN),
    "zip bomb": ("feed.zip", bomb, "zip bomb", "Do not use this file"),
    "zip bomb that shows a small size": (
        "feed.zip",
        lambda: patched(bomb(), 24, "<L", 500),
        "damaged",
        "Download it again",
    ),
    "zip bomb that shows a large packed size": (
        "feed.zip",
        lambda: patched(bomb(), 20, "<L", 1 << 30),
        "zip bomb",
        "Do not use this file",
    ),
    "gzip bomb": ("feed.csv.gz", gzip_bomb, "a zip bomb", "Do not use this file"),
    "member above": ("feed.zip", lambda: zip_bytes({"../x.csv": regional()}), OUTSIDE, "Do not"),
    "member above, further in": (
        "feed.zip",
        lambda: zip_bytes({"a/../../x.csv": regional()}),
        OUTSIDE,
        "Do not use",
    ),
    "member above, backslash": (
        "feed.zip",
        lambda: zip_bytes({"..\\x.csv": regional()}),
        OUTSIDE,
        "Do not use",
    ),
    "absolute member": ("feed.zip", lambda: zip_bytes({"/x.csv": regional()}), OUTSIDE, "Do not"),
    "absolute member of Windows": (
        "feed.zip",
        lambda: zip_bytes({"C:\\x.csv": regional()}),
        OUTSIDE,
        "Do not use",
    ),
    "member on a share": (
        "feed.zip",
        lambda: zip_bytes({"\\\\host\\share\\x.csv": regional()}),
        OUTSIDE,
        "Do not use",
    ),
    "link member": ("feed.zip", symlink, "is a link", "Do not use"),
    "encrypted member": (
        "feed.zip",
        lambda: patched(zip_bytes({"a.csv": regional()}), 8, "<H", 1),
        "encrypted",
        "unprotected copy",
    ),
    "unknown packing": (
        "feed.zip",
        lambda: patched(zip_bytes({"a.csv": regional()}), 10, "<H", 9),
        "compression method",
        "Unpack it",
    ),
    "two members of one name": ("feed.zip", twins, "name of another", "Do not use"),
    "member name that clears the screen": (
        "feed.zip",
        lambda: zip_bytes({"\x1b[2Ja.csv": regional()}),
        "can't be printed",
        "Do not use",
    ),
    "member without a name": (
        "feed.zip",
        lambda: zip_bytes({"a": regional(), "b": b""}).replace(b"a", b"\0").replace(b"b", b"\0"),
        "name of another",
        "Do not use",
    ),
    "too many members": ("feed.zip", lambda: zip_bytes(MANY), "2001 files", "publisher's"),
    "empty": ("feed.csv", lambda: b"", "is empty", AGAIN),
    "blank": ("feed.csv", lambda: b"\r\n  \r\n", "is empty", AGAIN),
    "zeros": ("feed.csv", lambda: bytes(5000), "is empty", AGAIN),
    "empty gzip": ("feed.csv.gz", lambda: gzip.compress(b""), "is empty", AGAIN),
    "empty zip member": ("feed.zip", lambda: zip_bytes({"a.csv": b""}), "is empty", AGAIN),
    "blank zip member": (
        "feed.zip",
        lambda: zip_bytes({"a.csv": b"\r\n\r\n"}),
        "first line is blank",
        "must have the headings",
    ),
    "zip without data": (
        "feed.zip",
        lambda: zip_bytes({"About.pdf": b"%PDF", "a/": b"", "ReadMe.TXT": b"hello"}),
        "has no data file",
        "publisher's file",
    ),
    "zip in a zip": (
        "feed.zip",
        lambda: zip_bytes({"inner.zip": zip_bytes({"a.csv": regional()})}),
        "archive inside an archive",
        "Unpack it once",
    ),
    "gzip in a zip": (
        "feed.zip",
        lambda: zip_bytes({"a.csv.gz": gzip.compress(regional())}),
        "archive inside an archive",
        "Unpack it once",
    ),
    "noise": ("feed.csv", lambda: b"\x07" + NOISE, "binary data", "CSV"),
    "pdf": ("feed.csv", lambda: b"%PDF-1.7\n%\xe2\xe3", "PDF document", "CSV or zip"),
    "xls": ("feed.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "old-style", "CSV"),
    "xlsx": ("feed.xlsx", spreadsheet, "Excel workbook", "Download it again"),
    "xlsx as csv": ("feed.csv", spreadsheet, "Excel workbook", "Download it again"),
    "parquet": ("feed.parquet", lambda: b"PAR1\x15\x04" + NOISE, "binary data", "CSV"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused_and_the_next_imported(
    case: str, home: Home, tmp_path: Path
) -> None:
    name, make, reason, remedy = DAMAGED[case]
    damaged = write(tmp_path / "in" / name, make())
    sound = write_regional(tmp_path / "in" / "sound.csv")
    alone = imported(home, damaged)
    assert [(one.path, one.verdict) for one in alone] == [(damaged, "refused")]
    assert reason in alone[0].message and remedy in alone[0].remedy
    assert name in alone[0].name
    assert kept_in(home) == []
    taken = {one.path: one.verdict for one in imported(home, damaged, sound)}
    assert taken == {damaged: "refused", sound: "imported"}
    (record,) = Archive(home).files()
    assert kept_in(home) == sorted(
        [
            Archive(home).object_key(record.container_sha256),
            Archive(home).record_key(record),
        ]
    )


def test_scratch_of_a_bomb_is_removed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert imported(home, write(tmp_path / "b.csv.gz", gzip_bomb()))[0].verdict == "refused"
    assert list(scratch.iterdir()) == []


def test_a_damaged_member_leaves_the_others(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "f.zip", {"page.csv": PAGE, "a.csv": regional(), "none.csv": b""})
    outcomes = {one.name: one.verdict for one in imported(home, path)}
    assert outcomes == {
        "f.zip: a.csv": "imported",
        "f.zip: page.csv": "refused",
        "f.zip: none.csv": "refused",
    }


def test_a_heading_that_starts_like_a_zip_is_text(tmp_path: Path) -> None:
    assert sniff(write(tmp_path / "f.csv", b"PK,NAME\r\n1,2\r\n")) == "bare"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_becomes_utf8_without_bom_and_keeps_its_line_ends(
    encoding: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "f.csv", "Ynys Môn\r\na\nb".encode(encoding))
    to_utf8(path)
    assert path.read_bytes() == "Ynys Môn\r\na\nb".encode()
    assert os.listdir(tmp_path) == ["f.csv"]


def test_macos_metadata_and_documents_are_ignored(home: Home, tmp_path: Path) -> None:
    members = {
        "__MACOSX/._regional.csv": b"\x00\x05\x16\x07",
        "__MACOSX\\._other.csv": b"\x00\x05\x16\x07",
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "folder/": b"",
        "folder/REGIONAL.CSV": regional(),
        "Statement.docx": b"PK\x03\x04",
        "Definitions.PDF": b"%PDF",
        "README.txt": b"Please read",
    }
    outcomes = imported(home, zipped(tmp_path / "F.ZIP", members))
    assert [(one.verdict, one.name) for one in outcomes] == [
        ("imported", "F.ZIP: folder/REGIONAL.CSV")
    ]


def test_a_zip_made_by_windows_gives_the_file_its_own_name(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "f.zip", {"Folder\\Regional.csv": regional()})
    (outcome,) = imported(home, path)
    assert outcome.file is not None and outcome.file.file_name == "Regional.csv"
    with Archive(home).open(outcome.file) as stream:
        assert stream.read() == regional()


@pytest.mark.parametrize(
    "name", ["Données \N{EN DASH} Oct 25.csv", "a b.CSV", "x'y\"z.csv", "日本.TXT"]
)
def test_names_with_spaces_and_letters_of_all_kinds(name: str, home: Home, tmp_path: Path) -> None:
    bare, packed = write_regional(tmp_path / name), zipped(tmp_path / "f.zip", {name: coverage()})
    files = [one.file for one in imported(home, bare, packed)]
    assert [file and file.file_name for file in files] == [name, name]
    assert sorted(file.file_name for file in Archive(home).files()) == [name, name]
    with Archive(home).open(files[1]) as stream:
        assert stream.read() == coverage()


def test_a_name_that_is_no_utf8_is_kept_readable(home: Home, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    try:
        with open(raw, "wb") as stream:
            stream.write(regional())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (outcome,) = imported(home, tmp_path)
    assert (outcome.verdict, outcome.name) == ("imported", "caf\N{REPLACEMENT CHARACTER}.csv")


def test_foreign_text_is_shortened_and_made_printable() -> None:
    assert shown("\x1b[2Jab\n") == "?[2Jab?"
    assert shown("x" * 1000) == "x" * 60 + "..."
    assert shown("Ynys Môn") == "Ynys Môn"


def take_all(path: Path, scratch: Path) -> list[Content | tuple[str, Refused]] | Refused:
    scratch.mkdir(exist_ok=True)
    try:
        return list(contents(path, scratch))
    except Refused as refusal:
        return refusal


@given(content=st.binary(max_size=300), name=st.sampled_from(["f.csv", "f.zip", "f.gz", "f"]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_bytes_are_opened_or_refused(
    content: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    found = take_all(write(folder / name, content), folder / "scratch")
    assert isinstance(found, Refused) or isinstance(found[0], Content)


ZIP = zip_bytes({"a.csv": regional(), "sub/Mapping.csv": mapping()})
GZIP = gzip.compress(regional(), mtime=0)


@given(data=st.data(), whole=st.sampled_from([ZIP, GZIP]))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_container_with_any_bytes_overwritten_is_opened_or_refused(
    data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        # Most of what can go wrong is in a zip's directory, at its end.
        content[-1 - data.draw(st.integers(0, min(250, len(whole) - 1)))] = data.draw(
            st.integers(0, 255)
        )
    found = take_all(write(folder / "f.bin", bytes(content)), folder / "scratch")
    if isinstance(found, Refused):
        assert found.reason and found.remedy
    else:
        assert all(isinstance(item, Content) or item[1].remedy for item in found)


@given(
    rows=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20), min_size=1, max_size=3
    )
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_recognised_file_reads_back_byte_for_byte(
    rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("round")
    content = regional(*[{"ICB_NAME": text} for text in rows])
    home = Home(folder / "home")
    (outcome,) = imported(home, gzipped(folder / "f.csv.gz", content))
    assert outcome.file is not None and outcome.file.rows == len(rows)
    with Archive(home).open(outcome.file) as stream:
        assert stream.read() == content


def test_of_a_zip_only_the_members_asked_for_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "Appointments_GP_Daily_CSV_Nov_25.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("SUB_ICB_LOCATION_CSV_Nov_25.csv", "daily\n1\n")
        made.writestr("APPOINTMENTS_GP_COVERAGE.csv", "coverage\n1\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    [found] = contents(path, scratch, "coverage")
    assert isinstance(found, Content)
    assert found.member == "APPOINTMENTS_GP_COVERAGE.csv"
    assert (count_members(path, "coverage"), count_members(path)) == (1, 2)
