"""Open imported files (bare, gzip, zip, workbook) as untrusted streams: type by magic bytes, limits
on size, member names, encodings. Not here: tables in workbooks (`workbook`), recognising feeds
(`warehouse.intake.recognise`)."""

from __future__ import annotations

import errno
import gzip
import lzma
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import IO, cast

from warehouse.base.hashing import SideHash
from warehouse.readers.refused import AGAIN, SUSPECT, Refused, shown
from warehouse.readers.zip_safety import MAX_FILE_BYTES, distrust, may_unpack_to

CHUNK = 1 << 20
WORKBOOKS = {".xlsx", ".xlsm"}
MACROS = ".xlsm"  # a workbook with macros by its name; they are archived, and never read or run
DATA_SUFFIXES = {".csv", ".txt", ".gz", ".zip", *WORKBOOKS, ""}
IGNORED = {"synthetic.json", "readme", "readme.md", "readme.txt", "thumbs.db", "desktop.ini"}
# Suffixes of files that a browser or another program is still writing.
BEING_WRITTEN = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart")
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK_PART = "[Content_Types].xml"  # in every workbook, and in no publisher's zip
XLSX = "xlsx"  # the `encoding` of a workbook


@dataclass(frozen=True)
class Content:
    """One decompressed file, spooled to disk: text as UTF-8, a workbook unchanged.

    `path`: the spooled copy; `sha256`, `bytes`: of the content as published; `encoding`: of the
    text as published, or `xlsx`.
    """

    path: Path
    name: str
    member: str | None
    sha256: str
    bytes: int
    encoding: str


def file_name(path: Path) -> str:
    """A file's name as valid text, whatever its bytes on the disk."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def content_name(path: Path) -> str:
    """The name of a bare or gzipped file's content."""
    name = file_name(path)
    return name[:-3] if name.lower().endswith(".gz") else name


def sniff(path: Path) -> str:
    """`zip`, `gzip` or `bare`, by magic bytes. Raises Refused for what can't be a table."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise Refused("The file is empty.", AGAIN)
    if head.startswith(ZIP_STARTS):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    _refuse_pages(head)
    if path.suffix.lower() in {".zip", ".gz", *WORKBOOKS}:
        kind = path.suffix.lower().lstrip(".")
        raise Refused(f"Named .{kind}, but its content is not {kind}.", AGAIN)
    return "bare"


def _refuse_pages(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1024].lower()
    if start.startswith(b"<"):
        raise Refused(
            "It is a web page, not data: probably an error or login page of the publisher.", AGAIN
        )
    if start.startswith(b"%pdf"):
        raise Refused("It is a PDF document, not data.", "Import the CSV or zip beside it.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            "It is an old-style Excel workbook, or one with a password.",
            "Save it as .xlsx without a password, or import the publisher's CSV.",
        )


def contents(
    path: Path, scratch: Path, members: str | None = None
) -> Iterator[Content | tuple[str, Refused]]:
    """Yield the data files in `path`, spooled into `scratch`; the caller deletes each.

    Yields the name and refusal of a member that is refused; raises Refused for the whole file.
    `members`: read only zip members with such names (a regular expression, ignoring case).
    """
    kind = sniff(path)
    with unpacking(kind):
        if kind == "zip" and _is_workbook(path):
            with path.open("rb") as whole:
                yield spool_workbook(whole, scratch, file_name(path), None, MAX_FILE_BYTES)
        elif kind == "zip":
            yield from _zip_members(path, scratch, members)
        elif kind == "gzip":
            limit = may_unpack_to(path)
            with gzip.open(path) as unpacked:
                stream = cast("IO[bytes]", unpacked)
                yield spool(stream, scratch, content_name(path), None, limit)
        else:
            with path.open("rb") as stream:
                yield spool(stream, scratch, file_name(path), None, MAX_FILE_BYTES)


@contextmanager
def unpacking(kind: str) -> Iterator[None]:
    """Raise Refused where a file of this kind turns out to be damaged while it is unpacked."""
    try:
        yield
    except NotImplementedError as error:
        raise Refused(
            f"The {kind} uses a compression method that can't be read here ({error}).",
            "Unpack it, and import the files in it.",
        ) from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a disk error, not a fault of the file
            raise
        raise _damaged(kind, error) from error
    except (zipfile.BadZipFile, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise _damaged(kind, error) from error


def _damaged(kind: str, error: Exception) -> Refused:
    return Refused(
        f"The {kind} file is damaged or incomplete ({shown(str(error))}).",
        "Download it again, and let the download finish.",
    )


def _zip_members(
    path: Path, scratch: Path, wanted: str | None
) -> Iterator[Content | tuple[str, Refused]]:
    with zipfile.ZipFile(path) as container:
        members = [one for one in container.infolist() if not one.filename.endswith("/")]
        distrust(members, may_unpack_to(path))
        for info in _data_members(members, wanted):
            name = PureWindowsPath(info.filename)
            if info.file_size == 0:
                yield info.filename, Refused("The member is empty.", AGAIN)
                continue
            take = spool_workbook if name.suffix.lower() in WORKBOOKS else spool
            with container.open(info) as stream:
                try:
                    yield take(stream, scratch, name.name, info.filename, info.file_size)
                except Refused as refusal:
                    yield info.filename, refusal


def _data_members(members: list[zipfile.ZipInfo], wanted: str | None) -> list[zipfile.ZipInfo]:
    named = re.compile(wanted or "", re.IGNORECASE)
    return [one for one in members if _may_hold_data(one) and named.search(one.filename)]


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as container:
        return WORKBOOK_PART in container.namelist()


def _may_hold_data(info: zipfile.ZipInfo) -> bool:
    """Whether a member may be data: publishers' zips also have documents and hidden files."""
    name = PureWindowsPath(info.filename)  # splits at both kinds of slash
    return (
        not info.filename.endswith("/")
        and name.suffix.lower() in DATA_SUFFIXES
        and name.name.casefold() not in IGNORED
        and not any(part.startswith((".", "__MACOSX")) for part in name.parts)
    )


