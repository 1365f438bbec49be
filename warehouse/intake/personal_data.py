"""Personal data in local returns: a return counts, and names nobody. A file with a person in it is
refused before any byte of it is archived, and no value of it is repeated. Not here: persons in
published files (`persons:` of a contract)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import polars as pl

from warehouse.readers.containers import XLSX, Content, unpacking
from warehouse.readers.refused import NamesPeople, shown
from warehouse.readers.tables import Table

# Headings, as `heading_key` leaves them, of columns that are of a person.
OF_PERSONS = re.compile(
    r"nhsn(o|um|umber)|^nhs$|patient(s)?(id|name|no|number|ref)|(fore|sur|first|last|given|family|middle)name"
    r"|^dob$|dateofbirth|birthdate|^(home|patient)?(address|postcode)|mobile|^(tele)?phone|e?mail(address)?$"
)
NHS_NUMBER = r"(?:^|\D)(\d{3}[ -]?\d{3}[ -]?\d{4})(?:\D|$)"
E_MAIL = r"[\w.+-]+@[\w-]+\.[\w.]+"
# Nine or ten digits after 0 or +44, in groups as people write them; no date, no part of a number.
TELEPHONE = (
    r"(?:^|[^\d./-])(?:\+44[ -]?(?:\(0\))?[ -]?\d{2,5}|\(?0\d{2,5}\)?)"
    r"[ -]?\d{3,4}[ -]?\d{3,4}(?:\D|$)"
)
# Parts of a workbook with comments, and with those who wrote them.
COMMENTS = re.compile(r"^xl/(comments|threadedComments|persons/)")
REMEDY = "Delete the column, or the text, and import the file again. Nothing of this file was kept."


def refuse_persons(content: Content, table: Table) -> None:
    """Refuse a local return with a column of persons, or with an NHS number, an e-mail address or a
    telephone number anywhere: in its table, above or below it, on another sheet or in a comment.
    Raises NamesPeople naming the place."""
    if table.contract.local_return:
        _refuse_in_table(table)
        for place, text in _texts(content, table):
            if what := _personal(text):
                raise NamesPeople(f"{place} has {what}.", REMEDY)


def _texts(content: Content, table: Table) -> Iterator[tuple[str, str]]:
    """Everything that a file says, each with its place in words: the whole file is archived, not
    only its table."""
    if content.encoding != XLSX:
        with content.path.open(encoding="utf-8") as lines:
            yield from ((f"Row {number}", line) for number, line in enumerate(lines, 1))
        return
    for sheet in table.sheets:
        for number, cells in enumerate(sheet.rows, 1):
            yield from ((f"Row {number} of sheet `{shown(sheet.name)}`", cell) for cell in cells)
    with unpacking(XLSX), zipfile.ZipFile(content.path) as parts:
        for name in filter(COMMENTS.match, parts.namelist()):
            part = parts.read(name).decode(errors="replace")
            yield "A comment", part if re.search(E_MAIL, part) else re.sub("<[^>]*>", " ", part)


def _refuse_in_table(table: Table) -> None:
    for heading in table.headings:
        key = re.sub(r"[^a-z]", "", heading.casefold())
        if table.contract.column_of(heading) is None and OF_PERSONS.search(key):
            raise NamesPeople(f"Its column `{shown(heading)}` looks like personal data.", REMEDY)
    rows = table.rows.collect()
    for heading in rows.columns:
        text = pl.col(heading).cast(pl.String)
        may_be = text.str.contains(f"{NHS_NUMBER}|{E_MAIL}|{TELEPHONE}")
        for row, cell in (
            rows.with_row_index("place").filter(may_be).select("place", heading).rows()
        ):
            what = _personal(cell)
            if what:
                where = f"Row {table.row_numbers[row]} has {what} in `{shown(heading)}`."
                raise NamesPeople(where, REMEDY)


def _personal(cell: str) -> str | None:
    """What a text has of a person, in words; None for nothing."""
    if re.search(E_MAIL, cell):
        return "an e-mail address"
    found = re.findall(NHS_NUMBER, cell)
    if any(is_nhs_number(re.sub(r"\D", "", one)) for one in found):
        return "an NHS number"
    return "a telephone number" if any(map(_is_telephone, re.finditer(TELEPHONE, cell))) else None


def _is_telephone(found: re.Match[str]) -> bool:
    """Whether there are as many digits as a number of the United Kingdom has."""
    digits = re.sub(r"\D", "", found[0])
    digits = digits.removeprefix("44") if "+44" in found[0] else digits
    return len(digits.removeprefix("0")) in (9, 10)


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits are an NHS number, by its check digit."""
    check = (
        11
        - sum(int(one) * weight for one, weight in zip(digits[:9], range(10, 1, -1), strict=True))
        % 11
    )
    return check % 11 == int(digits[9]) and check != 10
