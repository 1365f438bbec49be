"""Limits on zips: size, number and compression ratio, and names of members. Not here: unpacking
(`containers`)."""

from __future__ import annotations

import zipfile
from pathlib import Path, PureWindowsPath

from warehouse.readers.refused import AGAIN, Refused, shown

MAX_FILE_BYTES = 8 << 30


MAX_MEMBERS = 2_000


MAX_RATIO = 250


RATIO_APPLIES_FROM = 16 << 20


def may_unpack_to(path: Path) -> int:
    """Bytes that a container of this size may hold: no real table is packed any tighter."""
    return min(max(path.stat().st_size * MAX_RATIO, RATIO_APPLIES_FROM), MAX_FILE_BYTES)


def distrust(members: list[zipfile.ZipInfo], limit: int) -> None:
    """Refuse an archive whose directory alone shows that it is not a publisher's.

    `limit`: bytes that all members together may unpack to.
    """
    if not members:
        raise Refused("The zip holds no files.", AGAIN)
    if len(members) > MAX_MEMBERS:
        raise Refused(
            f"The zip holds {len(members)} files; at most {MAX_MEMBERS} are taken.",
            "Check that it is the publisher's file.",
        )
    seen: set[str] = set()
    for info in members:
        name = shown(info.filename)
        windows = PureWindowsPath(info.filename)
        if windows.root or windows.drive or ".." in windows.parts:
            raise Refused(
                f"Its member `{name}` would be written outside the archive (path traversal).",
                "Do not use this file; get it from the publisher's page.",
            )
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refused(f"Its member `{name}` is a link, not a file.", "Do not use this file.")
        if info.flag_bits & 1:
            raise Refused(f"Its member `{name}` is encrypted.", "Import an unprotected copy.")
        if info.filename in seen or not info.filename.isprintable():
            raise Refused(
                f"Its member `{name}` has the name of another, or one that can't be printed.",
                "Do not use this file; get it from the publisher's page.",
            )
        seen.add(info.filename)
        if info.file_size > RATIO_APPLIES_FROM and (
            info.file_size > max(info.compress_size, 1) * MAX_RATIO
        ):
            raise Refused(
                f"Its member `{name}` would unpack to {info.file_size:,} bytes from "
                f"{info.compress_size:,}: a zip bomb, or damaged.",
                "Do not use this file; get it from the publisher's page.",
            )
    total = sum(info.file_size for info in members)
    if total > limit:
        raise Refused(
            f"The zip would unpack to {total:,} bytes; at most {limit:,} are taken from one of "
            "its size: a zip bomb, or damaged.",
            "Do not use this file; get it from the publisher's page.",
        )
