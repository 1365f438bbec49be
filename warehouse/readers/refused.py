"""The refusal of a file, and words that all readers share. Not here: finding faults (other
readers)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.base.errors import Refusal

SHOWN = 60


class Refused(Refusal):
    """A refused file: why, and what the person can do about it."""


class NamesPeople(Refused):
    """The refusal of a file with people in it, of which nothing may be kept."""


AGAIN = "Download it again from the publisher's page."
SUSPECT = "Do not use this file; get it from the publisher's page."


@contextmanager
def reading_rows() -> Iterator[None]:
    """Raise Refused where rows turn out to be no CSV: they are read only when something is asked of
    them."""
    import polars as pl

    try:
        yield
    except pl.exceptions.PolarsError as error:
        raise Refused(f"Its rows can't be read as CSV ({shown(str(error))}).", AGAIN) from error


def shown(text: str) -> str:
    """A foreign text for a message: shortened, and without control characters."""
    kept = "".join(letter if letter.isprintable() else "?" for letter in text[: SHOWN + 1])
    return kept if len(kept) <= SHOWN else f"{kept[:SHOWN]}..."
