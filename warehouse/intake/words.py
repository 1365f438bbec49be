"""The words for an imported file: its name, and what it was taken for.

Belongs here: text. Does not: deciding anything (`importer`).
"""

from __future__ import annotations

from pathlib import Path

from warehouse.archive import SourceFile
from warehouse.intake.containers import file_name


def name_of(path: Path, file: SourceFile) -> str:
    """A file's name, after that of the zip that brought it: `a.zip: b.csv`."""
    return file_name(path) if file.member is None else f"{file_name(path)}: {file.member}"


def words_of(file: SourceFile) -> str:
    """`gp_appointments_practice, edition 2025-11, 4 rows, 2025-09 to 2025-11`."""
    months = ""
    if file.months:
        span = [file.months[0], file.months[-1]]
        months = f", {span[0]}" if span[0] == span[1] else f", {span[0]} to {span[1]}"
    basis = "" if file.edition_basis == "content" else f" (edition by {file.edition_basis})"
    mark = " [SYNTHETIC]" if file.synthetic else ""
    return f"{file.feed}, edition {file.edition}{basis}, {file.rows:,} rows{months}{mark}"
