"""Unpack releases for programs that read plain CSVs."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

LISTS = 3  # months of a release, each with its list


def unpack(releases: Iterable[Path], out: Path) -> Path:
    """Unpack the last of the releases (folders, oldest first), with the lists of its months.

    Returns `out`: `crosstab/`, `regional/`, `coverage/`, `lists/` and `Mapping.csv`.
    """
    shutil.rmtree(out, ignore_errors=True)
    *_, newest = known = list(releases)
    kinds = {"crosstab": "Practice_Level_*", "regional": "*_Regional_*", "coverage": "*_Daily_*"}
    for kind, pattern in kinds.items():
        [container] = newest.glob(f"{pattern}.zip")
        with zipfile.ZipFile(container) as archive:
            archive.extractall(out / kind)
    (out / "crosstab" / "Mapping.csv").rename(out / "Mapping.csv")
    (out / "lists").mkdir()
    for folder in known[-LISTS:]:
        for path in folder.glob("gp-reg-*.csv"):
            shutil.copy(path, out / "lists")
    kept = sorted((out / "lists").iterdir(), key=_month)[-LISTS:]
    for path in (out / "lists").iterdir():
        if path not in kept:
            path.unlink()
    return out


def _month(path: Path) -> str:
    """Return the month of a list, from its first row."""
    with path.open() as text:
        text.readline()
        return text.readline().split(",")[1]
