"""Limits on zips: size, number and compression ratio, and names of members. Not here: unpacking
(`containers`)."""

from __future__ import annotations

import zipfile
from pathlib import Path, PureWindowsPath

from warehouse.readers.refused import AGAIN, SUSPECT, Refused, shown

MAX_FILE_BYTES = 8 << 30
MAX_MEMBERS = 2_000
MAX_RATIO = 250
RATIO_APPLIES_FROM = 16 << 20


def may_unpack_to(path: Path) -> int:
    """The most bytes that a container of this size may unpack to: no table compresses better."""
    return min(max(path.stat().st_size * MAX_RATIO, RATIO_APPLIES_FROM), MAX_FILE_BYTES)


def distrust(members: list[zipfile.ZipInfo], limit: int) -> None:
    """Refuse an archive whose directory shows that it is unsafe. `limit`: the most bytes that all
    members together may unpack to."""
    if not members:
        raise Refused("The zip has no files.", AGAIN)
    if len(members) > MAX_MEMBERS:
        raise Refused(
            f"The zip has {len(members)} files; at most {MAX_MEMBERS} are allowed.",
            "Check that it is the publisher's file.",
        )
    seen: set[str] = set()
    for info in members:
        name = shown(info.filename)
        windows = PureWindowsPath(info.filename)
        if windows.root or windows.drive or ".." in windows.parts:
            raise Refused(
                f"Its member `{name}` would be written outside the archive (path traversal).",
                SUSPECT,
            )
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refused(f"Its member `{name}` is a link, not a file.", "Do not use this file.")
        if info.flag_bits & 1:
            raise Refused(f"Its member `{name}` is encrypted.", "Import an unprotected copy.")
        if info.filename in seen or not info.filename.isprintable():
            raise Refused(
                f"Its member `{name}` has the name of another, or one that can't be printed.",
                SUSPECT,
            )
        seen.add(info.filename)
        if info.file_size > RATIO_APPLIES_FROM and (
            info.file_size > max(info.compress_size, 1) * MAX_RATIO
        ):
            raise Refused(
                f"Its member `{name}` would unpack to {info.file_size:,} bytes from "
                f"{info.compress_size:,}: a zip bomb, or damaged.",
                SUSPECT,
            )
    total = sum(info.file_size for info in members)
    if total > limit:
        raise Refused(
            f"The zip would unpack to {total:,} bytes; at most {limit:,} are allowed for its size: "
            "a zip bomb, or damaged.",
            SUSPECT,
        )
