"""The refusal of a file, and words that all readers share. Not here: finding faults (other
readers)."""

from __future__ import annotations

from warehouse.base.errors import Refusal

SHOWN = 60


class Refused(Refusal):
    """A file that is not taken: why, and what the person can do about it."""


AGAIN = "Download it again from the publisher's page."


def shown(text: str) -> str:
    """Somebody else's text, fit to print: short, and without control characters."""
    kept = "".join(letter if letter.isprintable() else "?" for letter in text[: SHOWN + 1])
    return kept if len(kept) <= SHOWN else f"{kept[:SHOWN]}..."
