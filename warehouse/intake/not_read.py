"""Files that publishers put beside a feed's, in the same zip, and that are known and not read. Not
here: which those are (`not_read:` in a contract)."""

from __future__ import annotations

import re
from collections.abc import Collection

from warehouse.contract.model import contracts
from warehouse.readers.refused import Refused

Refusals = list[tuple[str, Refused]]


def set_aside(refused: Refusals, feeds: Collection[str]) -> tuple[Refusals, list[tuple[str, str]]]:
    """Split refusals into those that stand, and names of files that are known beside a file of one
    of the `feeds`, each with why it is not read. One without such a file is refused for that."""
    stand: Refusals = []
    known: list[tuple[str, str]] = []
    for name, refusal in refused:
        found = _why(name)
        if found is None:
            stand.append((name, refusal))
            continue
        feed, why = found
        if feed in feeds:
            known.append((name, f"comes with {feed}, and is not read: {why}"))
        else:
            told = Refused(
                f"It is a file that comes with {feed}, and is not read: {why}.",
                "Import the publisher's zip.",
            )
            stand.append((name, told))
    return stand, known


def _why(name: str) -> tuple[str, str] | None:
    """The feed that a file comes with, and why it is not read; None for an unknown file."""
    for feed, contract in contracts().items():
        for pattern, why in contract.not_read.items():
            if re.search(pattern, name, re.IGNORECASE):
                return feed, why
    return None
