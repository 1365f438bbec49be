"""File names of downloads that are valid on every operating system. Not here: what a name means
(`warehouse.intake.edition`)."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

LONGEST = 120  # Windows limits the whole path to 260
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def file_name(disposition: str, url: str) -> str:
    """The name in Content-Disposition, else the last part of the address, made safe."""
    header = Message()
    header["Content-Disposition"] = disposition or "attachment"
    said = header.get_filename() or unquote(PurePosixPath(urlsplit(url).path).name)
    return safe_name(said)


def safe_name(text: str) -> str:
    """A name that is not a path, and is valid on Windows too."""
    last = re.split(r"[/\\]", text)[-1]
    kept = "".join("_" if one in '<>:"|?*' or not one.isprintable() else one for one in last)
    kept = kept.strip().rstrip(". ") or "download"
    if RESERVED.match(kept) or kept.startswith("."):
        kept = f"_{kept}"
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: LONGEST - len(suffix)]}{dot}{suffix}" if dot else kept[:LONGEST]
