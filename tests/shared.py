"""Folders that take long to fill, filled once: by whichever of pytest's workers asks first.

Belongs here: that rule. Does not: what a folder holds, which the fixtures say.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """The folder of that name, filled by `fill`. All tests read the same one: a test that would
    change it works on a copy."""
    place = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent  # each worker has a folder in the one they share
    folder, whole = place / f"once-{name}", place / f"once-{name}.whole"
    with FileLock(place / f"once-{name}.lock"):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            fill(folder)
            whole.touch()
    return folder
