"""Opening what a person names: bare files, gzip and zip, streamed, and distrusted.

Belongs here: type by magic bytes, limits on size and ratio, member names, encodings.
Does not: what the content means (`recognise`).
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

CHUNK = 1 << 20
MAX_FILE_BYTES = 8 << 30
MAX_MEMBERS = 2_000
MAX_RATIO = 250
RATIO_APPLIES_FROM = 16 << 20
DATA_SUFFIXES = {".csv", ".txt", ".gz", ".zip", ""}


class Refused(Exception):
    """A file that is not taken: why, and what the person can do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True)
class Content:
    """One decompressed file, spooled to disk as UTF-8 or as it was.

    `path`: the spooled text; `sha256` and `bytes`: of the content as published.
    """

    path: Path
    name: str
    member: str | None
    sha256: str
    bytes: int
    encoding: str


AGAIN = "Download it again from the publisher's page."


def sniff(path: Path) -> str:
    """`zip`, `gzip` or `bare`, by magic bytes; refuses what can be no published table."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise Refused("The file is empty.", AGAIN)
    if head.startswith(b"PK"):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    _refuse_pages(head)
    if path.suffix.lower() in {".zip", ".xlsx", ".gz"}:
        kind = path.suffix.lower().lstrip(".")
        raise Refused(f"Named .{kind}, but its content is not {kind}.", AGAIN)
    return "bare"


def _refuse_pages(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")):
        raise Refused(
            "It is a web page, not data: probably the publisher's error or log-in page.", AGAIN
        )
    if start.startswith(b"%pdf"):
        raise Refused("It is a PDF document, not data.", "Import the CSV or zip beside it.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("It is an old-style Excel workbook.", "Import the publisher's CSV instead.")


def contents(path: Path, scratch: Path) -> Iterator[Content | tuple[str, Refused]]:
    """The data files in `path`, spooled into `scratch` one after the other.

    Yields each content, or the name and refusal of a member that can't be taken. Raises Refused
    when the file as a whole can't. A spooled file is the caller's to delete.
    """
    kind = sniff(path)
    try:
        if kind == "zip":
            yield from _zip_members(path, scratch)
        elif kind == "gzip":
            limit = max(path.stat().st_size * MAX_RATIO, RATIO_APPLIES_FROM)
            with gzip.open(path) as stream:
                name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
                yield spool(stream, scratch, name, None, limit)
        else:
            with path.open("rb") as stream:
                yield spool(stream, scratch, path.name, None, MAX_FILE_BYTES)
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(
            f"The {kind} file is damaged or cut short ({error}).",
            "Download it again, and let the download finish.",
        ) from error


def _zip_members(path: Path, scratch: Path) -> Iterator[Content | tuple[str, Refused]]:
    with zipfile.ZipFile(path) as container:
        members = [info for info in container.infolist() if not info.is_dir()]
        if "[Content_Types].xml" in container.namelist():
            raise Refused(
                "It is an Excel workbook, and no feed is read from a workbook yet.",
                "Import the publisher's CSV or zip instead.",
            )
        _distrust(members)
        for info in filter(_may_hold_data, members):
            name = PurePosixPath(info.filename)
            if info.file_size == 0:
                yield info.filename, Refused("The member is empty.", AGAIN)
                continue
            with container.open(info) as stream:
                try:
                    yield spool(stream, scratch, name.name, info.filename, info.file_size)
                except Refused as refusal:
                    yield info.filename, refusal


def _may_hold_data(info: zipfile.ZipInfo) -> bool:
    """Documents and a Mac's hidden files travel in publishers' zips; they are passed over."""
    name = PurePosixPath(info.filename)
    return (
        not info.is_dir()
        and name.suffix.lower() in DATA_SUFFIXES
        and not any(part.startswith((".", "__MACOSX")) for part in name.parts)
    )


def count_members(path: Path) -> int:
    """How many data files a container holds; a bare or gzipped file is one."""
    if not zipfile.is_zipfile(path):
        return 1
    with zipfile.ZipFile(path) as container:
        return sum(map(_may_hold_data, container.infolist()))


def _distrust(members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose directory alone shows that it is not a publisher's."""
    if not members:
        raise Refused("The zip holds no files.", AGAIN)
    if len(members) > MAX_MEMBERS:
        raise Refused(
            f"The zip holds {len(members)} files; at most {MAX_MEMBERS} are taken.",
            "Check that it is the publisher's file.",
        )
    for info in members:
        name = info.filename
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if posix.is_absolute() or windows.is_absolute() or windows.drive or ".." in windows.parts:
            raise Refused(
                f"Its member `{name}` would be written outside the archive (path traversal).",
                "Do not use this file; get it from the publisher's page.",
            )
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refused(f"Its member `{name}` is a link, not a file.", "Do not use this file.")
        if info.flag_bits & 1:
            raise Refused(f"Its member `{name}` is encrypted.", "Import an unprotected copy.")
        if info.file_size > RATIO_APPLIES_FROM and (
            info.file_size > max(info.compress_size, 1) * MAX_RATIO
        ):
            raise Refused(
                f"Its member `{name}` would unpack to {info.file_size:,} bytes from "
                f"{info.compress_size:,}: a zip bomb, or damaged.",
                "Do not use this file; get it from the publisher's page.",
            )
    total = sum(info.file_size for info in members)
    if total > MAX_FILE_BYTES:
        raise Refused(
            f"The zip would unpack to {total:,} bytes; at most {MAX_FILE_BYTES:,} are taken.",
            "Import its files one by one.",
        )


def spool(stream: IO[bytes], scratch: Path, name: str, member: str | None, limit: int) -> Content:
    """Copy a stream to `scratch` as UTF-8 text, hashing it on the way; refuses past `limit` bytes."""
    digest, size, plain = hashlib.sha256(), 0, True
    target = scratch / f"{len(list(scratch.iterdir()))}.csv"
    with target.open("wb") as out:
        while chunk := stream.read(CHUNK):
            if size == 0:
                if chunk.startswith((b"PK\x03\x04", b"\x1f\x8b")):
                    raise Refused("It is an archive inside an archive.", "Unpack it once, first.")
                _refuse_pages(chunk)
            size += len(chunk)
            if size > limit:
                raise Refused(
                    f"It unpacks to more than the {limit:,} bytes it may have: a bomb, or damaged.",
                    "Do not use this file; get it from the publisher's page.",
                )
            digest.update(chunk)
            plain = plain and chunk.isascii()
            out.write(chunk)
    if not target.stat().st_size:
        raise Refused("The file is empty.", AGAIN)
    encoding = "ascii" if plain else to_utf8(target)
    return Content(target, name, member, digest.hexdigest(), size, encoding)


def to_utf8(path: Path) -> str:
    """Rewrite a text file as UTF-8 without BOM where it is not; returns the encoding it had."""
    with path.open("rb") as stream:
        head = stream.read(4)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for attempt in (encoding, "cp1252"):
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
    raise Refused("Its text is in no encoding this project reads.", "Save it as CSV in UTF-8.")


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
