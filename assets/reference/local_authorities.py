"""The upper-tier local authorities of England, each the area of one health and wellbeing board.

Belongs here: reading the shipped table, and which authority a published spelling of a board means.
Does not: which pharmacies are there, which the feeds themselves say.

The table is as at 1 April 2023 and held until 31 March 2025: 153 authorities with the ONS codes
and names of those days (Barnsley E08000016 and Sheffield E08000019, which were recoded in 2025).
`also_known_as` lists the other spellings, separated by `|`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from assets.vocabulary import fold

TABLE = Path(__file__).with_name("local_authorities.csv")
BETWEEN_SPELLINGS = "|"


@cache
def codes() -> dict[str, str]:
    """Folded spelling (`leicester city`, `bath & north east somerset`) -> ONS code.

    Raises ValueError where the table gives one spelling to two authorities.
    """
    found: dict[str, str] = {}
    for row in _rows():
        for spelling in _spellings(row):
            if found.setdefault(spelling, row["ons_code"]) != row["ons_code"]:
                raise ValueError(f"`{spelling}` is of {found[spelling]} and of {row['ons_code']}")
    return found


@cache
def names() -> dict[str, str]:
    """ONS code -> name, as the ONS writes it (`E06000016` -> `Leicester`)."""
    return {row["ons_code"]: row["name"] for row in _rows()}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _spellings(row: dict[str, str]) -> Iterator[str]:
    """Every spelling of an authority, with `and` and with `&`."""
    for spelling in (row["name"], *row["also_known_as"].split(BETWEEN_SPELLINGS)):
        if spelling:
            yield fold(spelling)
            yield fold(spelling.replace(" and ", " & "))
