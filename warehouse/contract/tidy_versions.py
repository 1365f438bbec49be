"""Versions of what is made from a feed's files: a hash of all that determines it."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from warehouse.base.imports import modules_behind
from warehouse.contract.model import contracts

READING = "warehouse.transform.tidy"  # where a reading begins
# When and where a feed is published does not change its rows.
NOT_OF_ROWS = re.compile(rb"^(?:cadence|discovery):.*\n(?:(?:[ \t#].*)?\n)*", re.MULTILINE)


@cache
def tidy_version(feed: str) -> str:
    """Short hash of all that determines a feed's tidy tables; if it changes, files are read again.

    That is its contract (and that of `labels_and_measures_of`), its corrections, and every module
    used to read a file.
    """
    own = contracts()[feed]
    told = [feed, own.labels_and_measures_of]
    files = [contracts()[one].folder / "contract.yaml" for one in told if one]
    files += [path for path in (own.folder / "corrections.yaml",) if path.exists()]
    files += modules_behind(READING)
    return hash_files(files, aside=NOT_OF_ROWS)


def hash_files(files: list[Path], aside: re.Pattern[bytes] | None = None) -> str:
    """Short hash of files' contents, ignoring line endings and what matches `aside`."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(aside.sub(b"", content) if aside else content)
    return digest.hexdigest()[:12]
