"""What tests of every room use: folders filled once, and rules that many things must keep.

Belongs here: folders that take long to fill, filled by whichever of pytest's workers asks first;
one test for a whole catalogue. Does not: what a folder holds, which the fixtures say.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

One = TypeVar("One")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def faults(every: Mapping[str, One], **rules: Callable[[One], object]) -> list[str]:
    """What breaks which rule, all at once: `nhs_app: has_an_owner`. Nothing to look at is a fault
    too, so that an empty list says something."""
    if not every or not rules:
        return ["nothing was looked at"]
    return [
        f"{name}: {rule}"
        for name, one in every.items()
        for rule, kept in rules.items()
        if not kept(one)
    ]


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


def browser_program() -> str:
    """The browser of this machine; the test is skipped where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"needs a browser: none of {', '.join(BROWSERS)} is installed")
    return found
