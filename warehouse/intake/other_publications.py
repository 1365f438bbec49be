"""Publications that no feed reads yet: a file of one is refused by its name. Not here: files beside
a feed's own (`not_read`)."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter

from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.readers.containers import XLSX, Content
from warehouse.readers.refused import Refused
from warehouse.readers.workbook import read_sheets

LISTED = Path(__file__).with_name("other_publications.yaml")
FIRST_CHARACTERS, FIRST_SHEETS, FIRST_ROWS = 2000, 3, 12
REMEDY = "Nothing of it was imported. Leave it out; if its figures are needed, ask for a feed."


class OtherPublication(Strict):
    """An entry: patterns of the file's name, and of words at its beginning."""

    publication: str
    files: str
    words: str | None = None


@cache
def other_publications() -> tuple[OtherPublication, ...]:
    """The publications that are known, and that no feed reads."""
    return TypeAdapter(tuple[OtherPublication, ...]).validate_python(read_yaml(LISTED))


def not_yet(content: Content) -> Refused | None:
    """The refusal of a file of such a publication; None if it is of none that is known."""
    beginning: str | None = None
    for one in other_publications():
        found = re.search(one.files, content.name, re.IGNORECASE)
        if not found and one.words:
            beginning = _beginning(content) if beginning is None else beginning
            found = re.search(one.words, beginning, re.IGNORECASE)
        if found:
            return Refused(f"{one.publication}: no feed reads it yet.", REMEDY)
    return None


def _beginning(content: Content) -> str:
    """The first characters of a text, or the first rows of a workbook's first sheets, on one
    line."""
    if content.encoding != XLSX:
        with content.path.open(encoding="utf-8", errors="replace") as file:
            return " ".join(file.read(FIRST_CHARACTERS).split())
    try:
        sheets = list(islice(read_sheets(content.path), FIRST_SHEETS))
    except Refused:
        return ""
    cells = (cell for sheet in sheets for row in sheet.rows[:FIRST_ROWS] for cell in row if cell)
    return " ".join(cells)
