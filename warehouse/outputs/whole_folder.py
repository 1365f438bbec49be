"""A folder of pages that replaces an earlier one whole. Not here: what is in it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def replace_folder(new: Path, target: Path) -> None:
    """Put the finished folder `new` in place of `target`, which goes, in two renames.

    Readers see the old or the new one, or for an instant none: no file system exchanges two folders
    everywhere. Raises PermissionError where a file of the old one is open (Windows only).
    """
    earlier = target.with_name(f"{target.name}.old")
    shutil.rmtree(earlier, ignore_errors=True)
    with suppress(FileNotFoundError):
        os.replace(target, earlier)
    os.replace(new, target)
    shutil.rmtree(earlier, ignore_errors=True)