def count_members(path: Path, wanted: str | None = None) -> int:
    """Number of data files in a container, as `contents` yields them; 1 for a bare file."""
    if sniff(path) != "zip" or _is_workbook(path):
        return 1
    with zipfile.ZipFile(path) as container:
        return len(_data_members(container.infolist(), wanted))


def zip_comment(path: Path) -> bytes:
    """The comment of a zip; empty for other files."""
    if sniff(path) != "zip":
        return b""
    with zipfile.ZipFile(path) as container:
        return container.comment


def spool(stream: IO[bytes], scratch: Path, name: str, member: str | None, limit: int) -> Content:
    """Copy at most `limit` bytes of a stream to `scratch` as UTF-8 text, and hash them."""
    size, plain, wide = 0, True, False
    target = scratch / f"{len(list(scratch.iterdir()))}.csv"
    with SideHash() as digest, target.open("wb") as out:
        while chunk := stream.read(CHUNK):
            if size == 0:
                wide = chunk.startswith(UTF16_STARTS)
                if chunk.startswith((*ZIP_STARTS, b"\x1f\x8b")):
                    raise Refused("It is an archive inside an archive.", "Unpack it once first.")
                _refuse_pages(chunk)
            size += len(chunk)
            if size > limit:
                raise Refused(
                    f"It unpacks to more than the {limit:,} bytes allowed: a zip bomb, or damaged.",
                    SUSPECT,
                )
            if b"\0" in chunk and not wide:
                raise Refused("It is binary data, not text.", "Import the publisher's CSV instead.")
            digest.update(chunk)
            plain = plain and chunk.isascii()
            out.write(chunk)
        sha256 = digest.hexdigest()
    if not target.stat().st_size:
        raise Refused("The file is empty.", AGAIN)
    encoding = "ascii" if plain else to_utf8(target)
    return Content(target, name, member, sha256, size, encoding)


def spool_workbook(
    stream: IO[bytes], scratch: Path, name: str, member: str | None, limit: int
) -> Content:
    """Copy a workbook to `scratch` unchanged, hash it, and refuse an unsafe one."""
    size, target = 0, scratch / f"{len(list(scratch.iterdir()))}.xlsx"
    with SideHash() as digest, target.open("wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise Refused(f"It is larger than the {limit:,} bytes allowed.", AGAIN)
            digest.update(chunk)
            out.write(chunk)
        sha256 = digest.hexdigest()
    if not zipfile.is_zipfile(target) or not _is_workbook(target):
        kind = Path(name).suffix.lower() or ".xlsx"
        raise Refused(f"Named {kind}, but its content is not a workbook.", AGAIN)
    with zipfile.ZipFile(target) as container:
        distrust(container.infolist(), may_unpack_to(target))
        named = Path(name).suffix.lower()
        scripted = any(p.casefold().endswith("vbaproject.bin") for p in container.namelist())
        if scripted and named != MACROS:
            raise Refused(
                f"It has macros, although it is named {named or 'without an ending'}.",
                "Excel names such files .xlsm: get it from the publisher's page under that name, "
                "or save it as .xlsx, without macros.",
            )
    return Content(target, name, member, sha256, size, XLSX)


def to_utf8(path: Path) -> str:
    """Rewrite a text file as UTF-8 without BOM; returns the encoding it had."""
    with path.open("rb") as stream:
        head = stream.read(4)
    wide = head.startswith(UTF16_STARTS)
    for attempt in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        converted = path.with_suffix(".utf8")
        try:
            with (
                path.open(encoding=attempt, newline="") as source,
                converted.open("w", encoding="utf-8", newline="") as out,
            ):
                shutil.copyfileobj(source, out, CHUNK)
        except UnicodeError:
            converted.unlink(missing_ok=True)
            continue
        converted.replace(path)
        return "utf-8" if attempt == "utf-8-sig" else attempt
    raise Refused("Its text encoding is not known.", "Save it as CSV in UTF-8.")
