"""The upper-tier local authorities of England, each the area of one health and wellbeing board: the
shipped table, and the authority that a published name means. Not here: which pharmacies are
there (feeds).

The table is as at 1 April 2023 and valid until 31 March 2025: 153 authorities with their ONS
codes and names of that time (Barnsley E08000016 and Sheffield E08000019 were recoded in 2025).
`also_known_as` lists other spellings, separated by `|`; case, punctuation, `&` and words such as
`Borough` or `City of` need no spelling of their own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from warehouse.base.text import fold

TABLE = Path(__file__).with_name("local_authorities.csv")
BETWEEN_SPELLINGS = "|"
# Words for the kind of authority, which publishers add or omit.
KIND = re.compile(
    r"\b(health and wellbeing board|hwb|london borough|metropolitan|district|royal|borough|city|"
    r"county|council|unitary|authority|ua|the)\b"
)


@cache
def codes() -> dict[str, str]:
    """Folded spelling (`leicester city`, `bath & north east somerset`) -> ONS code.

    Raises ValueError where the table gives one spelling to two authorities.
    """
    found: dict[str, str] = {}
    for row in _rows():
        for spelling in _spellings(row):
            if found.setdefault(spelling, row["ons_code"]) != row["ons_code"]:
                raise ValueError(f"`{spelling}` may be {found[spelling]} or {row['ons_code']}")
    return found


def code_of(name: str) -> str | None:
    """ONS code of an authority by its published name, however it is written (`BEDFORD BOROUGH`,
    `Bristol, City of`); None if it is unknown."""
    return _plain_codes().get(_plain(name))


@cache
def _plain_codes() -> dict[str, str]:
    """Name by `_plain` -> ONS code. Raises ValueError for an ambiguous name."""
    found: dict[str, str] = {}
    for spelling, code in codes().items():
        plain = _plain(spelling)
        if found.setdefault(plain, code) != code:
            raise ValueError(f"`{plain}` may be {found[plain]} or {code}")
    return found


def _plain(name: str) -> str:
    """A name without case, punctuation, `&` and the words of `KIND`."""
    spoken = re.sub(r"['\u2019.]", "", fold(name).replace("&", " and "))
    words = KIND.sub(" ", re.sub(r"[^a-z0-9]+", " ", spoken)).split()
    return re.sub(r"^(of )+|( of)+$", "", " ".join(words))


@cache
def names() -> dict[str, str]:
    """ONS code -> name by the ONS (`E06000016` -> `Leicester`)."""
    return {row["ons_code"]: row["name"] for row in _rows()}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _spellings(row: dict[str, str]) -> Iterator[str]:
    """Every folded spelling of an authority, with `and` and with `&`."""
    for spelling in (row["name"], *row["also_known_as"].split(BETWEEN_SPELLINGS)):
        if spelling:
            yield fold(spelling)
            yield fold(spelling.replace(" and ", " & "))
