"""Which files to import from the paths that a person names. Not here: opening them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from warehouse.base.home import WRITTEN, Home
from warehouse.readers.containers import BEING_WRITTEN, IGNORED


def files_under(paths: list[Path]) -> Iterator[Path]:
    """Yield the files, and those under the folders, in a stable order."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            if inner.is_file() and not hidden and not _to_be_left(inner.name.casefold()):
                yield inner


def _to_be_left(name: str) -> bool:
    """Whether a file in a folder is not data: a note, or a file that is still being written."""
    return name in IGNORED or name.endswith(BEING_WRITTEN) or name.startswith("~$")


def is_ours(home: Home, path: Path) -> bool:
    """Whether a file was made by this product, and must not be imported."""
    whole = path.resolve()
    return any(whole.is_relative_to(home.root / folder) for folder in (*WRITTEN, "dagster"))
